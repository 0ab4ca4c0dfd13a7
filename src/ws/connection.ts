import type { Socket } from 'node:net'
import { type RawData, WebSocket } from 'ws'
import type { ProjectId } from '../../events/index.ts'
import type { Clock } from '../platform/clock.ts'
import type { Logger } from '../platform/logger.ts'
import type { Feed } from './feed.ts'
import { Liveness } from './liveness.ts'
import {
  ClientMessage,
  type Closing,
  closings,
  maxBadMessages,
  maxBufferedBytes,
  type ServerMessage,
} from './protocol.ts'
import { type Outlet, Pump } from './pump.ts'

export interface ConnectionOptions {
  readonly socket: WebSocket
  /** What the WebSocket writes to: only it knows how much waits to be delivered. */
  readonly stream: Socket
  readonly feed: Feed
  readonly clock: Clock
  readonly logger: Logger
}

/** What `/ws-status` tells of a client. */
export interface ConnectionStatus {
  /** Time of the connection, ms since the epoch. */
  readonly connectedAt: number
  /** Bytes that wait in the server for the client to read. */
  readonly buffered: number
  /** Records that are still to be sent. */
  readonly lag: number
  /** Whether it has taken nothing for some seconds of what waits. */
  readonly stuck: boolean
}

/** One WebSocket client: its cursors, what it says, and whether it is still there. */
export class Connection implements Outlet {
  readonly #options: ConnectionOptions
  readonly #pump: Pump
  readonly #liveness = new Liveness()
  readonly #connectedAt: number
  #badMessages = 0

  constructor(options: ConnectionOptions) {
    const { socket, clock, feed } = options
    this.#options = options
    this.#connectedAt = clock()
    this.#pump = new Pump(feed, this)
    socket.on('message', (data, isBinary) => this.#received(data, isBinary))
    socket.on('ping', (data) => this.#reply(() => socket.pong(data)))
    socket.on('pong', () => this.#liveness.answered())
    // The library has closed the connection with the right code already; this is for people who look into it.
    socket.on('error', (err) => options.logger.debug({ err }, 'websocket client failed'))
  }

  get status(): ConnectionStatus {
    return {
      connectedAt: this.#connectedAt,
      buffered: this.#options.stream.writableLength,
      lag: this.#pump.lag,
      stuck: this.#liveness.isStuck,
    }
  }

  get isOpen(): boolean {
    return this.#options.socket.readyState === WebSocket.OPEN
  }

  /** A project's head has moved on from `offset`. */
  moved(projectId: ProjectId, offset: number): void {
    this.#pump.moved(projectId, offset).catch((err: unknown) => {
      this.#options.logger.error({ err, projectId }, 'cannot read the log for a websocket client')
      this.close(closings.internal)
    })
  }

  /** Looks after the connection: called every so often with the time that has passed on a clock that never jumps, ms. */
  check(now: number): Closing | undefined {
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

  terminate(): void {
    this.#options.socket.terminate()
  }

  isFull(bytes: number): boolean {
    const { stream } = this.#options
    // A stream that needs no drain would never tell that it has drained.
    return stream.writableNeedDrain && stream.writableLength + bytes > maxBufferedBytes
  }

  drained(): Promise<void> {
    const { stream } = this.#options
    return new Promise((resolve) => {
      const done = (): void => {
        stream.off('drain', done).off('close', done)
        resolve()
      }
      if (stream.destroyed || !stream.writableNeedDrain) resolve()
      else stream.on('drain', done).on('close', done)
    })
  }

  send(frame: Buffer): void {
    this.#options.socket.send(frame, { binary: false })
  }

  together(send: () => void): void {
    const { stream } = this.#options
    stream.cork()
    try {
      send()
    } finally {
      stream.uncork()
    }
  }

  #received(data: RawData, isBinary: boolean): void {
    if (!isBinary && ClientMessage.safeParse(parse(data)).success) {
      this.#answer({ type: 'pong', timestamp: this.#options.clock() })
      return
    }
    this.#badMessages += 1
    if (isBinary || this.#badMessages >= maxBadMessages) this.close(closings.badMessage)
    else this.#answer({ type: 'error', code: 'BAD_MESSAGE', message: 'Known messages: {"type":"ping"}' })
  }

  #answer(message: ServerMessage): void {
    this.#reply(() => this.send(Buffer.from(JSON.stringify(message))))
  }

  /**
   * Answers, and stops listening to a client that asks but does not read, so that answers do not pile up. They are small:
   * a buffer that would hold a few large frames holds so many of them that what each costs beside its bytes counts.
   */
  #reply(send: () => void): void {
    const { socket, stream } = this.#options
    if (!this.isOpen) return
    send()
    if (!stream.writableNeedDrain || socket.isPaused) return
    socket.pause()
    void this.drained().then(() => socket.resume())
  }
}

const parse = (data: RawData): unknown => {
  try {
    return JSON.parse(data.toString())
  } catch {
    return undefined
  }
}
