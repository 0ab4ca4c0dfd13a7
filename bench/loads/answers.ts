const headEnd = Buffer.from('\r\n\r\n')

/** Finds answers in what a connection brings. Bodies are counted and not kept: a load generator must not be the slow side. */
export class AnswerReader {
  readonly #answered: (status: number, bytes: number) => void
  /** The beginning of a head that has not come whole. */
  #begun: Buffer | undefined
  #status = 0
  #length = 0
  /** Bytes of the body that are still to come. */
  #left = 0

  /** Calls back for every whole answer. Answers have a length: nothing that is measured here is chunked. */
  constructor(answered: (status: number, bytes: number) => void) {
    this.#answered = answered
  }

  take(data: Buffer): void {
    let at = 0
    while (at < data.length) {
      at = this.#left > 0 ? this.#skip(data, at) : this.#read(data, at)
    }
  }

  #skip(data: Buffer, at: number): number {
    const skipped = Math.min(this.#left, data.length - at)
    this.#left -= skipped
    if (this.#left === 0) this.#answered(this.#status, this.#length)
    return at + skipped
  }

  #read(data: Buffer, at: number): number {
    const begun = this.#begun?.length ?? 0
    const bytes = this.#begun === undefined ? data : Buffer.concat([this.#begun, data.subarray(at)])
    const from = this.#begun === undefined ? at : 0
    const end = bytes.indexOf(headEnd, from)
    if (end === -1) {
      this.#begun = Buffer.from(bytes.subarray(from))
      return data.length
    }
    this.#begun = undefined
    this.#status = Number(bytes.toString('latin1', from + 9, from + 12))
    this.#length = lengthIn(bytes, from, end)
    this.#left = this.#length
    if (this.#left === 0) this.#answered(this.#status, 0)
    const headLength = end + headEnd.length - from
    return at + headLength - begun
  }
}

const lengthIn = (bytes: Buffer, from: number, end: number): number => {
  const head = bytes.toString('latin1', from, end)
  const found = /\r\nContent-Length: (\d+)/i.exec(head)
  return Number(found?.[1] ?? 0)
}
