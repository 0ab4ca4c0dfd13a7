import { z } from 'zod'
import type { Command, CommandInput, NextSteps } from '../../src/cli/command.ts'
import { AppError } from '../../src/errors.ts'
import { isOutOfSpace } from '../../src/log/refusals.ts'
import { systemStopwatch } from '../../src/platform/clock.ts'
import { systemErrorCode } from '../../src/platform/system-error.ts'
import { type FlagKinds, parseFlags, splitWords } from '../flags.ts'
import { dataDirHelp, dataDirOf, requireDirectory } from './data-directory.ts'
import { print } from './print.ts'
import { createProgress, type Progress } from './progress.ts'
import { type Paint, paintFor } from './style.ts'

/** What help says of a flag. */
export interface FlagHelp {
  /** Stands for the value; absent for a flag that takes none. */
  readonly placeholder?: string
  /** One letter that is as good as the name. */
  readonly short?: string
  readonly lines: readonly string[]
}

const descriptions = z.registry<FlagHelp>()

/** A flag is the schema of its value, with its help. One schema describes one flag. */
export const flag = <S extends z.ZodType>(schema: S, help: FlagHelp): S => {
  descriptions.add(schema, help)
  return schema
}

const Common = z.object({
  'data-dir': flag(z.string().optional(), { placeholder: '<path>', lines: [] }),
  json: flag(z.boolean().default(false), { lines: ['Prints JSON for programs. Its keys stay as they are.'] }),
})

/** What a command over a data directory is given. */
export interface LogContext<Flags> {
  /** An absolute path to a directory that is there. */
  readonly dataDir: string
  /** What is on the command line beside flags. */
  readonly words: readonly string[]
  readonly flags: Flags
  readonly json: boolean
  readonly paint: Paint
  /** Prints lines to standard output. */
  readonly printLines: (lines: Iterable<string> | AsyncIterable<string>) => Promise<void>
  /** Prints texts to standard output, as they are. */
  readonly printTexts: (texts: Iterable<string> | AsyncIterable<string>) => Promise<void>
  /** Prints a value as JSON on one line. */
  readonly printJson: (value: object) => Promise<void>
  /** Says something on standard error, beside the result. */
  readonly note: (line: string) => void
  /** Says on standard error how far the command is, if it takes long. */
  readonly startProgress: (line: (done: number, seconds: number) => string) => Progress
}

/** A command that works on the logs of a data directory, as data. `--data-dir`, `--json` and help come by themselves. */
export interface LogCommand<Flags extends z.ZodObject> extends Pick<Command, 'summary' | 'usage' | 'examples'> {
  readonly name: `log ${string}`
  /** Its own flags, made by `flag`. */
  readonly flags: Flags
  readonly nextSteps?: NextSteps
  /** Whether the data directory may be missing: the command makes it when it has something to put there. */
  readonly makesDirectory?: boolean
  /** Prints a table or JSON, and answers the exit code. Refuses by throwing AppError. */
  readonly run: (context: LogContext<z.output<Flags>>) => Promise<number>
}

const nextSteps: NextSteps = {
  PROJECT_NOT_FOUND: '`maestro log list` names the projects that have a log.',
}

export const logCommand = <Flags extends z.ZodObject>(command: LogCommand<Flags>): Command => ({
  ...command,
  options: [...helpOf(command.flags), ...dataDirHelp, ...helpOf(Common.pick({ json: true }))],
  nextSteps: { ...nextSteps, ...command.nextSteps },
  run: async (input) => {
    const { flags, words } = splitWords(input.argv, { ...kindsOf(Common), ...kindsOf(command.flags) })
    const { 'data-dir': given, json } = parseFlags(flags, Common)
    const own = parseFlags(flags, command.flags)
    const dataDir = dataDirOf(given, input)
    try {
      if (command.makesDirectory !== true) await requireDirectory(dataDir)
      return await command.run({ ...surfaces(input), dataDir, words, flags: own, json })
    } catch (error) {
      throw foreseen(error, dataDir)
    }
  },
})

const surfaces = ({ stdout, stderr, env }: CommandInput) => ({
  paint: paintFor(stdout, env),
  printLines: (lines: Iterable<string> | AsyncIterable<string>) => print(stdout, ended(lines)),
  printTexts: (texts: Iterable<string> | AsyncIterable<string>) => print(stdout, texts),
  printJson: (value: object) => print(stdout, [`${JSON.stringify(value)}\n`]),
  note: (line: string) => void stderr.write(`${line}\n`),
  startProgress: (line: (done: number, seconds: number) => string) =>
    createProgress({
      write: (text) => stderr.write(text),
      terminal: stderr.isTTY === true,
      stopwatch: systemStopwatch,
      line,
      stays: false,
    }),
})

async function* ended(lines: Iterable<string> | AsyncIterable<string>): AsyncGenerator<string> {
  for await (const line of lines) yield `${line}\n`
}

/** What the operating system refuses is not unexpected: it is told with its own words. */
const foreseen = (error: unknown, dataDir: string): unknown => {
  if (systemErrorCode(error) === undefined) return error
  return isOutOfSpace(error)
    ? new AppError('INSUFFICIENT_STORAGE', `There is no room on the disk that holds ${dataDir}`, { cause: error })
    : new AppError('LOG_UNAVAILABLE', `Something in ${dataDir} cannot be read or written`, { cause: error })
}

const described = (flags: z.ZodObject): Array<readonly [string, FlagHelp]> =>
  Object.entries(flags.shape).flatMap(([name, schema]) => {
    const help = descriptions.get(schema)
    return help === undefined ? [] : [[name, help] as const]
  })

const kindsOf = (flags: z.ZodObject): FlagKinds =>
  Object.fromEntries(
    described(flags).map(([name, { placeholder, short }]) => {
      const type = placeholder === undefined ? ('boolean' as const) : ('string' as const)
      return [name, short === undefined ? { type } : { type, short }]
    }),
  )

const helpOf = (flags: z.ZodObject): Command['options'] =>
  described(flags).map(([name, { placeholder, short, lines }]) => {
    const names = short === undefined ? `--${name}` : `-${short}, --${name}`
    return { usage: [names, placeholder].join(' ').trimEnd(), lines }
  })
