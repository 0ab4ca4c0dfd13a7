import type { Json } from '../../events/index.ts'
import { leavesOf } from './pointer.ts'

/** Shorter texts stand everywhere, and are no secrets. */
const shortest = 4

/** What a value that is taken out looks like wherever else it may stand: each text in it, as JSON has it. */
export const needlesOf = (old: Json | undefined): Buffer[] => {
  const texts =
    old === undefined ? [] : leavesOf(old).flatMap(({ value }) => (typeof value === 'string' ? [value] : []))
  return [...new Set(texts)]
    .filter((text) => text.length >= shortest)
    .map((text) => Buffer.from(JSON.stringify(text).slice(1, -1)))
}

/** Whether any of them is in some bytes. */
export const holdsAny = (bytes: Buffer, needles: readonly Buffer[]): boolean =>
  needles.some((needle) => bytes.includes(needle))
