import type { ProjectId, Sha256 } from '../../events/index.ts'
import { evolve, ProjectState, rebuild } from '../../projections/index.ts'
import type { Log } from '../log/log.ts'
import type { Commit } from './commit.ts'
import { readRecords } from './records.ts'

/** The past of a project, folded anew from its log. */
export interface History {
  /** What was true right before the record at `offset`. */
  stateBefore(projectId: ProjectId, offset: number): Promise<ProjectState>
  /** The commits from an offset on, up to the head of when they are reached. */
  commitsFrom(projectId: ProjectId, offset: number): AsyncGenerator<Commit>
}

export const createHistory = (log: Log, sha256: Sha256): History => {
  const stateBefore: History['stateBefore'] = async (projectId, offset) => {
    const state = new ProjectState()
    if (offset === 0) return state
    for await (const { record } of readRecords(log, sha256, projectId, 0, offset)) rebuild(state, record)
    return state
  }
  return {
    stateBefore,
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
