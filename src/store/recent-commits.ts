import type { ProjectId } from '../../events/index.ts'
import { appendixLength } from './appendix.ts'
import type { Commit } from './commit.ts'

/** How much the last commits of all projects may weigh together, in bytes. */
export const recentBytes = 32 * 1024 * 1024

interface Kept {
  readonly commit: Commit
  bytes: number
}

/**
 * The last commits of every project, so that those who follow live need not read the disk. Bounded over all projects: the
 * oldest goes first, whichever project it is of. Whoever falls behind what is here reads the log. Nothing is kept while
 * nobody follows.
 */
export class RecentCommits {
  readonly #byProject = new Map<ProjectId, Map<number, Kept>>()
  /** All that is kept, oldest first. */
  readonly #order = new Set<Kept>()
  readonly #limit: number
  #bytes = 0
  #followers = 0

  constructor(limit: number = recentBytes) {
    this.#limit = limit
  }

  /** Commits are kept from now on, until as many have left as have come. */
  follow(): void {
    this.#followers += 1
  }

  unfollow(): void {
    this.#followers -= 1
    if (this.#followers > 0) return
    this.#byProject.clear()
    this.#order.clear()
    this.#bytes = 0
  }

  add(commit: Commit): void {
    if (this.#followers === 0) return
    const kept = { commit, bytes: weightOf(commit) }
    const commits = this.#byProject.get(commit.projectId)
    if (commits === undefined) this.#byProject.set(commit.projectId, new Map([[commit.record.offset, kept]]))
    else commits.set(commit.record.offset, kept)
    this.#order.add(kept)
    this.#bytes += kept.bytes
    this.#trim()
  }

  /** The commit at an offset, if it is still here. */
  at(projectId: ProjectId, offset: number): Commit | undefined {
    return this.#byProject.get(projectId)?.get(offset)?.commit
  }

  /** Counts what a reader has made of a commit and keeps beside it. */
  charge(commit: Commit, bytes: number): void {
    const kept = this.#byProject.get(commit.projectId)?.get(commit.record.offset)
    if (kept === undefined) return
    kept.bytes += bytes
    this.#bytes += bytes
    this.#trim()
  }

  #trim(): void {
    for (const kept of this.#order) {
      if (this.#bytes <= this.#limit) return
      this.#order.delete(kept)
      this.#bytes -= kept.bytes
      const { projectId, record } = kept.commit
      const commits = this.#byProject.get(projectId)
      commits?.delete(record.offset)
      if (commits?.size === 0) this.#byProject.delete(projectId)
    }
  }
}

/** What an object costs beside its text, roughly. */
const overheadBytes = 512
const pointerBytes = 8

/** A commit holds its line and the entities it changed, whose lists are copied with every change unless they are long. */
const weightOf = ({ line, changes }: Commit): number =>
  changes.reduce(
    (sum, change) => sum + overheadBytes + pointerBytes * appendixLength(change.after),
    overheadBytes + line.length,
  )
