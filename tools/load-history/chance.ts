import type { Random } from '../../src/platform/random.ts'

/** Choices that come out of random numbers. */
export interface Chance {
  /** A whole number from `min` to `max`, both included. */
  int(min: number, max: number): number
  /** True with this probability. */
  happens(probability: number): boolean
  /** One of these, all alike. Throws when there is none. */
  pick<T extends {}>(from: readonly T[]): T
  /** One of these, by weight. */
  weighted<T extends {}>(from: ReadonlyArray<readonly [T, number]>): T
}

/** Mulberry32 by Tommy Ettinger: 32 bits of state, good enough for test data. The same seed gives the same numbers. */
export const mulberry32 = (seed: number): Random => {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

export const chanceOf = (random: Random): Chance => {
  const int: Chance['int'] = (min, max) => min + Math.floor(random() * (max - min + 1))
  const pick: Chance['pick'] = (from) => {
    const one = from[int(0, from.length - 1)]
    if (one === undefined) throw new Error('nothing to pick from')
    return one
  }
  const weighted: Chance['weighted'] = (from) => {
    let rest = random() * from.reduce((sum, [, weight]) => sum + weight, 0)
    const chosen = from.find(([, weight]) => {
      rest -= weight
      return rest < 0
    })
    // Without one only where rounding left a rest.
    return (chosen ?? pick(from))[0]
  }
  return { int, pick, weighted, happens: (probability) => random() < probability }
}
