import { type Cursor, cursorOf, type Position, partsOfCursor, positionOfCursor, start } from '../../../events/index.ts'
import { Violation } from './violation.ts'

/**
 * Where a follower stands in the log of a project: always with the hash of the record before it, so that the server notices
 * when the log has become another one. Only at first may it be the server that knows.
 */
export class Place {
  readonly #given: Cursor
  #position: Position | undefined

  constructor(cursor: Cursor) {
    this.#given = cursor
    this.#position = positionOfCursor(cursor)
  }

  /** What to ask the server for. */
  get cursor(): string {
    if (this.#position === undefined) return String(this.#given)
    return this.#position.offset === 0 ? 'start' : cursorOf(this.#position)
  }

  /** Known from when the server has begun. */
  get position(): Position {
    return this.#position ?? start
  }

  /** The server starts at `from`, which has to be where this is, as far as that is known. */
  begin(from: Cursor): void {
    const position = positionOfCursor(from)
    if (position === undefined) throw new Violation(`a start at ${from}, which is not the long form of a cursor`)
    const parts = partsOfCursor(this.#given)
    const { offset, hash = position.hash } = this.#position ?? (parts.kind === 'offset' ? parts : position)
    if (offset !== position.offset || hash !== position.hash) {
      throw new Violation(`a start at ${from} where ${this.cursor} was asked for`)
    }
    this.#position = position
  }

  /** Whether a position of the same history is further on. */
  isBehind({ offset, hash }: Position): boolean {
    if (offset === this.position.offset && hash !== this.position.hash) {
      throw new Violation(`another record at offset ${offset - 1}: ${hash}`)
    }
    return offset > this.position.offset
  }

  moveTo(position: Position): void {
    this.#position = position
  }

  /** Another history begins. */
  restart(): void {
    this.#position = start
  }
}
