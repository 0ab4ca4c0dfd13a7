import type { Position } from '../../events/index.ts'
import { hashIn } from './line-fields.ts'

/** Lines of a log. */
export interface Page {
  /** The position after the last record that was looked at. */
  readonly next: Position
  /** How many lines there are. */
  readonly count: number
  /** Stretches of whole lines as they are in the log, line feeds included. */
  readonly stretches: readonly Buffer[]
}

/** A page ends with the line that makes it this long. */
export interface PageLimits {
  readonly records: number
  readonly bytes: number
}

interface Stretch {
  readonly lines: Buffer
  readonly start: number
  end: number
}

/** A page that is being made. */
export class GrowingPage {
  readonly #from: Position
  readonly #limits: PageLimits
  readonly #stretches: Stretch[] = []
  #lookedAt = 0
  #count = 0
  #bytes = 0
  /** The line that was looked at last. */
  #last: { readonly lines: Buffer; readonly start: number } | undefined

  constructor(from: Position, limits: PageLimits) {
    this.#from = from
    this.#limits = limits
  }

  /** Offset of the next record to be looked at. */
  get next(): number {
    return this.#from.offset + this.#lookedAt
  }

  get isFull(): boolean {
    return this.#count >= this.#limits.records || this.#bytes >= this.#limits.bytes
  }

  /** Takes the next line of the log: the bytes from `start` to `end`, line feed included. */
  add(lines: Buffer, start: number, end: number, isWanted: boolean): void {
    this.#lookedAt += 1
    this.#last = { lines, start }
    if (!isWanted) return
    this.#count += 1
    this.#bytes += end - start
    const open = this.#stretches.at(-1)
    if (open?.lines === lines && open.end === start) open.end = end
    else this.#stretches.push({ lines, start, end })
  }

  finish(): Page {
    const hash = this.#last === undefined ? this.#from.hash : hashIn(this.#last.lines, this.#last.start)
    return {
      next: { offset: this.next, hash },
      count: this.#count,
      stretches: this.#stretches.map(({ lines, start, end }) => lines.subarray(start, end)),
    }
  }
}
