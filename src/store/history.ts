import type { ProjectId } from '../../events/index.ts'
import { evolve, ProjectState, rebuild } from '../../projections/index.ts'
import type { Snapshots } from '../log/snapshots.ts'
import type { Commit } from './commit.ts'
import type { Surroundings } from './dependencies.ts'
import { type ReadRecord, readRecords } from './records.ts'
import { openSnapshot, restoreRow } from './snapshot.ts'

/** The past of a project, folded anew from its log. */
export interface History {
  /** What was true right before the record at `offset`. */
  stateBefore(projectId: ProjectId, offset: number): Promise<ProjectState>
  /** The records from an offset on, at most `limit`, with their lines. */
  recordsFrom(projectId: ProjectId, offset: number, limit?: number): AsyncGenerator<ReadRecord>
  /** The commits from an offset on, up to the head of when they are reached. */
  commitsFrom(projectId: ProjectId, offset: number): AsyncGenerator<Commit>
}

export type HistorySources = Pick<Surroundings, 'log' | 'snapshots' | 'sha256'>

export const createHistory = ({ log, snapshots, sha256 }: HistorySources): History => {
  const stateBefore: History['stateBefore'] = async (projectId, offset) => {
    const { state, from } = await nearestState(snapshots, projectId, offset)
    if (from < offset) {
      for await (const { record } of readRecords(log, sha256, projectId, from, offset - from)) rebuild(state, record)
    }
    return state
  }
  return {
    stateBefore,
    recordsFrom: (projectId, offset, limit) => readRecords(log, sha256, projectId, offset, limit),
    async *commitsFrom(projectId, offset) {
      const state = await stateBefore(projectId, offset)
      for await (const { record, line, next } of readRecords(log, sha256, projectId, offset)) {
        const changes = evolve(state, record)
        state.apply(changes, record.offset)
        yield { projectId, record, changes, line, next }
      }
    },
  }
}

/** The newest state at or before an offset that a snapshot has; else the empty one. */
export const nearestState = async (
  snapshots: Pick<Snapshots, 'list' | 'read'>,
  projectId: ProjectId,
  offset: number,
): Promise<{ state: ProjectState; from: number }> => {
  for (const from of await snapshots.list(projectId)) {
    if (from > offset) continue
    const stored = await snapshots.read(projectId, from)
    const snapshot = stored && openSnapshot(stored, projectId, from)
    if (snapshot === undefined) continue
    const state = new ProjectState()
    for (const row of snapshot.rows) if (row.kind !== 'key' && row.kind !== 'gone') restoreRow(state, row)
    return { state, from }
  }
  return { state: new ProjectState(), from: 0 }
}
