import type { Connect, Message, Socket, SocketAddress, SocketClosing, Timer } from '../environment.ts'

/** Bounds of a connection. */
export interface ChannelLimits {
  /** A server from which nothing is heard for so long is taken for gone, ms. */
  readonly silence: number
  /** So much may wait for the consumer, bytes; then no more is read from the network. */
  readonly waiting: number
  /** Where reading cannot be stopped: so much may wait, bytes; then the connection is ended. */
  readonly overflow: number
}

/** Why a connection is over. */
export type Ending =
  | ({ readonly kind: 'closed' } & SocketClosing)
  /** Nothing was heard from the server for too long. */
  | { readonly kind: 'silent' }
  /** The consumer is too slow, and the socket cannot be stopped. */
  | { readonly kind: 'overflow' }
  /** This side has ended it. */
  | { readonly kind: 'left' }

export interface ChannelOptions {
  readonly connect: Connect
  readonly timer: Timer
  readonly address: SocketAddress
  readonly limits: ChannelLimits
  /** What is said first. */
  readonly greeting: readonly string[]
}

/**
 * One connection, as messages that are taken one by one. What is not taken waits here and, when that is too much, in the
 * network and then in the server: so a slow consumer costs little memory anywhere. Where a socket cannot be stopped, the
 * connection is ended instead; what has come can still be taken, and the rest is for the next connection.
 */
export class Channel {
  readonly #options: ChannelOptions
  readonly #socket: Socket
  readonly #waiting: Message[] = []
  #waitingBytes = 0
  #isPaused = false
  #ending: Ending | undefined
  #keepWaiting = (): void => {}
  #wake = (): void => {}

  constructor(options: ChannelOptions) {
    const { connect, address, greeting } = options
    this.#options = options
    this.#socket = connect(address, {
      opened: () => {
        if (this.#ending === undefined) for (const text of greeting) this.#socket.send(text)
      },
      received: (message) => this.#received(message),
      closed: (closing) => this.#end({ kind: 'closed', ...closing }),
    })
    this.#listen()
  }

  /** Why it is over; undefined while it is not. */
  get ending(): Ending | undefined {
    return this.#ending
  }

  send(text: string): void {
    if (this.#ending === undefined) this.#socket.send(text)
  }

  /** The next message as soon as there is one; undefined when it is over and all has been taken. One caller at a time. */
  async next(): Promise<Message | undefined> {
    while (this.#waiting.length === 0 && this.#ending === undefined) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
    const message = this.#waiting.shift()
    if (message !== undefined) this.#taken(message)
    return message
  }

  /** Ends it. What has not been taken is dropped. */
  close(): void {
    this.#waiting.length = 0
    this.#leave({ kind: 'left' })
  }

  #received(message: Message): void {
    if (this.#ending !== undefined) return
    this.#waiting.push(message)
    this.#waitingBytes += message.length
    const { limits } = this.#options
    const { flow } = this.#socket
    if (flow === undefined && this.#waitingBytes > limits.overflow) this.#leave({ kind: 'overflow' })
    else if (flow !== undefined && this.#waitingBytes > limits.waiting) this.#pause(flow)
    else if (!this.#isPaused) this.#listen()
    this.#wake()
  }

  #taken(message: Message): void {
    this.#waitingBytes -= message.length
    if (!this.#isPaused || this.#ending !== undefined || this.#waitingBytes > this.#options.limits.waiting / 2) return
    this.#isPaused = false
    this.#socket.flow?.resume()
    this.#listen()
  }

  /** While nothing is read, the server's silence says nothing. */
  #pause(flow: NonNullable<Socket['flow']>): void {
    this.#keepWaiting()
    if (this.#isPaused) return
    this.#isPaused = true
    flow.pause()
  }

  #listen(): void {
    const { timer, limits } = this.#options
    this.#keepWaiting()
    this.#keepWaiting = timer(limits.silence, () => this.#leave({ kind: 'silent' }))
  }

  #leave(ending: Ending): void {
    if (this.#ending !== undefined) return
    this.#end(ending)
    this.#socket.close()
  }

  #end(ending: Ending): void {
    if (this.#ending !== undefined) return
    this.#ending = ending
    this.#keepWaiting()
    this.#wake()
  }
}
