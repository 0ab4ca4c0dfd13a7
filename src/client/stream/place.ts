import {
  type Cursor,
  cursorOf,
  type Digest,
  type Position,
  partsOfCursor,
  positionOfCursor,
  start,
} from '../../../events/index.ts'
import { Violation } from './violation.ts'

/** An offset, and the hash of the record before it where that is known: a filter may hide that record. */
interface Spot {
  readonly offset: number
  readonly hash: Digest | undefined
}

/** Where a follower stands in the log of a project. */
export class Place {
  /** Undefined while only the server knows, because it was asked for `now`. */
  #spot: Spot | undefined

  constructor(cursor: Cursor) {
    const parts = partsOfCursor(cursor)
    this.#spot = parts.kind === 'offset' ? parts : parts.kind === 'start' ? start : undefined
  }

  /** What to ask the server for: the long form where it is known. */
  get cursor(): string {
    if (this.#spot === undefined) return 'now'
    const { offset, hash } = this.#spot
    if (offset === 0) return 'start'
    return hash === undefined ? String(offset) : cursorOf({ offset, hash })
  }

  /** Of the next record. */
  get offset(): number {
    return this.#spot?.offset ?? 0
  }

  get hash(): Digest | undefined {
    return this.#spot?.hash
  }

  /** The server starts at `from`, which has to be where this is, as far as that is known. */
  begin(from: Cursor): void {
    const position = positionOfCursor(from)
    if (position === undefined) throw new Violation(`a start at ${from}, which is not the long form of a cursor`)
    const { offset, hash } = this.#spot ?? position
    if (offset !== position.offset || (hash ?? position.hash) !== position.hash) {
      throw new Violation(`a start at ${from} where ${this.cursor} was asked for`)
    }
    this.#spot = position
  }

  /** Whether a position of this history says more: a later offset, or the hash that was not known. */
  isBehind({ offset, hash }: Position): boolean {
    if (offset === this.offset && (this.hash ?? hash) !== hash) {
      throw new Violation(`another record at offset ${offset - 1}: ${hash}`)
    }
    return offset > this.offset || (offset === this.offset && this.hash === undefined)
  }

  moveTo(spot: Spot): void {
    this.#spot = spot
  }

  /** Another history begins. */
  restart(): void {
    this.#spot = start
  }
}
