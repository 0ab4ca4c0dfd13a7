/** Bytes between two marks. */
const stride = 64 * 1024

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
    if (byte < this.#lastByte + stride) return
    this.#offsets.push(offset)
    this.#bytes.push(byte)
    this.#lastByte = byte
  }

  /** The nearest known line at or before `offset`, and the byte before which that one ends, if it is known. */
  around(offset: number): { readonly offset: number; readonly byte: number; readonly until: number | undefined } {
    let low = 0
    for (let high = this.#offsets.length; high - low > 1; ) {
      const middle = (low + high) >>> 1
      if ((this.#offsets[middle] ?? 0) <= offset) low = middle
      else high = middle
    }
    return { offset: this.#offsets[low] ?? 0, byte: this.#bytes[low] ?? 0, until: this.#bytes[low + 1] }
  }
}
