import { join } from 'node:path'
import type { File } from '../../platform/file-system.ts'
import { systemErrorCode } from '../../platform/system-error.ts'
import { shorten, writeFully } from '../appender.ts'
import { quarantineDirectory, quarantinedSnapshotName, quarantineName } from '../format.ts'
import { readAt } from '../lines.ts'
import { type LogFiles, withFile } from '../segment.ts'
import type { SnapshotFile } from '../snapshot-check.ts'
import type { Leftover } from './behind.ts'
import { belongs, type Cursor } from './scan.ts'

/** A part of a file that is about to go. */
interface Piece {
  readonly path: string
  readonly from: number
  readonly to: number
  /** The name of its copy; `copy` counts from 1. */
  readonly nameOf: (copy: number) => string
}

/**
 * Ends a log at a cursor: takes out what stands behind it, and the snapshots that know more than what is left. Copies of
 * all of it are durable before any of it goes. Then snapshots go, so that whatever a crash leaves is judged from records
 * alone; then records, what shows that a write was torn last, each step being durable before the next. So what is left
 * after a crash in between is judged the same. Tells where the copies are.
 */
export const cut = async (
  files: LogFiles,
  cursor: Cursor,
  leftovers: readonly Leftover[],
  snapshots: readonly SnapshotFile[] = [],
): Promise<string[]> => {
  const { fs, dir } = files
  const { offset } = cursor.head
  const copies = await setAside(files, [...piecesOf(leftovers, offset), ...snapshotPieces(snapshots, offset)])
  for (const { path } of snapshots) await fs.remove(path)
  if (snapshots.length > 0) await fs.syncDirectory(dir)
  const [first] = leftovers
  const goesOn = first !== undefined && belongs(first.segment, cursor) ? first : undefined
  const inOrder = leftovers.toReversed().sort((a, b) => Number(a.torn) - Number(b.torn))
  for (const leftover of inOrder) {
    await (leftover === goesOn ? shortenSegment(files, leftover) : removeSegment(files, leftover))
  }
  return copies
}

const shortenSegment = ({ fs }: LogFiles, { segment, from }: Leftover): Promise<void> =>
  withFile(fs, segment.path, 'append', (file) => shorten(file, from))

const removeSegment = async ({ fs, dir }: LogFiles, { segment }: Leftover): Promise<void> => {
  await fs.remove(segment.path)
  await fs.syncDirectory(dir)
}

const piecesOf = (leftovers: readonly Leftover[], offset: number): Piece[] =>
  leftovers
    .filter(({ segment, from }) => from < segment.bytes)
    .map(({ segment: { base, path, bytes }, from }) => ({
      ...{ path, from, to: bytes },
      nameOf: (copy) => quarantineName(base, offset, copy),
    }))

const snapshotPieces = (snapshots: readonly SnapshotFile[], offset: number): Piece[] =>
  snapshots.map(({ offset: snapshot, path, bytes }) => ({
    ...{ path, from: 0, to: bytes },
    nameOf: (copy) => quarantinedSnapshotName(snapshot, offset, copy),
  }))

const setAside = async (files: LogFiles, pieces: readonly Piece[]): Promise<string[]> => {
  const { fs, dir } = files
  const quarantine = quarantineDirectory(dir)
  await fs.makeDirectory(quarantine)
  const copies: string[] = []
  for (const piece of pieces) copies.push(await copyAside(files, quarantine, piece))
  await fs.syncDirectory(quarantine)
  await fs.syncDirectory(dir)
  return copies
}

/** Copies under a name that is not taken. An earlier copy, maybe of a recovery that crashed, stays as it is. */
const copyAside = async (files: LogFiles, dir: string, piece: Piece): Promise<string> => {
  for (let copy = 1; ; copy += 1) {
    const path = join(dir, piece.nameOf(copy))
    try {
      await withFile(files.fs, path, 'create', (target) => copyInto(files, target, piece))
      return path
    } catch (error) {
      if (systemErrorCode(error) !== 'EEXIST') throw error
    }
  }
}

const copyInto = ({ fs, blockBytes }: LogFiles, target: File, { path, from, to }: Piece): Promise<void> =>
  withFile(fs, path, 'read', async (source) => {
    for (let at = from; at < to; at += blockBytes) {
      writeFully(target, await readAt(source, at, Math.min(blockBytes, to - at)))
    }
    await target.datasync()
  })
