import { type EventRecord, misplaced, type Opened, openLine, type ProjectId, type Sha256 } from '../../events/index.ts'
import type { FileSystem } from '../platform/file-system.ts'
import { systemErrorCode } from '../platform/system-error.ts'
import { lineEnds, stretches } from './lines.ts'
import type { Head } from './log.ts'
import { type Segment, withFile } from './segment.ts'

/** The files of one log, and what is needed to check them. */
export interface LogFiles {
  readonly fs: FileSystem
  readonly sha256: Sha256
  readonly projectId: ProjectId
  /** The directory of the project's log. */
  readonly dir: string
  readonly segments: readonly Segment[]
  readonly blockBytes: number
}

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
  | { readonly kind: 'unreadable'; readonly reason: string; readonly cause: unknown }

export type Visit = (record: EventRecord) => void

/** Whether a record after the one at the cursor says that it was redacted to what it is now. */
type Announced = (record: EventRecord, cursor: Cursor) => Promise<boolean>

/**
 * Checks the chain from a cursor on and visits its records, in one pass. Moves the cursor over good lines only, so that it
 * tells where the good part ends, whatever comes after. What `visit` throws ends the scan and is passed on.
 */
export const scanChain = (files: LogFiles, cursor: Cursor, visit: Visit): Promise<Stop> =>
  scan(files, cursor, visit, lookAhead(files))

const scan = async (files: LogFiles, cursor: Cursor, visit: Visit, announced: Announced): Promise<Stop> => {
  try {
    for (;;) {
      const segment = files.segments[cursor.segment]
      if (segment === undefined) return { kind: 'end' }
      const stop = await scanSegment(files, segment, cursor, visit, announced)
      if (stop.kind !== 'end') return stop
      cursor.segment += 1
      cursor.byte = 0
    }
  } catch (error) {
    const code = systemErrorCode(error)
    if (code === undefined) throw error
    return { kind: 'unreadable', reason: `its files cannot be read: ${code}`, cause: error }
  }
}

const bad = (reason: string): Stop => ({ kind: 'bad', reason })

const scanSegment = async (
  files: LogFiles,
  segment: Segment,
  cursor: Cursor,
  visit: Visit,
  announced: Announced,
): Promise<Stop> => {
  if (cursor.byte === 0 && segment.base !== cursor.head.offset) {
    return bad(`a segment for offset ${segment.base} where one for ${cursor.head.offset} belongs`)
  }
  return withFile(files.fs, segment.path, 'read', async (file): Promise<Stop> => {
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
        cursor.head = { ...next, at: record.at }
        cursor.byte += end - start
        start = end
      }
    }
    return { kind: 'end' }
  })
}

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
  const stop = await scan(files, from, visit, async () => true)
  if (stop.kind === 'unreadable') throw stop.cause
  return found
}
