import type { Pace } from '../platform/pace.ts'

/** How long a slice of work on the past is, and how much longer than a slice the rest after it, ms. */
const sliceFor = 1
const restFactor = 1
/** Who has waited for something else meanwhile has worked no longer than this, ms. */
const longestSlice = 2

/** How much longer rests are while there is something else to do, and from which part of a rest on there is. */
const busyFactor = 4
const busyFrom = 0.2

export interface SharedPace extends Pace {
  /** Which part of the time since it was last asked the event loop had something to do, from 0 to 1. */
  readonly loopUse: () => number
}

/**
 * Rests that come one after the other, whoever takes them: so many as may work on the past, together they do it in one slice
 * at a time, and get no more than their share. That is a half as long as they are alone, and a fifth as soon as others do
 * something in their rests.
 */
export const oneByOne = ({ pause, stopwatch, loopUse }: SharedPace): Pace => {
  let last: Promise<void> = Promise.resolve()
  let isBusy = false
  const rest = async (ms: number, signal: AbortSignal): Promise<void> => {
    loopUse()
    await pause(isBusy ? ms * busyFactor : ms, signal)
    isBusy = loopUse() >= busyFrom
  }
  return {
    stopwatch,
    pause: (ms, signal) => {
      last = last.then(() => rest(ms, signal))
      return last
    },
  }
}

/** Spreads work on the past that somebody waits for, so that the present has its turn every millisecond. */
export class Pacer {
  readonly #pace: Pace
  readonly #signal = new AbortController().signal
  #began: number

  constructor(pace: Pace) {
    this.#pace = pace
    this.#began = pace.stopwatch()
  }

  /** Whether it is time for a rest. Asked after every piece of work. */
  get isDue(): boolean {
    return this.#pace.stopwatch() - this.#began >= sliceFor
  }

  async rest(): Promise<void> {
    const worked = Math.min(this.#pace.stopwatch() - this.#began, longestSlice)
    await this.#pace.pause(worked * restFactor, this.#signal)
    this.#began = this.#pace.stopwatch()
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

/** Does a slice's worth of work when it is its turn, or begins longer work that rests by itself. */
export const inTurn = async <T>(pace: Pace, work: () => T | Promise<T>): Promise<T> => {
  await pace.pause(sliceFor * restFactor, new AbortController().signal)
  return work()
}
