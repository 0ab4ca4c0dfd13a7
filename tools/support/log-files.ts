import { type Position, type ProjectId, type Sha256, start } from '../../events/index.ts'
import { AppError } from '../../src/errors.ts'
import { defaultBlockBytes, projectDirectory, quarantine, segmentBase, snapshotOffset } from '../../src/log/format.ts'
import { seek } from '../../src/log/recovery/load.ts'
import type { Cursor } from '../../src/log/recovery/scan.ts'
import { type LogFiles, listSegments } from '../../src/log/segment.ts'
import { isHalfSnapshot } from '../../src/log/snapshot-files.ts'
import type { FileSystem } from '../../src/platform/file-system.ts'

/** Where a log is, and what is needed to check it. */
export interface LogSource {
  readonly fs: FileSystem
  readonly sha256: Sha256
  readonly dataDir: string
  readonly projectId: ProjectId
}

/** The files of a log, each as long as it is now: what is appended from now on is not looked at. */
export const logFilesOf = async ({ fs, sha256, dataDir, projectId }: LogSource): Promise<LogFiles> => {
  const dir = projectDirectory(dataDir, projectId)
  return { fs, sha256, projectId, dir, segments: await listSegments(fs, dir), blockBytes: defaultBlockBytes }
}

/** In front of the first record. */
export const beginning = (): Cursor => ({ segment: 0, byte: 0, head: { ...start, at: 0 } })

/** At a position that the log has; undefined for one of another history, or behind damage. */
export const cursorAt = async (files: LogFiles, { offset, hash }: Position): Promise<Cursor | undefined> => {
  const cursor: Cursor = { ...beginning(), head: { offset, hash, at: 0 } }
  try {
    await seek(files, cursor)
    return cursor
  } catch (error) {
    if (error instanceof AppError && error.code === 'HISTORY_DIVERGED') return undefined
    throw error
  }
}

/** Names in the directory of a log that are none of its business. */
export const foreignNames = async ({ fs, dir }: LogFiles): Promise<string[]> => {
  const isOurs = (name: string): boolean =>
    name === quarantine || segmentBase(name) !== undefined || snapshotOffset(name) !== undefined || isHalfSnapshot(name)
  return (await fs.list(dir)).map(({ name }) => name).filter((name) => !isOurs(name))
}

/** The part of a log before a cursor. */
export interface Extent {
  readonly records: number
  readonly bytes: number
  readonly head: Position
}

export const extentOf = (
  { segments }: Pick<LogFiles, 'segments'>,
  { segment, byte, head: { offset, hash } }: Cursor,
): Extent => ({
  records: offset,
  bytes: segments.slice(0, segment).reduce((sum, { bytes }) => sum + bytes, byte),
  head: { offset, hash },
})

/** Bytes between two words about progress. */
const progressStep = 1024 * 1024

/** To be called for every record of a scan: tells now and then how many bytes are behind the cursor. */
export const progressTeller = ({ segments }: LogFiles, cursor: Cursor, tell: (bytes: number) => void): (() => void) => {
  const bytesBefore = segments.map((_, i) => segments.slice(0, i).reduce((sum, { bytes }) => sum + bytes, 0))
  let told = 0
  return () => {
    const done = (bytesBefore[cursor.segment] ?? 0) + cursor.byte
    if (done < told + progressStep) return
    told = done
    tell(done)
  }
}
