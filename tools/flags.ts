import { type ParseArgsConfig, parseArgs } from 'node:util'
import { z } from 'zod'
import { AppError } from '../src/errors.ts'

export type FlagKinds = NonNullable<ParseArgsConfig['options']>

/**
 * Reads flags: `kinds` says which there are, `schema` what their texts must be. Throws VALIDATION_ERROR that names every
 * flag that was refused.
 */
export const readFlags = <S extends z.ZodType>(argv: readonly string[], kinds: FlagKinds, schema: S): z.output<S> =>
  parseFlags(splitWords(argv, kinds, false).flags, schema)

/** The schema of a flag's text, with words of its own for a text that it refuses. */
export const takes = <T>(schema: z.ZodType<T, string>, what: string) =>
  z
    .string()
    .refine((text) => schema.safeParse(text).success, `takes ${what}`)
    .pipe(schema)

/** Takes a command line apart into flags and other words, which may come in any order. Throws VALIDATION_ERROR. */
export const splitWords = (
  argv: readonly string[],
  options: FlagKinds,
  allowPositionals = true,
): { readonly flags: object; readonly words: readonly string[] } => {
  try {
    const { values, positionals } = parseArgs({ args: [...argv], options, strict: true, allowPositionals })
    return { flags: { ...values }, words: positionals }
  } catch (error) {
    if (isUsageError(error)) throw new AppError('VALIDATION_ERROR', error.message)
    throw error
  }
}

/** What the flags of a command line mean. Throws VALIDATION_ERROR that names every one that was refused. */
export const parseFlags = <S extends z.ZodType>(flags: object, schema: S): z.output<S> => {
  const parsed = schema.safeParse(flags)
  if (parsed.success) return parsed.data
  const lines = parsed.error.issues.map(({ path, message }) => `--${path.join('.')} ${message}`)
  throw new AppError('VALIDATION_ERROR', lines.join('\n'))
}

const isUsageError = (error: unknown): error is Error =>
  error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS_')
