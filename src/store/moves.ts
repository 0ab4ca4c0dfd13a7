import type { ProjectId } from '../../events/index.ts'
import { Waiters } from '../platform/waiters.ts'
import type { Commit } from './commit.ts'

/** Those who wait for something to happen in a project. */
export class Moves {
  readonly #head: (projectId: ProjectId) => number
  readonly #waiters = new Map<ProjectId, Waiters>()

  /** `head` tells the offset after the last durable record of a project. */
  constructor(head: (projectId: ProjectId) => number) {
    this.#head = head
  }

  /** Resolves when there is a durable record at `offset`, or when the signal aborts. */
  beyond(projectId: ProjectId, offset: number, signal: AbortSignal): Promise<void> {
    if (this.#head(projectId) > offset) return Promise.resolve()
    const waiters = this.#waiters.get(projectId) ?? new Waiters()
    this.#waiters.set(projectId, waiters)
    return waiters.wait(offset, signal).finally(() => {
      if (waiters.isEmpty && this.#waiters.get(projectId) === waiters) this.#waiters.delete(projectId)
    })
  }

  /** Told when the committed state has moved. */
  committed(commits: readonly Commit[]): void {
    const [first] = commits
    if (first !== undefined) this.#waiters.get(first.projectId)?.wake(this.#head(first.projectId))
  }
}
