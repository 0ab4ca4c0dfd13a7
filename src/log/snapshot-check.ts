import { join } from 'node:path'
import type { File, FileSystem } from '../platform/file-system.ts'
import type { CreateHasher } from '../platform/hash.ts'
import { systemErrorCode } from '../platform/system-error.ts'
import { defaultBlockBytes, lineFeed, snapshotOffset } from './format.ts'
import { readAt } from './lines.ts'
import { withFile } from './segment.ts'
import { closing, closingBytes, openingPattern } from './snapshot-files.ts'

/** A file that is named as a snapshot, whatever is in it. */
export interface SnapshotFile {
  /** The offset of the first record that it does not know, as its name says. */
  readonly offset: number
  readonly path: string
  readonly bytes: number
}

/** The snapshots in the directory of a project's log, the oldest first. */
export const listSnapshotFiles = async (fs: FileSystem, dir: string): Promise<SnapshotFile[]> => {
  const files: SnapshotFile[] = []
  for (const { name, kind } of await fs.list(dir)) {
    const offset = kind === 'file' ? snapshotOffset(name) : undefined
    if (offset === undefined) continue
    const path = join(dir, name)
    const bytes = await unlessGone(() => withFile(fs, path, 'read', (file) => file.size()))
    if (bytes !== undefined) files.push({ offset, path, bytes })
  }
  return files
}

/** Undefined for a file that is not there any more: a running server throws old snapshots away. */
export const unlessGone = async <T>(look: () => Promise<T>): Promise<T | undefined> => {
  try {
    return await look()
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined
    throw error
  }
}

/** The header of a snapshot that is what was once written; undefined for one that is damaged. Reads it in blocks. */
export const checkSnapshotFile = (
  fs: FileSystem,
  { path, bytes }: SnapshotFile,
  createHasher: CreateHasher,
): Promise<string | undefined> =>
  withFile(fs, path, 'read', async (file) => {
    const end = bytes - closingBytes
    if (end <= 0) return undefined
    const header = await headerOf(file, end)
    const hasher = createHasher()
    for (let at = 0; at < end; at += defaultBlockBytes) {
      hasher.update(await readAt(file, at, Math.min(defaultBlockBytes, end - at)))
    }
    const found = utf8.decode(await readAt(file, end, closingBytes))
    return found === closing(hasher.digest()) ? header : undefined
  })

const utf8 = new TextDecoder()

/** A header is far shorter than a block. */
const headerOf = async (file: File, end: number): Promise<string | undefined> => {
  const block = await readAt(file, 0, Math.min(defaultBlockBytes, end))
  const line = block.subarray(0, Math.max(0, block.indexOf(lineFeed)))
  return openingPattern.exec(utf8.decode(line))?.[1]
}
