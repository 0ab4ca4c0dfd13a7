import type { ProjectId } from '../../events/index.ts'
import type { Commit } from '../store/commit.ts'
import type { Store } from '../store/store.ts'
import { framesOf } from './frames.ts'

/** What subscribers read: commits from any offset on, those at the head from memory and the rest from the log. */
export interface Feed {
  /** Offset after the last commit. */
  head(projectId: ProjectId): number
  /** The commit at an offset if it is among the recent ones. */
  recent(projectId: ProjectId, offset: number): Commit | undefined
  /** The commits from an offset on, folded from the log. */
  past(projectId: ProjectId, offset: number): AsyncGenerator<Commit>
  /** The frames of a commit, made once for all subscribers. */
  frames(commit: Commit): readonly Buffer[]
}

export const createFeed = (store: Pick<Store, 'positionOf' | 'recent' | 'history'>): Feed => {
  const made = new WeakMap<Commit, readonly Buffer[]>()
  return {
    head: (projectId) => store.positionOf(projectId).offset,
    recent: (projectId, offset) => store.recent.at(projectId, offset),
    past: (projectId, offset) => store.history.commitsFrom(projectId, offset),
    frames: (commit) => {
      const known = made.get(commit)
      if (known !== undefined) return known
      const frames = framesOf(commit)
      made.set(commit, frames)
      store.recent.charge(
        commit,
        frames.reduce((sum, frame) => sum + frame.length, 0),
      )
      return frames
    },
  }
}
