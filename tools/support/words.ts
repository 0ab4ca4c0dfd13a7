import { z } from 'zod'
import { AppError } from '../../src/errors.ts'

/** The offset of a record, as it is written on a command line. */
export const Offset = z
  .string()
  .regex(/^[0-9]{1,15}$/, 'is a whole number')
  .transform(Number)

/** How many of something. */
export const Count = Offset

/** What the words of a command line mean, one for each key, in order. Throws VALIDATION_ERROR that says what belongs there. */
export const parseWords = <Words extends z.ZodObject>(words: readonly string[], schema: Words): z.output<Words> => {
  const names = Object.keys(schema.shape)
  if (words.length !== names.length) {
    throw new AppError('VALIDATION_ERROR', `It takes ${names.map((name) => `<${name}>`).join(' ')}`)
  }
  const parsed = schema.safeParse(Object.fromEntries(names.map((name, i) => [name, words[i]])))
  if (parsed.success) return parsed.data
  const lines = parsed.error.issues.map(({ path, message }) => `<${path.join('.')}> ${message}`)
  throw new AppError('VALIDATION_ERROR', lines.join('\n'))
}
