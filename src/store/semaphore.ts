import { AppError } from '../errors.ts'

/** Lets so many in at a time; the others wait in line, and when the line is long enough nobody more is taken into it. */
export class Semaphore {
  readonly #places: number
  readonly #longestLine: number
  readonly #line: Array<() => void> = []
  #inside = 0

  constructor(places: number, longestLine: number) {
    this.#places = places
    this.#longestLine = longestLine
  }

  /**
   * Does something when there is a place for it. Throws RATE_LIMITED when the line is too long, and does nothing when the
   * signal has aborted by then: nobody waits for the outcome any more.
   */
  async pass<T>(task: () => Promise<T>, signal: AbortSignal): Promise<T> {
    if (this.#inside < this.#places) this.#inside += 1
    else await this.#queue()
    try {
      if (signal.aborted) throw new AppError('LOG_UNAVAILABLE', 'The request was given up before it had its turn')
      return await task()
    } finally {
      const next = this.#line.shift()
      // Whoever is next takes over the place.
      if (next === undefined) this.#inside -= 1
      else next()
    }
  }

  #queue(): Promise<void> {
    if (this.#line.length >= this.#longestLine) {
      throw new AppError('RATE_LIMITED', 'Too many requests for the past are waiting; try again soon')
    }
    return new Promise((resolve) => this.#line.push(resolve))
  }
}
