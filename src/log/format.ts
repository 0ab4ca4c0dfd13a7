import { join } from 'node:path'
import { maxRecordBytes, type ProjectId } from '../../events/index.ts'

/** A segment that has reached this size is closed, and the log goes on in a new one. */
export const defaultSegmentBytes = 64 * 1024 * 1024

/** Logs are read in blocks of about this size. */
export const defaultBlockBytes = 1024 * 1024

/** A longer line is no record. A redacted one may be somewhat longer than it was. */
export const maxLineBytes = 2 * maxRecordBytes

/** What a disk writes whole or not at all. */
export const sectorBytes = 512

/** Ends every record. Lines are split here and nowhere else: U+2028 and carriage returns are text. */
export const lineFeed = 0x0a

export const logDirectory = (dataDir: string): string => join(dataDir, 'log')
export const projectDirectory = (dataDir: string, projectId: ProjectId): string =>
  join(logDirectory(dataDir), projectId)
export const quarantine = 'quarantine'
/** Where recovery puts what it takes out of a log. */
export const quarantineDirectory = (projectDir: string): string => join(projectDir, quarantine)

const extension = '.jsonl'
const segmentPattern = /^[0-9]{20}\.jsonl$/

/** A segment is named after the offset of its first record; names sort as offsets do. */
export const segmentName = (base: number): string => `${String(base).padStart(20, '0')}${extension}`

/** The offset that a name says; undefined for whatever is not a segment. */
export const segmentBase = (name: string): number | undefined => {
  const base = segmentPattern.test(name) ? Number(name.slice(0, -extension.length)) : Number.NaN
  return Number.isSafeInteger(base) ? base : undefined
}

const counted = (copy: number): string => (copy === 1 ? '' : `-${copy}`)

/** The name of what is taken out of a segment because of the record at `offset`; `copy` counts from 1. */
export const quarantineName = (base: number, offset: number, copy: number): string =>
  `${String(base).padStart(20, '0')}-at-${offset}${counted(copy)}${extension}`

const snapshotPattern = /^snapshot-([0-9]{20})\.json$/

/** A snapshot is named after the offset of the first record that it does not know. */
export const snapshotName = (offset: number): string => `snapshot-${String(offset).padStart(20, '0')}.json`

/** The name of a snapshot that is taken away because of the record at `offset`; `copy` counts from 1. */
export const quarantinedSnapshotName = (snapshot: number, offset: number, copy: number): string =>
  `snapshot-${String(snapshot).padStart(20, '0')}-at-${offset}${counted(copy)}.json`

/** The offset that a name says; undefined for whatever is not a snapshot. */
export const snapshotOffset = (name: string): number | undefined => {
  const offset = Number(snapshotPattern.exec(name)?.[1] ?? Number.NaN)
  return Number.isSafeInteger(offset) ? offset : undefined
}
