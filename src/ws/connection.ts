import type { Socket } from 'node:net'
import type { RawData, WebSocket } from 'ws'
import type { Position, ProjectId } from '../../events/index.ts'
import type { Clock } from '../platform/clock.ts'
import type { Logger } from '../platform/logger.ts'
import { hear } from './client-messages.ts'
import type { Feed } from './feed/feed.ts'
import { type Errand, Inbox } from './inbox.ts'
import { Liveness, type LivenessLimits } from './liveness.ts'
import { SocketOutlet } from './outlet.ts'
import { type ClientMessage, type Closing, closings, maxBadMessages, type Subscribe } from './protocol.ts'
import type { Followed } from './pump/following.ts'
import { Pump } from './pump/pump.ts'
import { type Subscriber, subscribe, unsubscribe } from './subscribe.ts'

export interface ConnectionOptions {
  readonly socket: WebSocket
  /** What the WebSocket writes to: only it knows how much waits to be delivered. */
  readonly stream: Socket
  readonly feed: Feed
  readonly store: Subscriber['store']
  readonly clock: Clock
  readonly defer: (run: () => void) => void
  readonly limits: LivenessLimits
  readonly logger: Logger
}

/** What `/ws-status` tells of a client. */
export interface ConnectionStatus {
  /** Time of the connection, ms since the epoch. */
  readonly connectedAt: number
  /** A plain listener follows everything, and hears of nothing but changes. */
  readonly plain: boolean
  readonly follows: readonly Followed[]
  /** Bytes that wait in the server for the client to read. */
  readonly buffered: number
  /** Records that are still to be sent. */
  readonly lag: number
  /** Whether it has taken nothing for some seconds of what waits. */
  readonly stuck: boolean
}

/** One WebSocket client: its cursors, what it says, and whether it is still there. */
export class Connection {
  readonly #options: ConnectionOptions
  readonly #outlet: SocketOutlet
  readonly #pump: Pump
  readonly #inbox: Inbox
  readonly #liveness: Liveness
  readonly #connectedAt: number
  #badMessages = 0

  constructor(options: ConnectionOptions) {
    const { socket, stream, clock, feed, defer, limits, logger } = options
    this.#options = options
    this.#connectedAt = clock()
    this.#liveness = new Liveness(limits)
    this.#outlet = new SocketOutlet(socket, stream)
    const inbox = new Inbox(socket, this.#outlet)
    this.#inbox = inbox
    this.#pump = new Pump({ feed, outlet: this.#outlet, isAsking: () => !inbox.isEmpty, defer })
    socket.on('message', (data, isBinary) => this.#take(() => this.#received(data, isBinary)))
    socket.on('ping', (data) => this.#take(() => socket.pong(data)))
    socket.on('pong', () => this.#liveness.answered())
    // The library has closed the connection with the right code already; this is for people who look into it.
    socket.on('error', (err) => logger.debug({ err }, 'websocket client failed'))
  }

  get status(): ConnectionStatus {
    return {
      connectedAt: this.#connectedAt,
      plain: this.#pump.isPlain,
      follows: this.#pump.following.list(),
      buffered: this.#outlet.buffered,
      lag: this.#pump.lag,
      stuck: this.#liveness.isStuck,
    }
  }

  /** Subscribes as a message would. */
  subscribe(message: Subscribe): void {
    this.#pump.subscribing()
    this.#take(() => this.#carryOut(message))
  }

  /** A project's head has moved on from `before`. Tells whether `flush` has something to do. */
  moved(projectId: ProjectId, before: Position): boolean {
    return this.#pump.moved(projectId, before)
  }

  /** Sends what there is to send. */
  flush(): void {
    this.#pump.flush().catch((err: unknown) => this.#fail(err))
  }

  heartbeat(): void {
    this.#pump.heartbeat()
  }

  /** Looks after the connection: called every so often with the time that has passed on a clock that never jumps, ms. */
  check(now: number): Closing | undefined {
    if (!this.#outlet.isOpen) return undefined
    const { socket, stream } = this.#options
    const verdict = this.#liveness.check(now, { waiting: stream.writableLength, written: stream.bytesWritten })
    if (verdict === 'ping') socket.ping()
    if (verdict === undefined || verdict === 'ping') return undefined
    const closing = closings[verdict]
    this.close(closing)
    return closing
  }

  close({ code, reason }: Closing): void {
    this.#options.socket.close(code, reason)
  }

  /** Sends what can be sent at once, tells a subscriber how far it is, and asks it to come back later. */
  goAway(): void {
    this.flush()
    this.#pump.farewell()
    this.close(closings.goingAway)
  }

  terminate(): void {
    this.#options.socket.terminate()
  }

  #take(errand: Errand): void {
    this.#inbox.take(errand).then(
      () => this.flush(),
      (err: unknown) => this.#fail(err),
    )
  }

  #fail(err: unknown): void {
    this.#options.logger.error({ err }, 'cannot read the log for a websocket client')
    this.close(closings.internal)
  }

  #received(data: RawData, isBinary: boolean): void | Promise<void> {
    const heard = isBinary ? undefined : hear(data.toString())
    if (heard?.kind === 'message') return this.#carryOut(heard.message)
    this.#badMessages += 1
    if (heard === undefined || this.#badMessages >= maxBadMessages) this.close(closings.badMessage)
    else this.#outlet.say({ type: 'error', code: 'BAD_MESSAGE', message: heard.problem })
  }

  #carryOut(message: ClientMessage): void | Promise<void> {
    const subscriber: Subscriber = { store: this.#options.store, pump: this.#pump, outlet: this.#outlet }
    switch (message.type) {
      case 'ping':
        return this.#outlet.say({ type: 'pong', timestamp: this.#options.clock() })
      case 'subscribe':
        return subscribe(subscriber, message)
      case 'unsubscribe':
        return unsubscribe(subscriber, message)
    }
  }
}
