import { fdatasync, writeSync } from 'node:fs'
import { type FileHandle, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import type { DirectoryEntry, File, FileSystem } from './file-system.ts'
import { systemErrorCode } from './system-error.ts'

/** Every write of an appending handle lands at the end of the file, whatever has been read or truncated before. */
const flags = { read: 'r', append: 'a+', create: 'ax+' } as const

/**
 * What is said where directories cannot be synced at all. Windows does not open them; some network file systems refuse to
 * sync them, and make names durable at once.
 */
const cannotSyncDirectories: ReadonlySet<string | undefined> = new Set(
  process.platform === 'win32' ? ['EISDIR', 'EPERM', 'EACCES'] : ['EINVAL', 'ENOTSUP'],
)

const fileOf = (handle: FileHandle): File => {
  const syncs = new Set<Promise<void>>()
  return {
    size: async () => (await handle.stat()).size,
    read: async (buffer, position) => (await handle.read(buffer, 0, buffer.length, position)).bytesRead,
    appendSync: (bytes) => writeSync(handle.fd, bytes),
    append: async (bytes) => (await handle.write(bytes)).bytesWritten,
    datasync: () => {
      const sync = datasync(handle.fd)
      syncs.add(sync)
      const forget = (): void => void syncs.delete(sync)
      sync.then(forget, forget)
      return sync
    },
    truncate: (size) => handle.truncate(size),
    close: async () => {
      await Promise.allSettled(syncs)
      await handle.close()
    },
  }
}

/**
 * Syncs by the number of the file. A handle's own `datasync` takes a tenth longer, and every durable write waits for this. It
 * would keep the file from being closed meanwhile, though: whoever calls this sees to that.
 */
const datasync = (fd: number): Promise<void> =>
  new Promise((resolve, reject) => {
    fdatasync(fd, (error) => (error === null ? resolve() : reject(error)))
  })

const list = async (dir: string): Promise<DirectoryEntry[]> => {
  try {
    const entries = await readdir(dir, { withFileTypes: true })
    return entries
      .map((entry): DirectoryEntry => {
        const kind = entry.isFile() ? 'file' : entry.isDirectory() ? 'directory' : 'other'
        return { name: entry.name, kind }
      })
      .sort((a, b) => (a.name < b.name ? -1 : 1))
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return []
    throw error
  }
}

const syncDirectory = async (path: string): Promise<void> => {
  try {
    const handle = await open(path, 'r')
    try {
      await handle.sync()
    } finally {
      await handle.close()
    }
  } catch (error) {
    if (!cannotSyncDirectories.has(systemErrorCode(error))) throw error
  }
}

/** The file system of the machine. */
export const nodeFileSystem: FileSystem = {
  open: async (path, mode) => fileOf(await open(path, flags[mode])),
  readFile: (path) => readFile(path),
  list,
  makeDirectory: (path) => mkdir(path, { recursive: true }),
  rename: (from, to) => rename(from, to),
  remove: (path) => rm(path, { force: true }),
  removeTree: (path) => rm(path, { recursive: true, force: true }),
  syncDirectory,
}
