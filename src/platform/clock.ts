/** Wall-clock time in integer milliseconds since the epoch. It may jump. */
export type Clock = () => number

export const systemClock: Clock = () => Date.now()
