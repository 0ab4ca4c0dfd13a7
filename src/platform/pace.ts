import type { Stopwatch } from './clock.ts'
import type { Pause } from './timers.ts'

export interface Pace {
  readonly pause: Pause
  readonly stopwatch: Stopwatch
}

/** A slice of work in the background that has begun. */
export interface Slice {
  /** How long it has taken so far, ms. */
  elapsed(): number
  /** Rests `factor` times as long as the slice took and at least so many ms, or until there is no time for rest any more. */
  rest(factor: number, atLeast?: number): Promise<void>
}

/** Work that nobody waits for is done in slices with rests between them, so that it takes no more than its share. */
export const beginSlice = ({ pause, stopwatch }: Pace, signal: AbortSignal): Slice => {
  const began = stopwatch()
  const elapsed = (): number => stopwatch() - began
  return { elapsed, rest: (factor, atLeast = 0) => pause(Math.max(elapsed() * factor, atLeast), signal) }
}

/** How long others wait at most, ms, unless one item takes longer or whoever takes the results does. */
const sliceFor = 5
/** How much longer than a slice the rest after it is. */
const restFactor = 4

/**
 * Works on one item after the other, a few milliseconds at a time with rests in between, and hands out what came of each
 * slice.
 */
export async function* inSlices<T, R>(
  items: Iterable<T>,
  work: (item: T) => R,
  pace: Pace,
  signal: AbortSignal,
): AsyncGenerator<R[]> {
  let slice = beginSlice(pace, signal)
  let results: R[] = []
  for (const item of items) {
    results.push(work(item))
    if (slice.elapsed() < sliceFor) continue
    yield results
    await slice.rest(restFactor)
    slice = beginSlice(pace, signal)
    results = []
  }
  if (results.length === 0) return
  yield results
  await slice.rest(restFactor)
}
