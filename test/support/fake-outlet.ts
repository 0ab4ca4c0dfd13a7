import { jsonMessage } from '../../src/ws/feed/wire.ts'
import type { Outlet } from '../../src/ws/outlet.ts'
import { maxBufferedBytes, type ServerMessage } from '../../src/ws/protocol.ts'
import type { Frame } from './listener.ts'
import { messagesIn } from './wire-messages.ts'

/** How much the system takes of what is written while a client does not read, bytes: little, so that few messages fill it. */
const systemTakes = 2048

/** A client of which a test says when it reads. What it does not read waits, as in a real socket. */
export class FakeOutlet implements Outlet {
  isOpen = true
  /** The most that ever waited, bytes. */
  mostBuffered = 0
  /** Everything that was ever sent. */
  readonly sent: Buffer[] = []
  readonly #read: Frame[] = []
  readonly #written: Buffer[] = []
  readonly #drains = new Set<() => void>()
  #isReading = true
  #taken = 0
  #buffered = 0

  /** What has arrived at the client. */
  get frames(): readonly Frame[] {
    return this.#read
  }

  get isClear(): boolean {
    return this.#buffered === 0 || !this.isOpen
  }

  hasRoom(bytes: number): boolean {
    return this.#buffered + bytes <= maxBufferedBytes
  }

  drained(): Promise<void> {
    if (this.isClear || !this.isOpen) return Promise.resolve()
    return new Promise((resolve) => this.#drains.add(resolve))
  }

  send(messages: Buffer): void {
    if (!this.isOpen) throw new Error('sent after the end')
    this.sent.push(messages)
    this.#written.push(messages)
    if (this.#isReading) this.#deliver()
    else if (this.#taken + messages.length <= systemTakes) this.#taken += messages.length
    else this.#buffered += messages.length
    this.mostBuffered = Math.max(this.mostBuffered, this.#buffered)
  }

  say(message: ServerMessage): void {
    if (this.isOpen) this.send(jsonMessage(message))
  }

  together<T>(send: () => T): T {
    return send()
  }

  /** From now on nothing arrives. */
  stopReading(): void {
    this.#isReading = false
  }

  /** Everything so far arrives, and what is still to come. */
  read(): void {
    this.#isReading = true
    this.readOn()
  }

  /** Everything so far arrives, and no more. */
  readOn(): void {
    this.#deliver()
    this.#buffered = 0
    this.#taken = 0
    this.#wake()
  }

  close(): void {
    this.isOpen = false
    this.#wake()
  }

  #deliver(): void {
    for (const messages of this.#written.splice(0)) this.#read.push(...messagesIn(messages))
  }

  #wake(): void {
    for (const resolve of this.#drains) resolve()
    this.#drains.clear()
  }
}
