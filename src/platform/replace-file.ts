import { createFile } from './create-file.ts'
import type { FileSystem } from './file-system.ts'
import { systemErrorCode } from './system-error.ts'

/** The name under which a file is written; one that is left over is overwritten by the next write. */
export const temporaryOf = (path: string): string => `${path}.tmp`

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
  const temporary = temporaryOf(path)
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
