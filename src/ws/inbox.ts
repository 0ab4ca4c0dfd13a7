import type { WebSocket } from 'ws'
import type { Outlet } from './outlet.ts'

/** Something to be done for a client. */
export type Errand = () => void | Promise<void>

/**
 * Does what a client asks for, one after the other. Nothing more is read from its socket while something is under way or
 * answers wait to be read: however much a client asks for, at most what has arrived by then waits here.
 */
export class Inbox {
  readonly #socket: WebSocket
  readonly #outlet: Outlet
  readonly #errands: Errand[] = []
  #isWorking = false

  constructor(socket: WebSocket, outlet: Outlet) {
    this.#socket = socket
    this.#outlet = outlet
  }

  /** Whether nothing is left to do. */
  get isEmpty(): boolean {
    return !this.#isWorking
  }

  /** Resolves when all is done; rejects when an errand fails, and those after it are not done. */
  async take(errand: Errand): Promise<void> {
    this.#errands.push(errand)
    if (!this.#isWorking) await this.#work()
  }

  async #work(): Promise<void> {
    this.#isWorking = true
    try {
      for (let errand = this.#errands.shift(); errand !== undefined; errand = this.#errands.shift()) {
        // What comes after the end of a connection is nobody's any more.
        if (!this.#outlet.isOpen) return
        const done = errand()
        if (done === undefined && this.#outlet.isClear) continue
        this.#socket.pause()
        await done
        await this.#outlet.drained()
      }
    } finally {
      this.#errands.length = 0
      this.#isWorking = false
      this.#socket.resume()
    }
  }
}
