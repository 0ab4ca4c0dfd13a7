import type { File, FileSystem } from '../../src/platform/file-system.ts'
import { systemError } from './memory-file-system.ts'

export interface Quota extends FileSystem {
  /** Allows so many bytes more. */
  grow(bytes: number): void
}

/** Stands for a full disk where none can be had: takes so many bytes in all, and fills up within a write as disks do. */
export const withQuota = (fs: FileSystem, bytes: number): Quota => {
  let left = bytes
  const allowed = (wanted: Uint8Array): Uint8Array => {
    if (left === 0) throw systemError('ENOSPC', 'a disk with a quota')
    const part = wanted.subarray(0, left)
    left -= part.length
    return part
  }
  const limited = (file: File): File => ({
    ...file,
    appendSync: (wanted) => file.appendSync(allowed(wanted)),
    append: async (wanted) => file.append(allowed(wanted)),
    truncate: async (size) => {
      const before = await file.size()
      await file.truncate(size)
      left += Math.max(0, before - size)
    },
  })
  return {
    ...fs,
    open: async (path, mode) => limited(await fs.open(path, mode)),
    grow: (more) => {
      left += more
    },
  }
}
