import { join } from 'node:path'
import type { ProjectId, Sha256 } from '../../events/index.ts'
import type { File, FileSystem } from '../platform/file-system.ts'
import { segmentBase, segmentName } from './format.ts'
import { LineIndex, type Mark } from './line-index.ts'
import { lineEnds, stretches } from './lines.ts'

/** One file of a log, and what is known of it. */
export interface Segment {
  /** Offset of its first record; its name says so. */
  readonly base: number
  readonly path: string
  /** How many of its bytes count. Behind them is at most what is being written. */
  bytes: number
  readonly index: LineIndex
}

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

export const segmentAt = (dir: string, base: number, bytes: number): Segment => ({
  base,
  path: join(dir, segmentName(base)),
  bytes,
  index: new LineIndex(base),
})

/** The segments in a directory, in order, as long as they are now. Every other file is none of the log's business. */
export const listSegments = async (fs: FileSystem, dir: string): Promise<Segment[]> => {
  const segments: Segment[] = []
  for (const { name, kind } of await fs.list(dir)) {
    const base = kind === 'file' ? segmentBase(name) : undefined
    if (base === undefined) continue
    const bytes = await withFile(fs, join(dir, name), 'read', (file) => file.size())
    segments.push(segmentAt(dir, base, bytes))
  }
  return segments
}

/** Makes the records in segments durable. Only those in the last one may not be: it is synced before the next one is made. */
export const syncSegments = async (fs: FileSystem, segments: readonly Segment[]): Promise<void> => {
  const last = segments.at(-1)
  if (last !== undefined) await withFile(fs, last.path, 'append', (file) => file.datasync())
}

/** The index of the segment that the record at `offset` is in; -1 if it would stand before all of them. */
export const segmentOf = (segments: readonly Segment[], offset: number): number =>
  segments.findLastIndex(({ base }) => base <= offset)

/** Opens a file for as long as `use` takes. */
export const withFile = async <T>(
  fs: FileSystem,
  path: string,
  mode: 'read' | 'append' | 'create',
  use: (file: File) => Promise<T>,
): Promise<T> => {
  const file = await fs.open(path, mode)
  try {
    return await use(file)
  } finally {
    await file.close()
  }
}

/**
 * The byte at which the line of `offset` starts, counting line feeds from the nearest place that is known; the end of the
 * segment for the offset after its last line, undefined for later ones. A place that is only guessed may be given instead:
 * then so is the answer.
 */
export const locate = async (
  file: File,
  segment: Segment,
  offset: number,
  blockBytes: number,
  guessed?: Mark,
): Promise<number | undefined> => {
  const near = guessed ?? segment.index.around(offset)
  let { offset: at, byte } = near
  if (at === offset) return byte
  for await (const stretch of stretches(file, byte, near.until ?? segment.bytes, blockBytes)) {
    if (stretch.kind !== 'lines') return undefined
    for (const end of lineEnds(stretch.bytes)) {
      at += 1
      byte = stretch.at + end
      if (guessed === undefined) segment.index.note(at, byte)
      if (at === offset) return byte
    }
  }
  return undefined
}
