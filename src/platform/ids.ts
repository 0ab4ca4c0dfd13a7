import { decodeTime, encodeTime, incrementBase32, monotonicFactory } from 'ulid'
import { isRecordId, RecordId } from '../../events/index.ts'
import type { Random } from './random.ts'

/** Makes the id of the next record at a time, greater than `after`, the id of the one before it in the same log. */
export type NextRecordId = (at: number, after?: RecordId) => RecordId

export const createRecordIds = (random: Random): NextRecordId => {
  const next = monotonicFactory(random)
  return (at, after) => {
    const made = next(at)
    // The factory is monotonic within a process. A clock that jumped back, or a restart within one millisecond, may
    // still put it before what the log already has.
    const id = after !== undefined && made <= after ? beyond(after, random) : made
    return isRecordId(id) ? id : RecordId.parse(id)
  }
}

/** The last digits of an id, which is in base 32: few enough for a number to be exact. */
const digits = 8
const range = 32 ** digits

/**
 * An id that is greater by some random step. The next one to it may be in another log already: whoever made `after` gave
 * it to the next record that it wrote anywhere.
 */
const beyond = (after: RecordId, random: Random): string => {
  const head = after.slice(0, -digits)
  const sum = numberOf(after.slice(-digits)) + 1 + Math.floor(random() * (range - 1))
  return sum < range ? head + encodeTime(sum, digits) : incrementBase32(head) + encodeTime(sum - range, digits)
}

/** Times are numbers in base 32, of ten digits at the beginning of an id. */
const numberOf = (text: string): number => decodeTime(text.padStart(10, '0').padEnd(26, '0'))
