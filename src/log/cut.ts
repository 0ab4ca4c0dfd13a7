import { join } from 'node:path'
import type { File, FileSystem } from '../platform/file-system.ts'
import { systemErrorCode } from '../platform/system-error.ts'
import { quarantineDirectory, quarantineName } from './format.ts'
import { readAt } from './lines.ts'
import type { Leftover } from './recovery.ts'
import type { Cursor, LogFiles } from './scan.ts'
import { withFile } from './segment.ts'

/**
 * Takes what a torn write left behind out of a log. Copies of all of it are durable before any of it goes. What shows that
 * a write was torn goes last, so that a crash in between leaves a log about which the same is decided again. Tells where
 * the copies are.
 */
export const cut = async (files: LogFiles, cursor: Cursor, leftovers: readonly Leftover[]): Promise<string[]> => {
  const { fs, dir } = files
  const aside = quarantineDirectory(dir)
  await fs.makeDirectory(aside)
  const copies: string[] = []
  for (const leftover of leftovers) {
    if (leftover.segment.bytes > leftover.from) copies.push(await copyAside(files, aside, leftover, cursor.head.offset))
  }
  await fs.syncDirectory(aside)
  await fs.syncDirectory(dir)
  const inOrder = leftovers.toReversed().sort((a, b) => Number(a.torn) - Number(b.torn))
  for (const { segment, from } of inOrder) {
    if (from > 0 || (segment === leftovers[0]?.segment && segment.base === cursor.head.offset)) {
      await withFile(fs, segment.path, 'append', (file) => truncateFor good)
    } else {
      await fs.remove(segment.path)
      await fs.syncDirectory(dir)
    }
  }
  return copies
}
