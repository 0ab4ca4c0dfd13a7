import type { File, FileSystem } from '../platform/file-system.ts'
import { systemErrorCode } from '../platform/system-error.ts'

const longest = 256 * 1024

/** The text of a file of at most 256 KiB; undefined if there is none. Throws on one that is longer or not UTF-8. */
export const readBoundedText = async (fs: FileSystem, path: string): Promise<string | undefined> => {
  const file = await openIfThere(fs, path)
  if (file === undefined) return undefined
  try {
    const size = await file.size()
    if (size > longest) throw new Error(`has ${size} bytes; at most ${longest} are read`)
    const buffer = new Uint8Array(size)
    let filled = 0
    for (let taken = -1; taken !== 0 && filled < size; filled += taken) {
      taken = await file.read(buffer.subarray(filled), filled)
    }
    return new TextDecoder('utf-8', { fatal: true }).decode(buffer.subarray(0, filled))
  } finally {
    await file.close()
  }
}

/** Undefined also when what should be the folder of the file is a file. */
const openIfThere = async (fs: FileSystem, path: string): Promise<File | undefined> => {
  try {
    return await fs.open(path, 'read')
  } catch (error) {
    const code = systemErrorCode(error)
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw error
  }
}
