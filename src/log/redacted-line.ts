import type { Sha256 } from '../../events/index.ts'

const utf8 = new TextDecoder()
const tail = /^(.*?,"hash":"[0-9a-f]{64}")(?:,"redacted":"[0-9a-f]{64}")?,"data":(.*)\}$/s

/** A good line, without its line feed, taken apart: what the chain is made of, and the data that is not part of it. */
export interface LineParts {
  readonly sealed: string
  readonly data: string
}

export const partsOfLine = (line: Uint8Array): LineParts => {
  const [, sealed, data] = tail.exec(utf8.decode(line)) ?? []
  if (sealed === undefined || data === undefined) throw new Error('a good line has a hash and data')
  return { sealed, data }
}

/** The line with other data. Its hash stays; a later record must say that it was redacted to these. */
export const redactedLine = ({ sealed }: LineParts, data: string, sha256: Sha256): Uint8Array =>
  Buffer.from(`${sealed},"redacted":"${sha256(data)}","data":${data}}`)
