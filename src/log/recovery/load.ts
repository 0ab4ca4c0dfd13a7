import { type EventRecord, genesis, openLine, type Position } from '../../../events/index.ts'
import { AppError } from '../../errors.ts'
import { systemErrorCode } from '../../platform/system-error.ts'
import { guessNear } from '../bisect.ts'
import type { Mark } from '../line-index.ts'
import { readAt } from '../lines.ts'
import type { Head, LogStatus } from '../log.ts'
import { type LogFiles, listSegments, locate, type Segment, segmentOf, syncSegments, withFile } from '../segment.ts'
import { cut } from './cut.ts'
import { examine, type Finding } from './examine.ts'
import { belongs, type Cursor, type Visit } from './scan.ts'

/** What recovery took out of a log, and where it is now. */
export interface Cut {
  readonly projectId: LogFiles['projectId']
  /** The record whose write was torn. */
  readonly offset: number
  readonly copies: readonly string[]
}

/** A log as it is once it has been read and, where that was due, repaired. */
export interface Loaded {
  readonly status: LogStatus
  readonly head: Head
  /** The segments of the good part, each as long as it is good. */
  readonly segments: Segment[]
}

/**
 * Reads a log for the first time, from a position on, and does what recovery has to do. What nobody can vouch for after a
 * crash of the server alone, which leaves everything in the caches of the system, is made durable: it will be read, and
 * later records will say that it is.
 */
export const loadLog = async (
  source: Omit<LogFiles, 'segments'>,
  from: Position,
  visit: Visit,
  onCut: (cut: Cut) => void,
): Promise<Loaded> => {
  const cursor: Cursor = { segment: 0, byte: 0, head: { ...from, at: 0 } }
  const segments: Segment[] = []
  const loaded = (status: LogStatus): Loaded => ({ status, head: cursor.head, segments: goodPart(segments, cursor) })
  try {
    segments.push(...(await listSegments(source.fs, source.dir)))
    const files = { ...source, segments }
    await seek(files, cursor)
    return loaded(await recover(files, cursor, await examine(files, cursor, visit), onCut))
  } catch (error) {
    const code = systemErrorCode(error)
    if (code === undefined) throw error
    return loaded({ kind: 'failed', reason: `it could not be read and made durable: ${code}` })
  }
}

/**
 * Moves a cursor to its own position, having checked that the record before it is the one that the position names. Throws
 * HISTORY_DIVERGED if it is not: the position is of another log, or what is before it is damaged.
 */
export const seek = async (files: LogFiles, cursor: Cursor): Promise<void> => {
  const { offset, hash } = cursor.head
  if (offset === 0 && hash === genesis) return
  const index = segmentOf(files.segments, offset - 1)
  const before = await recordBefore(files, files.segments[index], cursor.head)
  if (before === undefined) {
    throw new AppError('HISTORY_DIVERGED', `The log of project ${files.projectId} has no position ${offset}:${hash}`)
  }
  files.segments[index]?.index.note(offset, before.end)
  cursor.segment = index
  cursor.byte = before.end
  cursor.head = { offset, hash, at: before.record.at }
}

interface Before {
  readonly record: EventRecord
  /** The byte that its line ends at. */
  readonly end: number
}

/** The record that a position names, if it is there and verifies. */
const recordBefore = async (
  { fs, sha256, blockBytes }: LogFiles,
  segment: Segment | undefined,
  { offset, hash }: Position,
): Promise<Before | undefined> => {
  if (segment === undefined) return undefined
  return withFile(fs, segment.path, 'read', async (file) => {
    const look = async (guessed?: Mark): Promise<Before | undefined> => {
      const start = await locate(file, segment, offset - 1, blockBytes, guessed)
      if (start === undefined) return undefined
      const end = await locate(file, segment, offset, blockBytes, guessed && { offset: offset - 1, byte: start })
      if (end === undefined) return undefined
      const opened = openLine(await readAt(file, start, end - start - 1), sha256)
      const isIt = opened.kind === 'record' && opened.next.offset === offset && opened.next.hash === hash
      return isIt ? { record: opened.record, end } : undefined
    }
    // The hash proves a guess right. One that damaged lines have led astray is made good by counting, which takes as long
    // as the segment is.
    return (await look(await guessNear(file, segment, offset - 1))) ?? look()
  })
}

const recover = async (
  files: LogFiles,
  cursor: Cursor,
  finding: Finding,
  onCut: (cut: Cut) => void,
): Promise<LogStatus> => {
  const { offset } = cursor.head
  if (finding.kind === 'newer') return { kind: 'newer', offset, reason: finding.reason }
  if (finding.kind === 'damaged') return { kind: 'quarantined', offset, reason: finding.reason }
  if (finding.kind === 'torn') {
    const copies = await cut(files, cursor, finding.leftovers)
    onCut({ projectId: files.projectId, offset, copies })
  }
  const good = goodPart(files.segments, cursor)
  await syncSegments(files.fs, good)
  if (good.length > 0) await files.fs.syncDirectory(files.dir)
  return { kind: 'open' }
}

/** The segments up to a cursor; the one that it is in only as far as it is good. */
export const goodPart = (segments: readonly Segment[], cursor: Cursor): Segment[] => {
  const good = segments.slice(0, cursor.segment)
  const last = segments[cursor.segment]
  if (last !== undefined && belongs(last, cursor)) good.push({ ...last, bytes: cursor.byte })
  return good
}
