import { setImmediate } from 'node:timers/promises'
import type { Pause } from '../../src/platform/timers.ts'
import type { Chance } from '../../tools/load-history/chance.ts'

/**
 * Decides, by chance, what happens next of all that could: disk operations that are under way end in any order, pauses end
 * when nothing else does or now and then. Nothing depends on the time.
 */
export class Turns {
  readonly #chance: Chance
  #waiting: Array<() => void> = []
  #pausing: Array<() => void> = []

  constructor(chance: Chance) {
    this.#chance = chance
  }

  /** Resolves when it is the turn of whoever asks. */
  readonly turn = (): Promise<void> => new Promise((resolve) => this.#waiting.push(resolve))

  readonly defer = (run: () => void): void => {
    this.#waiting.push(run)
  }

  /** A rest of no time at all is one turn. */
  readonly pause: Pause = (ms, signal) =>
    new Promise((resolve) => {
      const end = (): void => {
        signal.removeEventListener('abort', end)
        resolve()
      }
      if (signal.aborted) return end()
      signal.addEventListener('abort', end)
      const queue = ms === 0 ? this.#waiting : this.#pausing
      queue.push(end)
    })

  /** Lets one go on, until nobody can without another turn. False when nobody waits. */
  async next(): Promise<boolean> {
    await setImmediate()
    const usePause = this.#waiting.length === 0 || (this.#pausing.length > 0 && this.#chance.happens(0.2))
    const from = usePause ? this.#pausing : this.#waiting
    if (from.length === 0) return false
    const [go] = from.splice(this.#chance.int(0, from.length - 1), 1)
    go?.()
    await setImmediate()
    return true
  }

  /** Lets one after the other go on until a promise has settled. */
  async until<T>(promise: Promise<T>): Promise<T> {
    let isOver = false
    const over = (): void => {
      isOver = true
    }
    promise.then(over, over)
    await setImmediate()
    while (!isOver) if (!(await this.next())) throw new Error('everybody waits for somebody else')
    return promise
  }

  /** Nobody who waits goes on, ever: their process is dead. */
  abandon(): void {
    this.#waiting = []
    this.#pausing = []
  }
}
