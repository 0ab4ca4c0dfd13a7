/** Chance out of a seed: the same seed gives the same again. */
export interface Random {
  /** At least 0, less than 1. */
  next(): number
  /** A whole number from `min` to `max`, both included. */
  int(min: number, max: number): number
  /** True with this probability. */
  chance(probability: number): boolean
  /** One of these, all alike. Throws when there is none. */
  pick<T extends {}>(from: readonly T[]): T
  /** One of these, by weight. */
  weighted<T>(from: ReadonlyArray<readonly [T, number]>): T
}

/** Mulberry32 by Tommy Ettinger: 32 bits of state, and good enough for test data. */
export const createRandom = (seed: number): Random => {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const int = (min: number, max: number): number => min + Math.floor(next() * (max - min + 1))
  const pick = <T extends {}>(from: readonly T[]): T => {
    const one = from[int(0, from.length - 1)]
    if (one === undefined) throw new Error('nothing to pick from')
    return one
  }
  const weighted = <T>(from: ReadonlyArray<readonly [T, number]>): T => {
    let rest = next() * from.reduce((sum, [, weight]) => sum + weight, 0)
    for (const [one, weight] of from) {
      rest -= weight
      if (rest < 0) return one
    }
    // Only rounding leads here.
    return pick(from)[0]
  }
  return { next, int, chance: (probability) => next() < probability, pick, weighted }
}
