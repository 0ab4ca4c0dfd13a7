import { inspect } from 'node:util'
import { AppError } from '../errors.ts'
import type { Command, NextSteps } from './command.ts'
import { program } from './help.ts'

/** What to do about an error that ends a command. */
const nextSteps: NextSteps = {
  DATA_DIR_LOCKED: 'Stop the other server, or give this one a directory of its own with DATA_DIR or --data-dir.',
  PORT_IN_USE: 'Stop what listens there, or take another port with PORT or --port; 0 takes any free one.',
  SERVER_UNREACHABLE: 'Start it with `maestro serve`, or say where it is with --url.',
  INSUFFICIENT_STORAGE:
    'Make room on the disk that holds DATA_DIR, then try again. Nothing that was acknowledged is lost.',
}

export interface FailureContext {
  /** The command that failed, if one was found. */
  readonly command: Pick<Command, 'name' | 'nextSteps'> | undefined
  /** Whether to show where the error came from. */
  readonly debug: boolean
}

/**
 * What went wrong, why, and what to do next, as lines for standard error. Causes are shown here, unlike in answers to
 * clients: whoever runs the command owns the machine that they speak of.
 */
export const explainFailure = (error: unknown, { command, debug }: FailureContext): string => {
  const lines =
    error instanceof AppError
      ? [`${program}: ${error.message}`, ...causes(error), ...nextStep(error, command)]
      : [
          `${program}: an unexpected error ended the command.`,
          ...(debug ? [] : ['Run it again with DEBUG=1 to see it.']),
        ]
  return [...lines, ...(debug ? [inspect(error)] : []), ''].join('\n')
}

const causes = ({ cause }: Error): string[] => (cause instanceof Error ? [`Because: ${cause.message}`] : [])

const nextStep = ({ code, exitCode }: AppError, command: FailureContext['command']): string[] => {
  const step = command?.nextSteps?.[code] ?? nextSteps[code]
  if (step !== undefined) return [step]
  if (exitCode !== usageExitCode) return []
  return [
    command === undefined
      ? `\`${program} help\` lists the commands.`
      : `\`${program} help ${command.name}\` says what it takes.`,
  ]
}

/** The exit code of everything that was called the wrong way. */
const usageExitCode = 2
