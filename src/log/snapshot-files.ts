import { join } from 'node:path'
import type { ProjectId, Sha256 } from '../../events/index.ts'
import { appendFully } from '../platform/append-fully.ts'
import type { DirectoryEntry, File, FileSystem } from '../platform/file-system.ts'
import type { CreateHasher, Hasher } from '../platform/hash.ts'
import { systemErrorCode } from '../platform/system-error.ts'
import { lineFeed, projectDirectory, snapshotName, snapshotOffset } from './format.ts'
import { readAt } from './lines.ts'
import { listSegments, syncSegments, withFile } from './segment.ts'
import type { Snapshots, StoredRow, StoredSnapshot } from './snapshots.ts'

export interface SnapshotFilesOptions {
  readonly fs: FileSystem
  readonly dataDir: string
  readonly sha256: Sha256
  readonly createHasher: CreateHasher
}

/** How many snapshots of a project are kept: should the newest be damaged, there is one more. */
const kept = 2

/**
 * A snapshot is one JSON object with a line for each row, so that it can be written and read piece by piece:
 *
 *     {"snapshot":<header>,"rows":[
 *     <row>,
 *     <row>
 *     ],"sha256":"<of all bytes before this line>"}
 */
const opening = (header: string): string => `{"snapshot":${header},"rows":[\n`
export const openingPattern = /^\{"snapshot":(.*),"rows":\[$/
export const closing = (digest: string): string => `],"sha256":"${digest}"}\n`
export const closingBytes = closing('0'.repeat(64)).length
const temporarySuffix = '.tmp'

/** Snapshots as files in the directory of a project's log. */
export const createSnapshotFiles = (options: SnapshotFilesOptions): Snapshots => {
  const { fs, dataDir, sha256, createHasher } = options
  const pathOf = (projectId: ProjectId, offset: number): string =>
    join(projectDirectory(dataDir, projectId), snapshotName(offset))

  const list: Snapshots['list'] = async (projectId) => {
    const entries = await listOrNone(fs, projectDirectory(dataDir, projectId))
    return entries
      .map(({ name }) => snapshotOffset(name))
      .filter((offset) => offset !== undefined)
      .reverse()
  }
  const remove: Snapshots['remove'] = (projectId, offset) => fs.remove(pathOf(projectId, offset))

  return {
    list,
    remove,
    read: async (projectId, offset) => {
      const bytes = await readWhole(fs, pathOf(projectId, offset))
      return bytes === undefined ? undefined : parse(bytes, sha256)
    },
    write: async (projectId, offset, header, slices) => {
      const path = pathOf(projectId, offset)
      const temporary = `${path}${temporarySuffix}`
      await fs.remove(temporary)
      try {
        await withFile(fs, temporary, 'create', (file) => writeAll(file, createHasher(), header, slices))
        // Whoever starts from a snapshot does not look at what is before it. Unless every write is synced, a power cut
        // could still take some of that.
        await syncSegments(fs, await listSegments(fs, projectDirectory(dataDir, projectId)))
        await fs.rename(temporary, path)
      } catch (error) {
        // It would only take room, of which there may be none. What cannot be removed now goes with the next snapshot.
        await Promise.allSettled([fs.remove(temporary)])
        throw error
      }
      await fs.syncDirectory(projectDirectory(dataDir, projectId))
      for (const old of (await list(projectId)).slice(kept)) await remove(projectId, old)
      await removeLeftovers(fs, projectDirectory(dataDir, projectId))
    },
  }
}

/** Half-written snapshots of a server that was killed. */
const removeLeftovers = async (fs: FileSystem, dir: string): Promise<void> => {
  for (const { name } of await fs.list(dir)) if (isHalfSnapshot(name)) await fs.remove(join(dir, name))
}

/** Whether a name is that of a snapshot which is being written, or which nobody has finished. */
export const isHalfSnapshot = (name: string): boolean =>
  name.endsWith(temporarySuffix) && snapshotOffset(name.slice(0, -temporarySuffix.length)) !== undefined

const writeAll = async (
  file: File,
  hasher: Hasher,
  header: string,
  slices: AsyncIterable<readonly string[]>,
): Promise<void> => {
  const write = async (text: string): Promise<void> => {
    hasher.update(text)
    await appendFully(file, Buffer.from(text))
  }
  await write(opening(header))
  let separator = ''
  for await (const rows of slices) {
    if (rows.length === 0) continue
    await write(`${separator}${rows.join(',\n')}`)
    separator = ',\n'
  }
  await write('\n')
  await appendFully(file, Buffer.from(closing(hasher.digest())))
  await file.datasync()
}

/** Snapshots that cannot be found are as good as none; what is wrong with the directory, the log will tell. */
const listOrNone = async (fs: FileSystem, dir: string): Promise<DirectoryEntry[]> => {
  try {
    return await fs.list(dir)
  } catch (error) {
    if (systemErrorCode(error) === undefined) throw error
    return []
  }
}

/** Undefined where there is nothing to read. A snapshot that cannot be read is as good as none. */
const readWhole = async (fs: FileSystem, path: string): Promise<Uint8Array | undefined> => {
  try {
    return await withFile(fs, path, 'read', async (file) => readAt(file, 0, await file.size()))
  } catch (error) {
    if (systemErrorCode(error) === undefined) throw error
    return undefined
  }
}

const utf8 = new TextDecoder()

const parse = (bytes: Uint8Array, sha256: Sha256): StoredSnapshot | undefined => {
  const body = bytes.subarray(0, Math.max(0, bytes.length - closingBytes))
  const end = utf8.decode(bytes.subarray(body.length))
  const first = body.indexOf(lineFeed)
  const header = openingPattern.exec(utf8.decode(body.subarray(0, Math.max(0, first))))?.[1]
  if (header === undefined || end !== closing(sha256(body))) return undefined
  return { header, rows: rowsOf(Buffer.from(body.buffer, body.byteOffset, body.length), first + 1) }
}

const comma = 0x2c

function* rowsOf(bytes: Buffer, from: number): Generator<StoredRow> {
  for (let start = from; start < bytes.length; ) {
    const line = bytes.indexOf(lineFeed, start)
    const end = bytes[line - 1] === comma ? line - 1 : line
    if (end > start) yield { bytes, start, end }
    start = line + 1
  }
}
