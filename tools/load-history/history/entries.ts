import { canonical } from '../../../events/index.ts'
import { sha256 } from '../../../src/platform/hash.ts'
import type { Change } from './change.ts'
import type { History } from './source.ts'

/** A change at its place in a history. */
export interface Entry {
  /** Counted from 1. */
  readonly place: number
  /** Two runs share a key only where everything up to here is the same in both. */
  readonly key: string
  readonly change: Change
}

/** Which part of a history. */
export interface Range {
  /** The first change, counted from 1. What comes before counts as never having been. */
  readonly from: number
  /** How many changes at most. */
  readonly limit: number
}

/** How many changes of a history are within a range. */
export const lengthOf = ({ length }: History, { from, limit }: Range): number =>
  Math.max(0, Math.min(length - from + 1, limit))

/**
 * The changes of a range with their places and keys. Each key holds a digest of all changes up to its own, so that it
 * stands for the same requests whenever it is used, and another history loaded into the same project has other keys.
 */
export async function* entriesOf(history: History, range: Range): AsyncGenerator<Entry> {
  const end = range.from + lengthOf(history, range)
  let place = 0
  let digest = ''
  for await (const change of history.changes()) {
    place += 1
    if (place >= end) return
    if (place < range.from) continue
    digest = sha256(`${digest}${canonical(change)}`)
    yield { place, key: `history:${place}:${digest.slice(0, 32)}`, change }
  }
}
