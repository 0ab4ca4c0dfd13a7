import type { Stopwatch } from './clock.ts'
import type { Pause } from './timers.ts'

export interface Pace {
  readonly pause: Pause
  readonly stopwatch: Stopwatch
}

/** A slice of work in the background that has begun. */
export interface Slice {
  /** Rests `factor` times as long as the slice took, or until there is no time for rest any more. */
  rest(factor: number): Promise<void>
}

/** Work that nobody waits for is done in slices with rests between them, so that it takes no more than its share. */
export const beginSlice = ({ pause, stopwatch }: Pace, signal: AbortSignal): Slice => {
  const began = stopwatch()
  return { rest: (factor) => pause((stopwatch() - began) * factor, signal) }
}
