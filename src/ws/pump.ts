import { cursorOf, type Position, type ProjectId } from '../../events/index.ts'
import type { Batch } from './batch.ts'
import type { Feed, Place } from './feed.ts'
import { Following } from './following.ts'
import { type Manner, mannerOf } from './manner.ts'
import type { Outlet } from './outlet.ts'
import type { Turn } from './turns.ts'
import { textMessage } from './wire.ts'

export interface PumpOptions {
  readonly feed: Feed
  readonly outlet: Outlet
  /** Lets everybody else have a go; `setImmediate` does. */
  readonly defer: (run: () => void) => void
}

/** After so many records whoever reads the log lets others go first. */
const recordsPerTurn = 10_000

/** Somebody's place in a project whose head they have not reached. */
interface Track extends Place {
  readonly manner: Manner
  position: Position
  /** Whether it has still to be said that the project is followed. */
  isNew: boolean
}

/**
 * A cursor per project over the log, and nothing more: sends from the cursor until it reaches the head, then waits for the
 * head to move. Replay and live are this one thing, so there is no gap between them, and no queue: a slow client just has
 * an older cursor. A project that is followed and has no track here is at its head.
 */
export class Pump {
  readonly following = new Following()
  readonly #feed: Feed
  readonly #outlet: Outlet
  readonly #defer: PumpOptions['defer']
  readonly #behind = new Map<ProjectId, Track>()
  /** Tracks whose next records may be in memory, and those for which the log has to be read. */
  readonly #near = new Set<Track>()
  readonly #far = new Set<Track>()
  /** Offsets that clients know of, where a filter has let nothing through since. */
  readonly #told = new Map<ProjectId, number>()
  #isPlain = true
  #isRunning = false
  #isDelivering = false
  /** Whether something was not sent as soon as it happened since the client was last told that it has everything. */
  #hasLagged = false

  constructor({ feed, outlet, defer }: PumpOptions) {
    this.#feed = feed
    this.#outlet = outlet
    this.#defer = defer
    this.following.followRest(mannerOf('entities'))
  }

  /** Whether it serves a plain listener, who gets the frames of everything and no other word. */
  get isPlain(): boolean {
    return this.#isPlain
  }

  /** How many records are still to be sent. */
  get lag(): number {
    let lag = 0
    for (const { projectId, position } of this.#behind.values()) {
      lag += this.#feed.head(projectId).offset - position.offset
    }
    return lag
  }

