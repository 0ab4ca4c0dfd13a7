import { type EventRecord, misplaced, type Opened, openLine } from '../../../events/index.ts'
import { lineEnds, stretches } from '../lines.ts'
import type { Head } from '../log.ts'
import { type LogFiles, type Segment, withFile } from '../segment.ts'

/** Where a scan stands: in front of the byte of a segment at which the record at `head.offset` should start. */
export interface Cursor {
  /** Index of the segment; one too many at the end of the last. */
  segment: number
  byte: number
  head: Head
}

/** Why a scan stopped where its cursor is. */
export type Stop =
  | { readonly kind: 'end' }
  | { readonly kind: 'bad'; readonly reason: string }
  | { readonly kind: 'newer'; readonly reason: string }
  /** A redacted line that no later record announces. */
  | { readonly kind: 'unannounced'; readonly reason: string }

export type Visit = (record: EventRecord) => void

/** Whether a record after the one at the cursor says that it was redacted to what it is now. */
type Announced = (record: EventRecord, cursor: Cursor) => Promise<boolean>

/** Whether the segment at a cursor is where it belongs, so that its good part, be it empty, is part of the log. */
export const belongs = (segment: Segment, { byte, head }: Cursor): boolean => byte > 0 || segment.base === head.offset

/**
 * Checks the chain from a cursor on and visits its records, in one pass. Moves the cursor over good lines only: it tells
 * where the good part ends, also when reading fails.
 */
export const scanChain = (files: LogFiles, cursor: Cursor, visit: Visit): Promise<Stop> =>
  scan(files, cursor, visit, lookAhead(files))

const scan = async (files: LogFiles, cursor: Cursor, visit: Visit, announced: Announced): Promise<Stop> => {
  for (;;) {
    const segment = files.segments[cursor.segment]
    if (segment === undefined) return { kind: 'end' }
    if (!belongs(segment, cursor)) {
      return bad(`a segment for offset ${segment.base} where one for ${cursor.head.offset} belongs`)
    }
    const stop = await scanSegment(files, segment, cursor, visit, announced)
    if (stop.kind !== 'end') return stop
    cursor.segment += 1
    cursor.byte = 0
  }
}

const bad = (reason: string): Stop => ({ kind: 'bad', reason })

const scanSegment = async (
  files: LogFiles,
  segment: Segment,
  cursor: Cursor,
  visit: Visit,
  announced: Announced,
): Promise<Stop> =>
  withFile(files.fs, segment.path, 'read', async (file): Promise<Stop> => {
    for await (const stretch of stretches(file, cursor.byte, segment.bytes, files.blockBytes)) {
      if (stretch.kind === 'unended') return bad('no line feed at the end')
      if (stretch.kind === 'overlong') return bad('longer than any record')
      let start = 0
      for (const end of lineEnds(stretch.bytes)) {
        const opened = openInPlace(files, stretch.bytes.subarray(start, end - 1), cursor.head)
        if (opened.kind !== 'record') return opened
        const { record, next } = opened
        if (record.redacted !== undefined && !(await announced(record, cursor))) {
          return { kind: 'unannounced', reason: 'redacted, and no later record says so' }
        }
        segment.index.note(record.offset, cursor.byte)
        visit(record)
        cursor.head = { offset: next.offset, hash: next.hash, at: record.at }
        cursor.byte += end - start
        start = end
      }
    }
    return { kind: 'end' }
  })

/** Checks a line, without its line feed, and that it is the record that belongs there. */
export const openInPlace = ({ sha256, projectId }: LogFiles, line: Uint8Array, place: Head): Opened => {
  const opened = openLine(line, sha256)
  if (opened.kind === 'bad') return opened
  const envelope = opened.kind === 'record' ? opened.record : opened.envelope
  const reason = envelope.projectId === projectId ? misplaced(envelope, place) : `of project ${envelope.projectId}`
  return reason === undefined ? opened : { kind: 'bad', reason }
}

/**
 * Redactions are rare, so nothing is prepared for them: the first redacted line makes one more pass over what comes after,
 * which collects all that good records say of redactions.
 */
const lookAhead = (files: LogFiles): Announced => {
  let announcements: Promise<ReadonlyMap<string, number>> | undefined
  return async (record, cursor) => {
    announcements ??= collectAnnouncements(files, { ...cursor })
    const at = (await announcements).get(`${record.offset} ${record.redacted}`)
    return at !== undefined && at > record.offset
  }
}

/** The offset of the last announcement of each redaction. */
const collectAnnouncements = async (files: LogFiles, from: Cursor): Promise<ReadonlyMap<string, number>> => {
  const found = new Map<string, number>()
  const visit: Visit = (record) => {
    if (record.type === 'record:redacted') found.set(`${record.data.offset} ${record.data.digest}`, record.offset)
  }
  await scan(files, from, visit, async () => true)
  return found
}
