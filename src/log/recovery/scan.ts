import { type EventRecord, misplaced, type Opened, openLine } from '../../../events/index.ts'
import { lineEnds, stretches } from '../lines.ts'
import type { Head } from '../log.ts'
import type { LogFiles, Segment } from '../segment.ts'

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

/** A good record, and its line as it is on disk, without its line feed. */
export interface GoodLine {
  readonly record: EventRecord
  readonly bytes: Uint8Array
}

/** A few good lines, or, at last, why there are no more. */
export type Step = { readonly kind: 'lines'; readonly lines: readonly GoodLine[] } | Stop

/** Whether a record after the one at the cursor says that it was redacted to what it is now. */
type Announced = (record: EventRecord, cursor: Cursor) => Promise<boolean>

/** Whether the segment at a cursor is where it belongs, so that its good part, be it empty, is part of the log. */
export const belongs = (segment: Segment, { byte, head }: Cursor): boolean => byte > 0 || segment.base === head.offset

/** Checks the chain from a cursor on and visits its records, in one pass. Moves the cursor as `scanSteps` does. */
export const scanChain = (files: LogFiles, cursor: Cursor, visit: Visit): Promise<Stop> =>
  visitAll(scanSteps(files, cursor), visit)

const visitAll = async (steps: AsyncIterable<Step>, visit: Visit): Promise<Stop> => {
  let stop: Stop = { kind: 'end' }
  for await (const step of steps) {
    if (step.kind !== 'lines') stop = step
    else for (const { record } of step.lines) visit(record)
  }
  return stop
}

/**
 * Checks the chain from a cursor on, in one pass, a few lines at a time: whoever takes them asks for more when there is
 * room. The last step tells why it stopped. Moves the cursor over good lines only, those of a step before it is handed
 * out: it tells where the good part ends, also when reading fails.
 */
export const scanSteps = (files: LogFiles, cursor: Cursor): AsyncGenerator<Step> =>
  scan(files, cursor, lookAhead(files))

async function* scan(files: LogFiles, cursor: Cursor, announced: Announced): AsyncGenerator<Step> {
  for (;;) {
    const segment = files.segments[cursor.segment]
    if (segment === undefined) return yield { kind: 'end' }
    if (!belongs(segment, cursor)) {
      return yield bad(`a segment for offset ${segment.base} where one for ${cursor.head.offset} belongs`)
    }
    const stop = yield* scanSegment(files, segment, cursor, announced)
    if (stop !== undefined) return yield stop
    cursor.segment += 1
    cursor.byte = 0
  }
}

const bad = (reason: string): Stop => ({ kind: 'bad', reason })

/** Returns why it stopped before the end of the segment. */
async function* scanSegment(
  files: LogFiles,
  segment: Segment,
  cursor: Cursor,
  announced: Announced,
): AsyncGenerator<Step, Stop | undefined> {
  const file = await files.fs.open(segment.path, 'read')
  try {
    for await (const stretch of stretches(file, cursor.byte, segment.bytes, files.blockBytes)) {
      if (stretch.kind === 'unended') return bad('no line feed at the end')
      if (stretch.kind === 'overlong') return bad('longer than any record')
      const stop = yield* scanLines(files, segment, stretch.bytes, cursor, announced)
      if (stop !== undefined) return stop
    }
    return undefined
  } finally {
    await file.close()
  }
}

/** Lines of a step. Few, so that what is made of them is gone before the collector of garbage has to move it. */
const stepLines = 64

async function* scanLines(
  files: LogFiles,
  segment: Segment,
  bytes: Uint8Array,
  cursor: Cursor,
  announced: Announced,
): AsyncGenerator<Step, Stop | undefined> {
  let lines: GoodLine[] = []
  let stop: Stop | undefined
  let start = 0
  for (const end of lineEnds(bytes)) {
    const line = bytes.subarray(start, end - 1)
    const opened = openInPlace(files, line, cursor.head)
    if (opened.kind !== 'record') {
      stop = opened
      break
    }
    const { record, next } = opened
    if (record.redacted !== undefined && !(await announced(record, cursor))) {
      stop = { kind: 'unannounced', reason: 'redacted, and no later record says so' }
      break
    }
    segment.index.note(record.offset, cursor.byte)
    lines.push({ record, bytes: line })
    cursor.head = { offset: next.offset, hash: next.hash, at: record.at }
    cursor.byte += end - start
    start = end
    if (lines.length < stepLines) continue
    yield { kind: 'lines', lines }
    lines = []
  }
  if (lines.length > 0) yield { kind: 'lines', lines }
  return stop
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
  await visitAll(
    scan(files, from, async () => true),
    visit,
  )
  return found
}
