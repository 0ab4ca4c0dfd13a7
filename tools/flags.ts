import { type ParseArgsConfig, parseArgs } from 'node:util'
import type { z } from 'zod'
import { AppError } from '../src/errors.ts'

type FlagKinds = NonNullable<ParseArgsConfig['options']>

/**
 * Reads flags: `kinds` says which there are, `schema` what their texts must be. Throws VALIDATION_ERROR that names every
 * flag that was refused.
 */
export const readFlags = <S extends z.ZodType>(argv: readonly string[], kinds: FlagKinds, schema: S): z.output<S> => {
  const parsed = schema.safeParse(wordsOf(argv, kinds))
  if (parsed.success) return parsed.data
  const lines = parsed.error.issues.map(({ path, message }) => `--${path.join('.')} ${message}`)
  throw new AppError('VALIDATION_ERROR', lines.join('\n'))
}

const wordsOf = (argv: readonly string[], options: FlagKinds): object => {
  try {
    return { ...parseArgs({ args: [...argv], options, strict: true }).values }
  } catch (error) {
    if (isUsageError(error)) throw new AppError('VALIDATION_ERROR', error.message)
    throw error
  }
}

const isUsageError = (error: unknown): error is Error =>
  error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS_')
