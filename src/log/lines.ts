import { AppError } from '../errors.ts'
import type { File } from '../platform/file-system.ts'
import { lineFeed, maxLineBytes } from './format.ts'

/** A stretch of a file, starting with a line. */
export type Stretch =
  /** Whole lines, each with its line feed. */
  | { readonly kind: 'lines'; readonly at: number; readonly bytes: Uint8Array }
  /** What stands after the last line feed. */
  | { readonly kind: 'unended'; readonly at: number; readonly bytes: Uint8Array }
  /** A line too long to be a record, up to and with its line feed if it has one. */
  | { readonly kind: 'overlong'; readonly at: number; readonly end: number; readonly ended: boolean }

/**
 * The bytes of a file between two places, about `blockBytes` at a time, split after line feeds. `from` is the start of a
 * line. Memory is bounded, whatever the file holds.
 */
export async function* stretches(file: File, from: number, to: number, blockBytes: number): AsyncGenerator<Stretch> {
  for (let at = from; at < to; ) {
    const stretch = await stretchAt(file, at, to, blockBytes)
    yield stretch
    at = stretch.kind === 'overlong' ? stretch.end : at + stretch.bytes.length
  }
}

/** Reads again with twice the length until there is a line feed: most lines are far shorter than a block. */
const stretchAt = async (file: File, at: number, to: number, blockBytes: number): Promise<Stretch> => {
  for (let length = blockBytes; ; length = Math.min(length * 2, maxLineBytes)) {
    const bytes = await readAt(file, at, Math.min(length, to - at))
    const last = bytes.lastIndexOf(lineFeed)
    if (last !== -1) return { kind: 'lines', at, bytes: bytes.subarray(0, last + 1) }
    if (at + bytes.length === to) return { kind: 'unended', at, bytes }
    if (length >= maxLineBytes) return skipLine(file, at, to, blockBytes)
  }
}

const skipLine = async (file: File, at: number, to: number, blockBytes: number): Promise<Stretch> => {
  for (let next = at; next < to; ) {
    const bytes = await readAt(file, next, Math.min(blockBytes, to - next))
    const feed = bytes.indexOf(lineFeed)
    if (feed !== -1) return { kind: 'overlong', at, end: next + feed + 1, ended: true }
    next += bytes.length
  }
  return { kind: 'overlong', at, end: to, ended: false }
}

/** Exactly so many bytes. A file that has become shorter since it was measured is an error. */
export const readAt = async (file: File, at: number, length: number): Promise<Uint8Array> => {
  // A fresh buffer each time, because whoever gets the bytes may keep them.
  const buffer = Buffer.allocUnsafeSlow(length)
  for (let filled = 0; filled < length; ) {
    const count = await file.read(buffer.subarray(filled), at + filled)
    if (count === 0) throw new AppError('LOG_UNAVAILABLE', 'A file of the log has become shorter while it was open')
    filled += count
  }
  return buffer
}

/** Where each of some whole lines ends: the index after its line feed. */
export function* lineEnds(lines: Uint8Array): Generator<number> {
  for (let start = 0; start < lines.length; ) {
    start = lines.indexOf(lineFeed, start) + 1
    yield start
  }
}
