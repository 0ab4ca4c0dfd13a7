import type { Stopwatch } from '../platform/clock.ts'
import type { Arrivals } from './arrivals.ts'

export interface LoopTurnsOptions {
  readonly stopwatch: Stopwatch
  /** Runs something in the next turn of the event loop; `setImmediate` does. */
  readonly defer: (run: () => void) => void
  /** How long requests are served in one turn, ms. Asked when it begins. */
  readonly turnFor: () => number
  /** How many may wait. What waits takes up memory. */
  readonly room: number
}

/**
 * Spreads requests over the turns of the event loop. With every turn libuv accepts one connection at most, so turns in which
 * a thousand requests are served would keep whoever comes anew, and everything else that is due, waiting behind all of them.
 */
export class LoopTurns {
  readonly #options: LoopTurnsOptions
  readonly #waiting: Array<() => void> = []
  /** When there is no time left in this turn; undefined before its first request. */
  #endsAt: number | undefined

  constructor(options: LoopTurnsOptions) {
    this.#options = options
  }

  /** How many wait. */
  get waiting(): number {
    return this.#waiting.length
  }

  /** Resolves when it is the caller's turn, in the order of the calls; undefined when it is already, or when too many wait. */
  wait(): Promise<void> | undefined {
    const { room } = this.#options
    const isFull = this.#waiting.length >= room
    if (isFull || (this.#waiting.length === 0 && this.#hasTime())) return undefined
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  #hasTime(): boolean {
    const { stopwatch, defer, turnFor } = this.#options
    if (this.#endsAt === undefined) {
      this.#endsAt = stopwatch() + turnFor()
      defer(() => void this.#next())
      return true
    }
    return stopwatch() < this.#endsAt
  }

  async #next(): Promise<void> {
    this.#endsAt = undefined
    while (this.#waiting.length > 0 && this.#hasTime()) {
      this.#waiting.shift()?.()
      // Whoever it was goes on before this does, and takes of the time.
      await undefined
    }
  }
}

/** The turns of requests of each kind. None waits for those of another kind. */
export interface RequestTurns {
  readonly reads: LoopTurns
  readonly writes: LoopTurns
  /** Of requests that are refused because there is too much to do: a client that asks again at once does not get far. */
  readonly refusals: LoopTurns
}

/** As many as some connections send that do not wait for answers. */
const room = 10_000
/** How long turns are while clients wait to be let in, ms. */
const shortTurn = 0.2

export interface TurnsOptions extends Pick<LoopTurnsOptions, 'stopwatch' | 'defer'> {
  readonly arrivals: Pick<Arrivals, 'areMany'>
}

/**
 * Together they take so long that hardly anybody notices, and most of it is for what gets something done. While a thousand
 * clients are waiting to be let in they take less, or the last would be seconds after the first.
 */
export const createTurns = ({ arrivals, ...loop }: TurnsOptions): RequestTurns => {
  const turns = (turnFor: number): LoopTurns =>
    new LoopTurns({ ...loop, room, turnFor: () => (arrivals.areMany ? shortTurn : turnFor) })
  return { reads: turns(2), writes: turns(2), refusals: turns(0.5) }
}
