/** Bytes between two marks. */
const stride = 64 * 1024

/** Where a line starts. */
export interface Mark {
  readonly offset: number
  readonly byte: number
  /** A byte that the lines from here up to the one looked for end before, if there is one. */
  readonly until?: number | undefined
}

/** Where a segment's lines are, roughly: a few bytes of memory for each 64 KiB that anybody has come across. */
export class LineIndex {
  readonly #offsets: number[]
  readonly #bytes = [0]
  #lastByte = 0

  /** `base` is the offset of the segment's first record. */
  constructor(base: number) {
    this.#offsets = [base]
  }

  /** Told of every line whose place is certain, in any order; keeps one now and then. */
  note(offset: number, byte: number): void {
    if (byte >= this.#lastByte + stride) {
      this.#offsets.push(offset)
      this.#bytes.push(byte)
      this.#lastByte = byte
    } else if (byte < this.#lastByte) this.#noteBetween(offset, byte)
  }

  /** The nearest known line at or before `offset`, and the byte before which that one ends, if it is known. */
  around(offset: number): Mark {
    const low = this.#before(offset)
    return { offset: this.#offsets[low] ?? 0, byte: this.#bytes[low] ?? 0, until: this.#bytes[low + 1] }
  }

  /** Keeps a line that others are known after, as there are when a log was opened near its end. */
  #noteBetween(offset: number, byte: number): void {
    const low = this.#before(offset)
    const [before = 0, after = 0] = this.#bytes.slice(low, low + 2)
    if (byte < before + stride || byte + stride > after) return
    this.#offsets.splice(low + 1, 0, offset)
    this.#bytes.splice(low + 1, 0, byte)
  }

  #before(offset: number): number {
    let low = 0
    for (let high = this.#offsets.length; high - low > 1; ) {
      const middle = (low + high) >>> 1
      if ((this.#offsets[middle] ?? 0) <= offset) low = middle
      else high = middle
    }
    return low
  }
}
