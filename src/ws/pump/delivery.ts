import type { Batch } from '../feed/batch.ts'
import type { Feed } from '../feed/feed.ts'
import type { Turn } from '../feed/turns.ts'
import { jsonMessage } from '../feed/wire.ts'
import type { Outlet } from '../outlet.ts'
import type { ServerMessage } from '../protocol.ts'
import type { Track, Tracks } from './tracks.ts'

export interface DeliveryOptions {
  readonly feed: Feed
  readonly outlet: Outlet
  readonly tracks: Tracks
  /** What has to be said before anything of a project is sent. */
  readonly announcement: (track: Track) => ServerMessage | undefined
  /** Told when a track has reached the head of its project, and is one no more. */
  readonly arrived: (track: Track) => void
  /** Lets everybody else have a go; `setImmediate` does. */
  readonly defer: (run: () => void) => void
}

/** A batch that is being sent. */
interface Unfinished {
  readonly track: Track
  readonly batch: Batch
  /** How many of its chunks have been. */
  sent: number
}

/** After so many records whoever reads the log lets others go first. */
const recordsPerTurn = 10_000

/** Brings a client from where it stands to the heads of its projects, as fast as it reads. */
export class Delivery {
  readonly #options: DeliveryOptions
  #isInLine = false
  #unfinished: Unfinished | undefined

  constructor(options: DeliveryOptions) {
    this.#options = options
  }

  /** Whether it waits until it may read the log: what is in memory can be sent meanwhile. */
  get isInLine(): boolean {
    return this.#isInLine
  }

  /** Whether a batch has been made and not wholly sent. */
  get isSending(): boolean {
    return this.#unfinished !== undefined
  }

  /** Sends what is in memory, project by project, for as long as there is room. Tells whether nothing of it is left. */
  sendNear(): boolean {
    const { outlet, tracks } = this.#options
    return outlet.together(() => {
      for (const track of tracks.near) if (!this.#sendRecent(track)) return false
      return true
    })
  }

  /** Sends the rest, waiting for the client where it must. Tells whether it had to. Rejects when the log cannot be read. */
  async sendRest(): Promise<boolean> {
    const { outlet, tracks } = this.#options
    let hasWaited = false
    while (outlet.isOpen) {
      if (!outlet.isClear) await outlet.drained()
      else if (this.#unfinished !== undefined) this.#sendOn()
      else if (this.sendNear()) {
        const [track] = tracks.far
        if (track === undefined) break
        await this.#sendPast(track)
      } else this.#sendSlowly()
      hasWaited = true
    }
    return hasWaited
  }

  /** Sends what is in memory of a project. Tells whether there was room for all of it. */
  #sendRecent(track: Track): boolean {
    const { feed, outlet, tracks, arrived } = this.#options
    if (!this.#announce(track)) return false
    for (;;) {
      if (track.position.offset >= feed.head(track.projectId).offset) {
        tracks.arrived(track)
        arrived(track)
        return true
      }
      const batch = feed.near(track, track.manner)
      if (batch === undefined) {
        tracks.fellBehind(track)
        return true
      }
      if (!outlet.hasRoom(batch.bytes)) return false
      for (const chunk of batch.chunks) outlet.send(chunk)
      tracks.advance(track, batch)
    }
  }

  /** Sends one batch of the first project, or as much of it as the client takes. */
  #sendSlowly(): void {
    const { feed, tracks } = this.#options
    const [track] = tracks.near
    if (track === undefined || !this.#announce(track)) return
    const batch = feed.near(track, track.manner)
    if (batch !== undefined) this.#send(track, batch)
  }

  /** Sends from the log until what comes next is in memory again, or somebody else should have a turn. */
  async #sendPast(track: Track): Promise<void> {
    const { feed, tracks } = this.#options
    this.#isInLine = true
    const turn = await feed.turns[track.manner.view].take()
    this.#isInLine = false
    try {
      if (this.#isCurrent(track)) await this.#readPast(track, turn)
    } finally {
      turn.end()
      tracks.cameNear(track)
    }
  }

  async #readPast(track: Track, turn: Turn): Promise<void> {
    const { feed, outlet, defer } = this.#options
    const share = track.position.offset + recordsPerTurn
    if (!outlet.isClear) return
    for await (const batch of feed.past(track, track.manner)) {
      this.#send(track, batch)
      // Nothing is made before it can be sent, and whoever gives up a turn lets go of what it has read.
      while (!outlet.isClear || this.#unfinished !== undefined) {
        await turn.during(outlet.drained())
        if (turn.isCalledBack) return
        this.#sendOn()
      }
      await new Promise<void>((resolve) => defer(resolve))
      const { offset } = track.position
      if (!this.#isCurrent(track) || feed.isNear(track.projectId, offset)) return
      if (turn.isWanted && offset >= share) return
      // One project's past does not hold up what happens in the others.
      if (outlet.isClear) this.sendNear()
    }
  }

  #send(track: Track, batch: Batch): void {
    this.#unfinished = { track, batch, sent: 0 }
    this.#sendOn()
  }

  /** Sends as much of the batch that was begun as the client takes. */
  #sendOn(): void {
    const { outlet, tracks } = this.#options
    if (this.#unfinished === undefined) return
    const { track, batch } = this.#unfinished
    for (;;) {
      const chunk = batch.chunks[this.#unfinished.sent]
      if (chunk === undefined || !this.#isCurrent(track)) break
      if (!outlet.isClear) return
      outlet.send(chunk)
      this.#unfinished.sent += 1
    }
    this.#unfinished = undefined
    if (this.#isCurrent(track)) tracks.advance(track, batch)
  }

  #isCurrent(track: Track): boolean {
    const { outlet, tracks } = this.#options
    return outlet.isOpen && tracks.isCurrent(track)
  }

  /** Says what has to be said first, once. Tells whether there was room to. */
  #announce(track: Track): boolean {
    const { outlet, announcement } = this.#options
    const words = track.isNew ? announcement(track) : undefined
    if (words !== undefined) {
      const message = jsonMessage(words)
      if (!outlet.hasRoom(message.length)) return false
      outlet.send(message)
    }
    track.isNew = false
    return true
  }
}
