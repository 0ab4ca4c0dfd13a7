import { cursorOf, type Position, type ProjectId } from '../../../events/index.ts'
import type { Feed } from '../feed/feed.ts'
import { type Manner, mannerOf } from '../feed/manner.ts'
import type { Outlet } from '../outlet.ts'
import type { ServerMessage } from '../protocol.ts'
import { Delivery, type DeliveryOptions } from './delivery.ts'
import { Following } from './following.ts'
import { type Track, Tracks } from './tracks.ts'

export interface PumpOptions extends Pick<DeliveryOptions, 'feed' | 'outlet' | 'defer'> {
  /** Whether the client has said more than has been carried out. */
  readonly isAsking: () => boolean
}

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
  readonly #tracks = new Tracks()
  readonly #delivery: Delivery
  #isPlain = true
  #isRunning = false
  /** Whether something was not sent as soon as it happened since the client was last told that it has everything. */
  #hasLagged = false

  constructor({ isAsking, ...options }: PumpOptions) {
    this.#feed = options.feed
    this.#outlet = options.outlet
    this.#isAsking = isAsking
    this.#delivery = new Delivery({
      ...options,
      tracks: this.#tracks,
      announcement: (track) => (this.#isPlain ? undefined : this.#announcement(track)),
      arrived: (track) => this.#arrived(track),
    })
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
    return !this.#isRunning || this.#delivery.isInLine
  }

  /** Sends all there is to send: what is in memory at once, if the client takes it. Rejects when the log cannot be read. */
  async flush(): Promise<void> {
    if (!this.#outlet.isOpen) return
    if (this.#isRunning) {
      if (this.#delivery.isInLine && this.#outlet.isClear) this.#delivery.sendNear()
      return
    }
    if (!this.#outlet.isClear || !this.#delivery.sendNear() || this.#tracks.far.size > 0) await this.#sendRest()
    this.#settle()
  }

  /** Says how far the client is, unless it has enough to read. */
  heartbeat(): void {
    if (this.#outlet.isClear && !this.#delivery.isSending) this.farewell()
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

  async #sendRest(): Promise<void> {
    this.#isRunning = true
    try {
      if (await this.#delivery.sendRest()) this.#hasLagged = true
    } finally {
      this.#isRunning = false
    }
  }

  /** Everything is sent. Says so to a client that had to wait for some of it, and that asks for no more. */
  #settle(): void {
    if (!this.#hasLagged || this.#isPlain || this.following.isEmpty) return
    if (this.#isAsking() || !this.#outlet.isOpen) return
    this.#hasLagged = false
    this.#outlet.say({ type: 'caught_up', cursors: this.cursors })
    this.#tracks.told()
  }

  #announcement({ projectId, position }: Track): ServerMessage {
    return { type: 'subscribed', projectId, from: cursorOf(position), head: this.#feed.head(projectId).offset }
  }

  /** Where nothing can come after the head, the subscription is over. */
  #arrived({ projectId }: Track): void {
    const end = this.#isPlain ? undefined : this.#feed.endOf(projectId)
    if (end === undefined) return
    this.stop(projectId)
    this.#outlet.say({ type: 'error', code: 'PROJECT_QUARANTINED', message: end, projectId })
  }
}
