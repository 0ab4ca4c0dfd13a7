import type { File } from '../platform/file-system.ts'
import { lineFeed } from './format.ts'
import type { Mark } from './line-index.ts'
import { readAt } from './lines.ts'
import type { Segment } from './segment.ts'

/** How much is read in one place: most lines are far shorter. */
const glance = 4096
/** What is left is short enough to count its lines. */
const shortEnough = 64 * 1024

/** What lines of every version begin with. */
const beginning = /^\{"v":\d+,"offset":(\d{1,15}),/
const beginningBytes = 64

/**
 * A place at or before the line of `offset`, and near it, found by halves from what lines say of their offsets. Nothing is
 * checked, so this is a guess until the line that is found from there is.
 */
export const guessNear = async (file: File, { index, bytes }: Segment, offset: number): Promise<Mark> => {
  const { until = bytes, ...known } = index.around(offset)
  let [low, high]: [Mark, number] = [known, until]
  while (high - low.byte > shortEnough) {
    const middle = Math.floor((low.byte + high) / 2)
    const found = firstLine(await readAt(file, middle, Math.min(glance, high - middle)))
    if (found === undefined) break
    if (found.offset > offset) high = middle
    else low = { offset: found.offset, byte: middle + found.byte }
  }
  return { ...low, until: high }
}

/** The first line that begins within some bytes. */
const firstLine = (bytes: Uint8Array): Mark | undefined => {
  const byte = bytes.indexOf(lineFeed) + 1
  if (byte === 0) return undefined
  const offset = beginning.exec(ascii.decode(bytes.subarray(byte, byte + beginningBytes)))?.[1]
  return offset === undefined ? undefined : { offset: Number(offset), byte }
}

const ascii = new TextDecoder('latin1')
