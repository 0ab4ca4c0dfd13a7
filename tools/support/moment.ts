import { z } from 'zod'
import { type Moment, momentForm, parseMoment } from '../../projections/history.ts'
import { AppError } from '../../src/errors.ts'
import { takes } from '../flags.ts'
import { shown } from './shown.ts'

const Parsed = z.string().transform((text, context): Moment => {
  const moment = parseMoment(text)
  if (moment !== undefined) return moment
  context.addIssue(momentForm)
  return z.NEVER
})

/** What a word, or a flag, takes that names a place in a log. Each call makes a schema of its own, since one describes one flag. */
export const momentWord = () => takes(Parsed, momentForm.replace('must be ', ''))
export const momentFlag = () => momentWord().optional()

/** The same for a text that somebody types while a command runs. Throws VALIDATION_ERROR. */
export const momentOf = (text: string): Moment => {
  const moment = parseMoment(text)
  if (moment !== undefined) return moment
  throw new AppError('VALIDATION_ERROR', `A moment ${momentForm}, and not ${shown(text)}`)
}

interface Placed {
  readonly offset: number
  readonly at: number
}

/** Whether a record is at a moment or after it. */
export const isFrom = ({ offset, at }: Placed, from: Moment | undefined): boolean => {
  if (from === undefined) return true
  return from.kind === 'offset' ? offset >= from.offset : at >= from.at
}

/** Whether a record is at a moment or before it. */
export const isUpTo = ({ offset, at }: Placed, to: Moment | undefined): boolean => {
  if (to === undefined) return true
  return to.kind === 'offset' ? offset <= to.offset : at <= to.at
}
