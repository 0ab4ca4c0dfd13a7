import { cursorOf, type Position, type ProjectId } from '../../events/index.ts'
import type { Batch } from './batch.ts'
import type { Feed } from './feed.ts'
import { Following } from './following.ts'
import { type Manner, mannerOf } from './manner.ts'
import type { Outlet } from './outlet.ts'
import type { ServerMessage } from './protocol.ts'
import { type Track, Tracks } from './tracks.ts'
import type { Turn } from './turns.ts'
import { jsonMessage } from './wire.ts'

export interface PumpOptions {
  readonly feed: Feed
  readonly outlet: Outlet
  /** Whether the client has said more than has been carried out. */
  readonly isAsking: () => boolean
  /** Lets everybody else have a go; `setImmediate` does. */
  readonly defer: (run: () => void) => void
}

/** After so many records whoever reads the log lets others go first. */
const recordsPerTurn = 10_000

/**
 * A cursor per project over the log, and nothing more: sends from the cursor until it reaches the head, then waits for the
 * head to move. Replay and live are this one thing, so there is no gap between them, and no queue: a slow client just has
 * an older cursor.
 */
export class Pump {
  readonly following = new Following()
  readonly #feed: Feed
  readonly #outlet: Outlet
  readonly #isAsking: PumpOptions['isAsking']
  readonly #defer: PumpOptions['defer']
  readonly #tracks = new Tracks()
  #isPlain = true
  #isRunning = false
  /** While others read the log, what is in memory can be sent. */
  #isInLine = false
  #isDelivering = false
  /** Whether something was not sent as soon as it happened since the client was last told that it has everything. */
  #hasLagged = false

