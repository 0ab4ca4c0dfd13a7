import { createFile } from './create-file.ts'
import type { FileSystem } from './file-system.ts'
import { systemErrorCode } from './system-error.ts'

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
  options: ReplaceOptions,
): Promise<void> => {
  const temporary = `${path}${temporarySuffix}`
  const bytes = Buffer.from(text)
  try {
    await createFile(fs, temporary, bytes, options)
  } catch (error) {
    if (systemErrorCode(error) !== 'EEXIST') throw error
    await fs.remove(temporary)
    await createFile(fs, temporary, bytes, options)
  }
  await fs.rename(temporary, path)
}
