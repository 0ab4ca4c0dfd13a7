import { type ProjectState, rebuild } from '../../projections/index.ts'
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