  constructor({ feed, outlet, isAsking, defer }: PumpOptions) {
    this.#feed = feed
    this.#outlet = outlet
    this.#isAsking = isAsking
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
    for (const { projectId, position } of this.#tracks.all()) lag += this.#feed.head(projectId).offset - position.offset
    return lag
  }

  /** The place in every project that is followed, as far as the client knows that it is. */
  get cursors(): Record<string, string> {
    const cursors: Array<[ProjectId, string]> = []
    for (const id of this.following.among(this.#feed.projects())) {
      const track = this.#tracks.of(id)
      if (track?.isNew !== true) cursors.push([id, cursorOf(track?.position ?? this.#feed.head(id))])
    }
    return Object.fromEntries(cursors)
  }

  /** From now on there is only what is subscribed to. */
  subscribing(): void {
    if (!this.#isPlain) return
    this.#isPlain = false
    this.stopAll()
  }

  /** Follows a project from a place on, and says so at once. */
  follow(projectId: ProjectId, from: Position, manner: Manner): void {
    this.following.follow(projectId, manner)
    const track = this.#start(projectId, from, manner)
    track.isNew = false
    this.#outlet.say(this.#announcement(track))
  }

  /** Follows some projects, each from its place, and all that are created later. Of each it says so before all else. */
  followAll(places: ReadonlyMap<ProjectId, Position>, manner: Manner): void {
    this.#hasLagged = true
    this.following.followRest(manner, places.keys())
    for (const [projectId, from] of places) this.#start(projectId, from, manner)
    // Where there is no project yet, that is all there is.
    this.#hasLagged = true
  }

  stop(projectId: ProjectId): void {
    this.following.stop(projectId)
    this.#tracks.remove(projectId)
  }

  stopAll(): void {
    this.following.stopAll()
    this.#tracks.clear()
  }

  /** The head of a project has moved on from `before`. Tells whether `flush` has something to do. */
  moved(projectId: ProjectId, before: Position): boolean {
    if (this.#tracks.of(projectId) === undefined) {
      const manner = this.following.mannerOf(projectId)
      if (manner === undefined) return false
      this.#tracks.add(projectId, before, manner, before.offset === 0)
    }
    return !this.#isRunning || this.#isInLine
  }

  /** Sends all there is to send. Rejects when the log cannot be read. */
  flush(): Promise<void> | undefined {
    if (!this.#outlet.isOpen) return undefined
    if (this.#isRunning) {
      if (this.#isInLine && this.#outlet.isClear) this.#sendNear()
      return undefined
    }
    if (!this.#outlet.isClear || !this.#sendNear() || this.#tracks.far.size > 0) return this.#run()
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
    this.#tracks.told()
  }

  #start(projectId: ProjectId, from: Position, manner: Manner): Track {
    this.#hasLagged = true
    this.#tracks.remove(projectId)
    return this.#tracks.add(projectId, from, manner, true)
  }

  async #run(): Promise<void> {
    this.#isRunning = true
    try {
      while (this.#outlet.isOpen) {
        if (!this.#outlet.isClear) await this.#outlet.drained()
        else if (this.#sendNear()) {
          const [track] = this.#tracks.far
          if (track === undefined) break
          await this.#sendPast(track)
        } else if (this.#outlet.isClear) await this.#sendSlowly()
        this.#hasLagged = true
      }
    } finally {
      this.#isRunning = false
    }
    this.#settle()
  }

  /** Everything is sent. Says so to a client that had to wait for some of it, and that asks for no more. */
  #settle(): void {
    if (!this.#hasLagged || this.#isPlain || this.following.isEmpty) return
    if (this.#isAsking() || !this.#outlet.isOpen) return
    this.#hasLagged = false
    this.#outlet.say({ type: 'caught_up', cursors: this.cursors })
    this.#tracks.told()
  }

  /** Sends what is in memory, project by project, for as long as there is room. Tells whether nothing of it is left. */
  #sendNear(): boolean {
    return this.#outlet.together(() => {
      for (const track of this.#tracks.near) if (!this.#sendRecent(track)) return false
      return true
    })
  }

  /** Sends what is in memory of a project. Tells whether there was room for all of it. */
  #sendRecent(track: Track): boolean {
    if (!this.#announce(track)) return false
    for (;;) {
      if (track.position.offset >= this.#feed.head(track.projectId).offset) {
        this.#arrive(track)
        return true
      }
      const batch = this.#feed.near(track, track.manner)
      if (batch === undefined) {
        this.#tracks.fellBehind(track)
        return true
      }
      if (!this.#outlet.hasRoom(batch.bytes)) return false
      for (const chunk of batch.chunks) this.#outlet.send(chunk)
      this.#tracks.advance(track, batch)
    }
  }

  /** Sends one batch of the first project, chunk by chunk as the buffer drains. */
  async #sendSlowly(): Promise<void> {
    const [track] = this.#tracks.near
    if (track === undefined || !this.#announce(track)) return
    const batch = this.#feed.near(track, track.manner)
    if (batch !== undefined) await this.#deliver(track, batch)
  }

  /** Sends from the log until what comes next is in memory again, or somebody else should have a turn. */
  async #sendPast(track: Track): Promise<void> {
    this.#isInLine = true
    const turn = await this.#feed.turns[track.manner.view].take()
    this.#isInLine = false
    try {
      if (this.#isCurrent(track)) await this.#readPast(track, turn)
    } finally {
      turn.end()
      this.#tracks.cameNear(track)
    }
  }

  async #readPast(track: Track, turn: Turn): Promise<void> {
    const share = track.position.offset + recordsPerTurn
    // Somebody else may have read meanwhile what is wanted here.
    if (!this.#outlet.isClear || this.#feed.near(track, track.manner) !== undefined) return
    for await (const batch of this.#feed.past(track, track.manner)) {
      await this.#deliver(track, batch, turn)
      // Nothing is made before it can be sent: a client that does not read keeps no more than one batch in memory.
      if (!this.#outlet.isClear) await turn.during(this.#outlet.drained())
      await new Promise<void>((resolve) => this.#defer(resolve))
      const { offset } = track.position
      if (!this.#isCurrent(track) || this.#feed.isNear(track.projectId, offset)) return
      if (turn.isOver || (turn.isWanted && offset >= share)) return
      // One project's past does not hold up what happens in the others.
      if (this.#outlet.isClear) this.#sendNear()
    }
  }

  async #deliver(track: Track, batch: Batch, turn?: Turn): Promise<void> {
    this.#isDelivering = true
    try {
      for (const chunk of batch.chunks) {
        if (!this.#outlet.isClear) {
          const drained = this.#outlet.drained()
          await (turn === undefined ? drained : turn.during(drained))
        }
        if (!this.#isCurrent(track)) return
        this.#outlet.send(chunk)
      }
      if (this.#isCurrent(track)) this.#tracks.advance(track, batch)
    } finally {
      this.#isDelivering = false
    }
  }

  #isCurrent(track: Track): boolean {
    return this.#outlet.isOpen && this.#tracks.isCurrent(track)
  }

  /** Says that the project is followed, unless it has been said. Tells whether there was room to. */
  #announce(track: Track): boolean {
    if (!track.isNew || this.#isPlain) return true
    const message = jsonMessage(this.#announcement(track))
    if (!this.#outlet.hasRoom(message.length)) return false
    this.#outlet.send(message)
    track.isNew = false
    return true
  }

  #announcement({ projectId, position }: Track): ServerMessage {
    return { type: 'subscribed', projectId, from: cursorOf(position), head: this.#feed.head(projectId).offset }
  }

  /** The head is reached. Where nothing can come after it, the subscription is over. */
  #arrive(track: Track): void {
    const { projectId } = track
    this.#tracks.arrived(track)
    const end = this.#isPlain ? undefined : this.#feed.endOf(projectId)
    if (end === undefined) return
    this.stop(projectId)
    this.#outlet.say({ type: 'error', code: 'PROJECT_QUARANTINED', message: end, projectId })
  }
}
