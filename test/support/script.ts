import type { z } from 'zod'
import { AppError } from '../../src/errors.ts'
import { type FlagKinds, readFlags } from '../../tools/flags.ts'

/** A command for those who work on the server. */
export interface Script<S extends z.ZodType> {
  readonly usage: string
  readonly kinds: FlagKinds
  readonly flags: S
  /** Answers the exit code. */
  readonly run: (flags: z.output<S>) => Promise<number>
}

const usageExitCode = 2

/** Runs a script with the words of its command line: help is printed, and what it does not know is refused. */
export const runScript = async <S extends z.ZodType>({ usage, kinds, flags, run }: Script<S>): Promise<void> => {
  const argv = process.argv.slice(2)
  if (argv.some((word) => word === '--help' || word === '-h')) {
    process.stdout.write(usage)
    return
  }
  try {
    process.exitCode = await run(readFlags(argv, kinds, flags))
  } catch (error) {
    if (!(error instanceof AppError && error.code === 'VALIDATION_ERROR')) throw error
    process.stderr.write(`${error.message}\n\n${usage}`)
    process.exitCode = usageExitCode
  }
}
