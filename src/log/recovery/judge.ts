import { openLine } from '../../../events/index.ts'
import { sectorBytes } from '../format.ts'
import { lineEnds, type Stretch, stretches } from '../lines.ts'
import { type LogFiles, type Segment, withFile } from '../segment.ts'
import { belongs, type Cursor, type Stop } from './scan.ts'
import { lacksSector } from './sectors.ts'

/** What of a segment stands behind the good part of a log. */
export interface Leftover {
  readonly segment: Segment
  readonly from: number
  /** Whether a sector of it never reached the disk. */
  readonly torn: boolean
}

export type Verdict =
  /** A write that nobody was told of was torn: everything that is left over can go. */
  | { readonly kind: 'torn'; readonly leftovers: readonly Leftover[] }
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
  // A line is redacted only after its announcement is durable, so this cannot come from a crash.
  if (stop.kind === 'unannounced') return { kind: 'damaged', reason: stop.reason }
  const witness = await laterWitness(files, cursor)
  if (witness !== undefined) {
    return { kind: 'damaged', reason: `${stop.reason}; it was durable when record ${witness} was written` }
  }
  const leftovers = await findLeftovers(files, cursor)
  if (leftovers.some(({ torn }) => torn) || (await endsWithin(files, cursor))) return { kind: 'torn', leftovers }
  return { kind: 'damaged', reason: stop.reason }
}

/** The stretches behind the good part, of all segments. */
async function* stretchesBehind({ fs, segments, blockBytes }: LogFiles, cursor: Cursor): AsyncGenerator<Stretch> {
  for (const [index, { path, bytes }] of segments.entries()) {
    if (index < cursor.segment) continue
    const file = await fs.open(path, 'read')
    try {
      yield* stretches(file, index === cursor.segment ? cursor.byte : 0, bytes, blockBytes)
    } finally {
      await file.close()
    }
  }
}

/** The offset of a line that verifies by itself and says that the record at the cursor was durable. */
const laterWitness = async (files: LogFiles, cursor: Cursor): Promise<number | undefined> => {
  for await (const stretch of stretchesBehind(files, cursor)) {
    if (stretch.kind === 'overlong') continue
    for (const line of linesOf(stretch)) {
      const opened = openLine(line, files.sha256)
      if (opened.kind === 'bad') continue
      const { projectId, offset, synced } = opened.kind === 'record' ? opened.record : opened.envelope
      if (projectId === files.projectId && synced > cursor.head.offset) return offset
    }
  }
  return undefined
}

/** Lines without their line feed, and also one that has lost it. */
function* linesOf({ kind, bytes }: Exclude<Stretch, { kind: 'overlong' }>): Generator<Uint8Array> {
  if (kind === 'unended') {
    yield bytes
    return
  }
  let start = 0
  for (const end of lineEnds(bytes)) {
    yield bytes.subarray(start, end - 1)
    start = end
  }
}

const findLeftovers = async ({ fs, segments, blockBytes }: LogFiles, cursor: Cursor): Promise<Leftover[]> => {
  const leftovers: Leftover[] = []
  for (const segment of segments.slice(cursor.segment)) {
    const from = leftovers.length === 0 ? cursor.byte : 0
    const torn = await withFile(fs, segment.path, 'read', (file) => lacksSector(file, from, segment.bytes, blockBytes))
    leftovers.push({ segment, from, torn })
  }
  return leftovers
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
