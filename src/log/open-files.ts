/** Somebody who waits for a place. */
interface Waiting<T> {
  readonly log: T
  readonly go: () => void
}

/**
 * Lets only so many logs have a file open at a time, however many are written at once: whoever wants to write takes the place
 * of the log that was written longest ago, and waits while all of them are being written.
 */
export class OpenFiles<T> {
  readonly #limit: number
  readonly #close: (log: T) => Promise<void>
  /** How many writes are under way in each log that is being written. */
  readonly #busy = new Map<T, number>()
  /** Logs with an open file that nobody writes, the one that was written longest ago first. */
  readonly #idle = new Set<T>()
  readonly #waiting: Waiting<T>[] = []

  /** `limit` is at least 1. `close` makes a log let go of its file, and never rejects. */
  constructor(limit: number, close: (log: T) => Promise<void>) {
    this.#limit = limit
    this.#close = close
  }

  /** Runs a write to a log as soon as there is a place for its file. */
  async during<R>(log: T, write: () => Promise<R>): Promise<R> {
    if (this.#hasPlaceFor(log)) await this.#enter(log)
    else await new Promise<void>((go) => this.#waiting.push({ log, go }))
    try {
      return await write()
    } finally {
      this.#leave(log)
    }
  }

  #hasPlaceFor(log: T): boolean {
    return this.#busy.has(log) || this.#busy.size < this.#limit
  }

  /** Resolves when no file is open that has to make room. */
  async #enter(log: T): Promise<void> {
    this.#idle.delete(log)
    this.#busy.set(log, (this.#busy.get(log) ?? 0) + 1)
    const [oldest] = this.#idle
    if (oldest === undefined || this.#busy.size + this.#idle.size <= this.#limit) return
    this.#idle.delete(oldest)
    await this.#close(oldest)
  }

  #leave(log: T): void {
    const others = (this.#busy.get(log) ?? 0) - 1
    if (others > 0) {
      this.#busy.set(log, others)
      return
    }
    this.#busy.delete(log)
    this.#idle.add(log)
    const next = this.#waiting.shift()
    if (next !== undefined) void this.#enter(next.log).then(next.go)
  }
}
