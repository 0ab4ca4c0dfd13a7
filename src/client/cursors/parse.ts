import { z } from 'zod'
import { MaestroError } from '../error.ts'

const Kept = z.record(z.string(), z.string())

/** Reads cursors that were written as JSON. Throws `VALIDATION_ERROR`: to begin anew unasked would be to forget. */
export const parseCursors = (text: string, place: string): Readonly<Record<string, string>> => {
  try {
    return Kept.parse(JSON.parse(text))
  } catch (cause) {
    throw new MaestroError('VALIDATION_ERROR', `What is in ${place} are no cursors`, { cause })
  }
}
