import type { ProjectId } from '../../events/index.ts'
import type { Commit } from '../store/commit.ts'
import type { Feed } from './feed.ts'

/** Where frames go. */
export interface Outlet {
  /** Whether more would make the buffer grow beyond its limit. */
  isFull(bytes: number): boolean
  /** Resolves when the buffer is empty again, or the connection is over. */
  drained(): Promise<void>
  send(frame: Buffer): void
  /** Runs several sends so that they leave together. */
  together(send: () => void): void
  readonly isOpen: boolean
}

/**
 * A cursor per project over the log, and nothing more: sends from the cursor until it reaches the head, then waits for the
 * head to move. Replay and live are this one thing, so there is no gap between them, and no queue: a slow client just has
 * an older cursor. A project without a cursor here is at its head.
 */
export class Pump {
  readonly #cursors = new Map<ProjectId, number>()
  readonly #feed: Feed
  readonly #outlet: Outlet
  #running = false

  constructor(feed: Feed, outlet: Outlet) {
    this.#feed = feed
    this.#outlet = outlet
  }

  /** How many records are still to be sent. */
  get lag(): number {
    let lag = 0
    for (const [projectId, cursor] of this.#cursors) lag += this.#feed.head(projectId) - cursor
    return lag
  }

  /** A project's head has moved on from `offset`. Rejects when the log cannot be read. */
  async moved(projectId: ProjectId, offset: number): Promise<void> {
    if (!this.#cursors.has(projectId)) this.#cursors.set(projectId, offset)
    if (this.#running) return
    this.#running = true
    try {
      await this.#run()
    } finally {
      this.#running = false
    }
  }

  async #run(): Promise<void> {
    while (this.#outlet.isOpen) {
      this.#outlet.together(() => this.#sendRecent())
      const [behind] = this.#cursors
      if (behind === undefined || !this.#outlet.isOpen) return
      const [projectId, cursor] = behind
      const commit = this.#feed.recent(projectId, cursor)
      if (commit === undefined) await this.#sendPast(projectId, cursor)
      else await this.#sendSlowly(commit)
    }
  }

  /** Sends what is in memory, project by project, for as long as the buffer takes it. */
  #sendRecent(): void {
    for (const [projectId, cursor] of this.#cursors) {
      for (let offset = cursor; ; offset += 1) {
        const commit = this.#feed.recent(projectId, offset)
        if (commit === undefined || !this.#sendWhole(commit)) break
        this.#advance(projectId, offset + 1)
      }
    }
  }

  /** Sends all frames of a commit, or none. */
  #sendWhole(commit: Commit): boolean {
    const frames = this.#feed.frames(commit)
    if (this.#outlet.isFull(frames.reduce((sum, frame) => sum + frame.length, 0))) return false
    for (const frame of frames) this.#outlet.send(frame)
    return true
  }

  /** Sends the frames of a commit one by one as the buffer drains. */
  async #sendSlowly(commit: Commit): Promise<void> {
    for (const frame of this.#feed.frames(commit)) {
      if (this.#outlet.isFull(frame.length)) await this.#outlet.drained()
      if (!this.#outlet.isOpen) return
      this.#outlet.send(frame)
    }
    this.#advance(commit.projectId, commit.record.offset + 1)
  }

  /** Sends from the log until what comes next is in memory again. */
  async #sendPast(projectId: ProjectId, from: number): Promise<void> {
    for await (const commit of this.#feed.past(projectId, from)) {
      await this.#sendSlowly(commit)
      if (!this.#outlet.isOpen) return
      if (this.#feed.recent(projectId, commit.record.offset + 1) !== undefined) return
    }
  }

  #advance(projectId: ProjectId, cursor: number): void {
    if (cursor < this.#feed.head(projectId)) this.#cursors.set(projectId, cursor)
    else this.#cursors.delete(projectId)
  }
}
