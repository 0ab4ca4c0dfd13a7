import { incrementBase32, monotonicFactory } from 'ulid'
import { RecordId } from '../../events/index.ts'
import type { Random } from './random.ts'

/** Makes the id of the next record at a time, greater than `after`, the id of the one before it in the same log. */
export type NextRecordId = (at: number, after?: RecordId) => RecordId

export const createRecordIds = (random: Random): NextRecordId => {
  const next = monotonicFactory(random)
  return (at, after) => {
    const id = next(at)
    // The factory is monotonic within a process. A clock that jumped back, or a restart within one millisecond, may
    // still put it before what the log already has.
    return RecordId.parse(after !== undefined && id <= after ? incrementBase32(after) : id)
  }
}
