import { randomFillSync } from 'node:crypto'

/** Random numbers, each at least 0 and below 1. */
export type Random = () => number

const poolBytes = 8192

/** Cryptographic randomness, fetched in large pieces: one call into the system for each number would cost more than its use. */
export const createRandom = (): Random => {
  const pool = new Uint32Array(poolBytes / Uint32Array.BYTES_PER_ELEMENT)
  let used = pool.length
  return () => {
    if (used === pool.length) {
      randomFillSync(pool)
      used = 0
    }
    const value = pool[used] ?? 0
    used += 1
    return value / 2 ** 32
  }
}
