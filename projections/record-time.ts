import type { EventRecord, Instant, RecordId } from '../events/index.ts'

const base32 = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const timeDigits = 10

/** The time in an id, ms: what the clock said when it was made, or later if an id with a later time was made before. */
export const timeOfRecordId = (id: RecordId): Instant =>
  [...id.slice(0, timeDigits)].reduce((time, digit) => time * base32.length + base32.indexOf(digit), 0)

/**
 * By how much the time in a record's id is later than its own, ms. Both are the same as long as nobody sets the clock: the
 * ids of a server never go back, over all of its projects, and the times of a log never go back within it.
 */
export const clockSkewOf = ({ id, at }: Pick<EventRecord, 'id' | 'at'>): number => timeOfRecordId(id) - at
