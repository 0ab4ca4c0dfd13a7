import { dirname } from 'node:path'
import type { FileSystem } from './file-system.ts'

/** Makes a directory, given by its absolute path, and those above it, so that a power cut does not take them back. */
export const makeDurableDirectory = async (fs: FileSystem, path: string): Promise<void> => {
  const topmost = await fs.makeDirectory(path)
  if (topmost === undefined) return
  for (let dir = path; dir !== dirname(topmost); ) {
    dir = dirname(dir)
    await fs.syncDirectory(dir)
  }
}
