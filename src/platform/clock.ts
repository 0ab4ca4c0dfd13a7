/** Wall-clock time in integer milliseconds since the epoch. It may jump. */
export type Clock = () => number

export const systemClock: Clock = () => Date.now()

/** Milliseconds since some moment in the past, with fractions. Never jumps: for how long something took. */
export type Stopwatch = () => number

export const systemStopwatch: Stopwatch = () => performance.now()
