import type { Socket } from 'node:net'
import { WebSocket } from 'ws'
import { jsonMessage } from './feed/wire.ts'
import { maxBufferedBytes, type ServerMessage } from './protocol.ts'

/** Where messages go. */
export interface Outlet {
  readonly isOpen: boolean
  /** Whether everything so far is on its way: nothing waits here for the client to read. */
  readonly isClear: boolean
  /** Whether so many bytes more may wait. */
  hasRoom(bytes: number): boolean
  /** Resolves when what waits is on its way, or the connection is over. */
  drained(): Promise<void>
  /** Whole messages, as they go over the wire. */
  send(messages: Buffer): void
  say(message: ServerMessage): void
  /** Runs several sends so that they leave together. */
  together<T>(send: () => T): T
}

/**
 * A socket, as far as the server sends to it. What is sent is written beside the library, which writes to the same stream at
 * once and in order as well, since nothing is compressed.
 */
export class SocketOutlet implements Outlet {
  readonly #socket: WebSocket
  readonly #stream: Socket

  constructor(socket: WebSocket, stream: Socket) {
    this.#socket = socket
    this.#stream = stream
  }

  get isOpen(): boolean {
    return this.#socket.readyState === WebSocket.OPEN
  }

  get isClear(): boolean {
    const { writableNeedDrain, writableLength } = this.#stream
    return !writableNeedDrain || writableLength === 0
  }

  /** Bytes that wait here for the client to read. */
  get buffered(): number {
    return this.#stream.writableLength
  }

  hasRoom(bytes: number): boolean {
    return this.#stream.writableLength + bytes <= maxBufferedBytes
  }

  drained(): Promise<void> {
    const stream = this.#stream
    return new Promise((resolve) => {
      const done = (): void => {
        stream.off('drain', done).off('close', done)
        resolve()
      }
      // A stream that needs no drain would never tell that it has drained.
      if (stream.destroyed || !stream.writableNeedDrain) resolve()
      else stream.on('drain', done).on('close', done)
    })
  }

  send(messages: Buffer): void {
    this.#stream.write(messages)
  }

  say(message: ServerMessage): void {
    if (this.isOpen) this.send(jsonMessage(message))
  }

  together<T>(send: () => T): T {
    this.#stream.cork()
    try {
      return send()
    } finally {
      this.#stream.uncork()
    }
  }
}
