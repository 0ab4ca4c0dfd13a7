import type { EventRecord } from '../../events/index.ts'
import { findMoment, momentForm, parseMoment } from '../../projections/history.ts'
import { type ProjectState, rebuild } from '../../projections/index.ts'
import { AppError } from '../../src/errors.ts'
import { nearestState } from '../../src/store/history.ts'
import type { ReadOnlyLog } from './read-only-log.ts'
import { shown } from './shown.ts'

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

/**
 * The offset of the last record at a moment, as `--to` and the like name one: an offset, ms or an ISO time. Throws
 * VALIDATION_ERROR for what is no moment, and for one before the first record or after the last.
 */
export const offsetAt = async (log: ReadOnlyLog, text: string): Promise<number> => {
  const moment = parseMoment(text)
  if (moment === undefined) throw new AppError('VALIDATION_ERROR', `A moment ${momentForm}, and not ${shown(text)}`)
  const timeOf = async (offset: number): Promise<number> => (await recordAt(log, offset)).at
  const last = log.head.offset - 1
  const span = last < 0 ? undefined : { from: await timeOf(0), last, to: log.head.at }
  const found = await findMoment(moment, span, timeOf)
  if (found.kind === 'found') return found.offset
  throw new AppError('VALIDATION_ERROR', `Nothing is known of ${text}: ${found.reason}`)
}
