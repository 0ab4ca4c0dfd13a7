import { join } from 'node:path'
import type { File } from '../../platform/file-system.ts'
import { systemErrorCode } from '../../platform/system-error.ts'
import { shorten, writeFully } from '../appender.ts'
import { quarantineDirectory, quarantineName } from '../format.ts'
import { readAt } from '../lines.ts'
import { type LogFiles, withFile } from '../segment.ts'
import type { Leftover } from './judge.ts'
import { belongs, type Cursor } from './scan.ts'

/**
 * Takes what a torn write left behind out of a log. Copies of all of it are durable before any of it goes, and what shows
 * that a write was torn goes last, each step being durable before the next: after a crash in between, what is left of it
 * is judged the same. Tells where the copies are.
 */
export const cut = async (files: LogFiles, cursor: Cursor, leftovers: readonly Leftover[]): Promise<string[]> => {
  const copies = await setAside(files, cursor.head.offset, leftovers)
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

const setAside = async (files: LogFiles, offset: number, leftovers: readonly Leftover[]): Promise<string[]> => {
  const { fs, dir } = files
  const quarantine = quarantineDirectory(dir)
  await fs.makeDirectory(quarantine)
  const copies: string[] = []
  for (const leftover of leftovers) {
    if (leftover.from < leftover.segment.bytes) copies.push(await copyAside(files, quarantine, leftover, offset))
  }
  await fs.syncDirectory(quarantine)
  await fs.syncDirectory(dir)
  return copies
}

/** Copies under a name that says segment and offset. An earlier copy, maybe of a recovery that crashed, stays as it is. */
const copyAside = async (files: LogFiles, dir: string, leftover: Leftover, offset: number): Promise<string> => {
  for (let copy = 1; ; copy += 1) {
    const path = join(dir, quarantineName(leftover.segment.base, offset, copy))
    try {
      await withFile(files.fs, path, 'create', (target) => copyInto(files, target, leftover))
      return path
    } catch (error) {
      if (systemErrorCode(error) !== 'EEXIST') throw error
    }
  }
}

const copyInto = ({ fs, blockBytes }: LogFiles, target: File, { segment, from }: Leftover): Promise<void> =>
  withFile(fs, segment.path, 'read', async (source) => {
    for (let at = from; at < segment.bytes; at += blockBytes) {
      writeFully(target, await readAt(source, at, Math.min(blockBytes, segment.bytes - at)))
    }
    await target.datasync()
  })
