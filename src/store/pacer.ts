import { beginSlice, type Pace, type Slice } from '../platform/pace.ts'

/** How long the present waits at most for work on the past, ms, unless one piece of it takes longer. */
const sliceFor = 1
/** How much longer than a slice the rest after it is. */
const restFactor = 1

/** Spreads work on the past that somebody waits for, so that the present has its turn every few milliseconds. */
export class Pacer {
  readonly #pace: Pace
  readonly #signal = new AbortController().signal
  #slice: Slice

  constructor(pace: Pace) {
    this.#pace = pace
    this.#slice = beginSlice(pace, this.#signal)
  }

  /** Whether it is time for a rest. Asked after every piece of work. */
  get isDue(): boolean {
    return this.#slice.elapsed() >= sliceFor
  }

  async rest(): Promise<void> {
    await this.#slice.rest(restFactor)
    this.#slice = beginSlice(this.#pace, this.#signal)
  }
}

/** What is iterated over, with rests in between. */
export async function* paced<T>(items: Iterable<T> | AsyncIterable<T>, pace: Pace): AsyncGenerator<T> {
  const pacer = new Pacer(pace)
  for await (const item of items) {
    yield item
    if (pacer.isDue) await pacer.rest()
  }
}
