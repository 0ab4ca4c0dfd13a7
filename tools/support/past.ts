import type { EventRecord } from '../../events/index.ts'
import { findMoment, type Moment } from '../../projections/history.ts'
import { type ProjectState, rebuild } from '../../projections/index.ts'
import { AppError } from '../../src/errors.ts'
import { nearestState } from '../../src/store/history.ts'
import type { ReadOnlyLog } from './read-only-log.ts'

/** What was true right before the record at `offset`, folded from the nearest snapshot. The state belongs to the caller. */
export const stateBefore = async (
  log: ReadOnlyLog,
  offset: number,
  onRecord: (offset: number) => void = () => {},
): Promise<ProjectState> => {
  const { state, from } = await nearestState(log.snapshots, log.projectId, offset)
  for await (const { record } of log.records(from, offset)) {
    rebuild(state, record)
    onRecord(record.offset)
  }
  return state
}

/** The record at an offset that the log has. */
export const recordAt = async (log: ReadOnlyLog, offset: number): Promise<EventRecord> => {
  for await (const { record } of log.records(offset, offset + 1)) return record
  throw new AppError('OFFSET_AHEAD', `The log of project ${log.projectId} has no record ${offset}`)
}

/** The offset of the last record at a moment. Throws VALIDATION_ERROR for one before the first record or after the last. */
export const offsetAt = async (log: ReadOnlyLog, moment: Moment): Promise<number> => {
  const timeOf = async (offset: number): Promise<number> => (await recordAt(log, offset)).at
  const last = log.head.offset - 1
  const span = last < 0 ? undefined : { from: await timeOf(0), last, to: log.head.at }
  const found = await findMoment(moment, span, timeOf)
  if (found.kind === 'found') return found.offset
  const name = moment.kind === 'offset' ? `offset ${moment.offset}` : new Date(moment.at).toISOString()
  throw new AppError('VALIDATION_ERROR', `Nothing is known of ${name}: ${found.reason}`)
}
