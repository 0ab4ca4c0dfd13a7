import type { File, FileSystem } from './file-system.ts'

/** Ends the name of a file that is being written; one that is left over is overwritten by the next write. */
const temporarySuffix = '.tmp'

/** What becomes of the old content when the power goes: either the old or the new is there (`durable`), or even less. */
export interface ReplaceOptions {
  readonly durable: boolean
}

/** Writes a file under another name and renames it into place, so that no reader ever sees half of it. */
export const replaceFile = async (
  fs: FileSystem,
  path: string,
  text: string,
  { durable }: ReplaceOptions,
): Promise<void> => {
  const temporary = `${path}${temporarySuffix}`
  const file = await openAnew(fs, temporary)
  try {
    for (let rest = Buffer.from(text); rest.length > 0; ) rest = rest.subarray(await file.append(rest))
    if (durable) await file.datasync()
  } finally {
    await file.close()
  }
  await fs.rename(temporary, path)
}

const openAnew = async (fs: FileSystem, path: string): Promise<File> => {
  try {
    return await fs.open(path, 'create')
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
    await fs.remove(path)
    return fs.open(path, 'create')
  }
}