  /** The place in every project that is followed. */
  get cursors(): Record<ProjectId, string> {
    const ids = this.following.among(this.#feed.projects())
    return Object.fromEntries(ids.map((id) => [id, cursorOf(this.#behind.get(id)?.position ?? this.#feed.head(id))]))
  }

  /** From now on there is only what is subscribed to. */
  subscribing(): void {
    if (!this.#isPlain) return
    this.#isPlain = false
    this.stopAll()
  }

  follow(projectId: ProjectId, from: Position, manner: Manner): void {
    this.following.follow(projectId, manner)
    this.#start(projectId, from, manner)
  }

  /** Follows some projects, each from its place, and all that are created later. */
  followAll(places: ReadonlyMap<ProjectId, Position>, manner: Manner): void {
    this.following.followRest(manner, places.keys())
    for (const [projectId, from] of places) this.#start(projectId, from, manner)
  }

  stop(projectId: ProjectId): void {
    this.following.stop(projectId)
    this.#forget(projectId)
  }

  stopAll(): void {
    this.following.stopAll()
    for (const projectId of [...this.#behind.keys()]) this.#forget(projectId)
    this.#told.clear()
  }

  /** The head of a project has moved on from `before`. Tells whether `flush` has something to do. */
  moved(projectId: ProjectId, before: Position): boolean {
    if (!this.#behind.has(projectId)) {
      const manner = this.following.mannerOf(projectId)
      if (manner === undefined) return false
      this.#track(projectId, before, manner, before.offset === 0)
    }
    return !this.#isRunning
  }

  /** Sends all there is to send. Rejects when the log cannot be read. */
  flush(): Promise<void> | undefined {
    if (this.#isRunning || !this.#outlet.isOpen) return undefined
    if (!this.#outlet.isClear || !this.#sendNear() || this.#far.size > 0) return this.#run()
    this.#settle()
    return undefined
  }

  /** Says how far the client is, unless it has enough to read. */
  heartbeat(): void {
    if (this.#outlet.isClear && !this.#isDelivering) this.farewell()
  }

  /** Says how far the client is. */
  farewell(): void {
    if (this.#isPlain) return
    this.#outlet.say({ type: 'heartbeat', cursors: this.cursors })
    this.#told.clear()
  }

  #start(projectId: ProjectId, from: Position, manner: Manner): void {
    this.#forget(projectId)
    this.#track(projectId, from, manner, true)
    this.#hasLagged = true
  }

  #track(projectId: ProjectId, position: Position, manner: Manner, isNew: boolean): void {
    const track: Track = {
      ...{ projectId, position, manner, isNew },
      told: () => this.#told.get(projectId) ?? track.position.offset,
    }
    this.#behind.set(projectId, track)
    this.#near.add(track)
  }

  #forget(projectId: ProjectId): void {
    const track = this.#behind.get(projectId)
    this.#told.delete(projectId)
    if (track !== undefined) this.#drop(track)
  }

  #drop(track: Track): void {
    this.#behind.delete(track.projectId)
    this.#near.delete(track)
    this.#far.delete(track)
  }

  async #run(): Promise<void> {
    this.#isRunning = true
    try {
      while (this.#outlet.isOpen) {
        if (!this.#outlet.isClear) {
          this.#hasLagged = true
          await this.#outlet.drained()
        } else if (this.#sendNear()) {
          const [track] = this.#far
          if (track === undefined) break
          await this.#sendPast(track)
        } else if (this.#outlet.isClear) await this.#sendSlowly()
      }
    } finally {
      this.#isRunning = false
    }
    this.#settle()
  }

  /** Everything is sent. Says so to a client that had to wait for some of it. */
  #settle(): void {
    if (!this.#hasLagged || this.#isPlain || this.following.isEmpty || !this.#outlet.isOpen) return
    this.#hasLagged = false
    this.#outlet.say({ type: 'caught_up', cursors: this.cursors })
    this.#told.clear()
  }

  /** Sends what is in memory, project by project, for as long as there is room. Tells whether nothing of it is left. */
  #sendNear(): boolean {
    return this.#outlet.together(() => {
      for (const track of this.#near) if (!this.#sendRecent(track)) return false
      return true
    })
  }

  #sendRecent(track: Track): boolean {
    if (!this.#announce(track)) return false
    for (;;) {
      if (track.position.offset >= this.#feed.head(track.projectId).offset) {
        this.#arrive(track)
        return true
      }
      const batch = this.#feed.near(track, track.manner)
      if (batch === undefined) {
        this.#near.delete(track)
        this.#far.add(track)
        return true
      }
      if (!this.#outlet.hasRoom(batch.bytes)) return false
      for (const chunk of batch.chunks) this.#outlet.send(chunk)
      this.#advance(track, batch)
    }
  }

  /** Sends one batch of the first project, chunk by chunk as the buffer drains. */
  async #sendSlowly(): Promise<void> {
    const [track] = this.#near
    if (track === undefined || !this.#announce(track)) return
    const batch = this.#feed.near(track, track.manner)
    if (batch !== undefined) await this.#deliver(track, batch)
  }

  /** Sends from the log until what comes next is in memory again, or somebody else should have a turn. */
  async #sendPast(track: Track): Promise<void> {
    this.#hasLagged = true
    const turn = await this.#feed.turns[track.manner.view].take()
    try {
      const share = track.position.offset + recordsPerTurn
      if (!this.#isCurrent(track)) return
      for await (const batch of this.#feed.past(track, track.manner)) {
        await this.#deliver(track, batch, turn)
        const { offset } = track.position
        if (!this.#isCurrent(track) || this.#feed.isNear(track.projectId, offset)) return
        if (turn.isOver || (turn.isWanted && offset >= share)) return
        await new Promise<void>((resolve) => this.#defer(resolve))
      }
    } finally {
      turn.end()
      // The other projects go first.
      if (this.#far.delete(track)) this.#near.add(track)
    }
  }

  async #deliver(track: Track, batch: Batch, turn?: Turn): Promise<void> {
    this.#isDelivering = true
    try {
      for (const chunk of batch.chunks) {
        if (!this.#outlet.isClear) {
          this.#hasLagged = true
          const drained = this.#outlet.drained()
          await (turn === undefined ? drained : turn.during(drained))
        }
        if (!this.#isCurrent(track)) return
        this.#outlet.send(chunk)
      }
      if (this.#isCurrent(track)) this.#advance(track, batch)
    } finally {
      this.#isDelivering = false
    }
  }

  #isCurrent(track: Track): boolean {
    return this.#outlet.isOpen && this.#behind.get(track.projectId) === track
  }

  #advance(track: Track, { next, chunks }: Batch): void {
    const { view, types } = track.manner
    if (view === 'records' && types !== undefined) {
      if (chunks.length === 0) this.#told.set(track.projectId, track.told())
      else this.#told.delete(track.projectId)
    }
    track.position = next
  }

  /** Says that the project is followed, once. Tells whether there was room to. */
  #announce(track: Track): boolean {
    if (!track.isNew || this.#isPlain) return true
    const { projectId, position } = track
    const head = this.#feed.head(projectId).offset
    const message = textMessage(JSON.stringify({ type: 'subscribed', projectId, from: cursorOf(position), head }))
    if (!this.#outlet.hasRoom(message.length)) return false
    this.#outlet.send({ parts: [message], bytes: message.length })
    track.isNew = false
    return true
  }

  /** The head is reached. Where nothing can come after it, the subscription is over. */
  #arrive(track: Track): void {
    this.#drop(track)
    const end = this.#isPlain ? undefined : this.#feed.endOf(track.projectId)
    if (end === undefined) return
    this.stop(track.projectId)
    this.#outlet.say({ type: 'error', code: 'PROJECT_QUARANTINED', message: end, projectId: track.projectId })
  }
}
