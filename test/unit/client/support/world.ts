import { z } from 'zod'
import { type ClientOptions, clientIn } from '../../../../src/client/client.ts'
import type { Connect, Environment, Message, SocketAddress, SocketEvents } from '../../../../src/client/environment.ts'
import { sha256 } from '../../../../src/platform/hash.ts'
import { Arrivals } from '../../../support/arrivals.ts'
import { ManualTime } from '../../../support/manual-time.ts'

const Said = z.looseObject({ type: z.string() })

/** The server's end of a connection, which does what a test says. */
export class Peer {
  readonly address: SocketAddress
  /** What the client has said. */
  readonly said: Array<z.infer<typeof Said>> = []
  readonly #events: SocketEvents
  isPaused = false
  /** Whether the client has left. */
  isLeft = false

  constructor(address: SocketAddress, events: SocketEvents) {
    this.address = address
    this.#events = events
  }

  hear(text: string): void {
    this.said.push(Said.parse(JSON.parse(text)))
  }

  open(): this {
    this.#events.opened()
    return this
  }

  /** Sends messages: text or bytes as they are, anything else as JSON. */
  say(...messages: ReadonlyArray<Message | object>): this {
    for (const one of messages) {
      if (this.isLeft) return this
      this.#events.received(typeof one === 'string' || one instanceof Uint8Array ? one : JSON.stringify(one))
    }
    return this
  }

  end(code = 1006, reason = '', refusal?: number): void {
    if (!this.isLeft) this.#events.closed({ code, reason, ...(refusal !== undefined && { refusal }) })
    this.isLeft = true
  }
}

/** Surroundings of a client in which nothing happens by itself. */
export class World {
  readonly time = new ManualTime()
  readonly connections = new Arrivals<Peer>()
  /** Whether its sockets can be paused. */
  readonly isPausable: boolean
  /** The next random numbers; 0.5 when there are none left. */
  readonly chances: number[] = []

  constructor({ isPausable = true }: { readonly isPausable?: boolean } = {}) {
    this.isPausable = isPausable
  }

  readonly connect: Connect = (address, events) => {
    const peer = new Peer(address, events)
    this.connections.push(peer)
    const flow = {
      pause: () => {
        peer.isPaused = true
      },
      resume: () => {
        peer.isPaused = false
      },
    }
    return {
      send: (text) => peer.hear(text),
      close: () => {
        peer.isLeft = true
      },
      ...(this.isPausable && { flow }),
    }
  }

  get environment(): Environment {
    return {
      connect: this.connect,
      fetch: () => Promise.reject(new Error('nothing is to be fetched')),
      sha256,
      random: () => this.chances.shift() ?? 0.5,
      timer: this.time.timer,
    }
  }

  client(options: Partial<ClientOptions> = {}) {
    return clientIn(this.environment, { url: 'http://127.0.0.1:3000', ...options })
  }
}
