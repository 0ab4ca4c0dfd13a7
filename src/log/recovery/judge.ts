import { openLine } from '../../../events/index.ts'
import { sectorBytes } from '../format.ts'
import type { Stretch } from '../lines.ts'
import type { LogFiles } from '../segment.ts'
import { type Leftover, leftoversBehind, readableBehind, stretchesBehind } from './behind.ts'
import { belongs, type Cursor, type Stop } from './scan.ts'

export type Verdict =
  /** A write that nobody was told of was torn: everything that is left over can go. */
  | {
      readonly kind: 'torn'
      readonly reason: string
      readonly leftovers: readonly Leftover[]
      /** Whether there is nothing but one line that lacks its end, as while it is being written. */
      readonly unended: boolean
    }
  /** What was told may be lost: only a person can say what to do. */
  | { readonly kind: 'damaged'; readonly reason: string }

/**
 * Tells a torn write from damage, once a scan has stopped at line k, the record of offset `cursor.head.offset`:
 *
 * 1. A later line that verifies was formed when k was already durable: an acknowledged record is damaged.
 * 2. Otherwise, a sector that is wholly zero, or k being the last line and without its end, shows a write that was torn
 *    and so never acknowledged.
 * 3. Whatever else is wrong cannot come from a torn write: it is damage.
 */
export const judge = async (
  files: LogFiles,
  cursor: Cursor,
  stop: Extract<Stop, { kind: 'bad' | 'unannounced' }>,
): Promise<Verdict> => {
  const { reason } = stop
  // A line is redacted only after its announcement is durable, so this cannot come from a crash.
  if (stop.kind === 'unannounced') return { kind: 'damaged', reason }
  const witness = await laterWitness(files, cursor)
  if (witness !== undefined) {
    return { kind: 'damaged', reason: `${reason}; it was durable when record ${witness} was written` }
  }
  const leftovers = await leftoversBehind(files, cursor)
  const unended = await endsWithin(files, cursor)
  if (unended || leftovers.some(({ torn }) => torn)) return { kind: 'torn', reason, leftovers, unended }
  return { kind: 'damaged', reason }
}

/** The offset of a line that verifies by itself and says that the record at the cursor was durable. */
const laterWitness = async (files: LogFiles, cursor: Cursor): Promise<number | undefined> => {
  for await (const { offset, synced } of readableBehind(files, cursor)) {
    if (synced > cursor.head.offset) return offset
  }
  return undefined
}

/**
 * Whether k is the last line and has no end. One that lacks nothing but has another byte in place of its line feed does
 * not count: a write stops between bytes and does not change them. Unless that byte is zero and starts a sector: then
 * the sector is what was not written.
 */
const endsWithin = async (files: LogFiles, cursor: Cursor): Promise<boolean> => {
  const segment = files.segments[cursor.segment]
  if (segment === undefined || !belongs(segment, cursor)) return false
  let last: Stretch | undefined
  for await (const stretch of stretchesBehind(files, cursor)) {
    if (last !== undefined || stretch.kind === 'lines') return false
    last = stretch
  }
  if (last === undefined) return false
  if (last.kind === 'overlong') return !last.ended
  const final = last.at + last.bytes.length - 1
  const lostFeed = last.bytes.at(-1) === 0 && final % sectorBytes === 0
  return lostFeed || openLine(last.bytes.subarray(0, -1), files.sha256).kind === 'bad'
}
