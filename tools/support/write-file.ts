import { dirname, resolve } from 'node:path'
import { AppError } from '../../src/errors.ts'
import { isOutOfSpace } from '../../src/log/refusals.ts'
import { appendFully } from '../../src/platform/append-fully.ts'
import type { File, FileSystem } from '../../src/platform/file-system.ts'
import { temporaryOf } from '../../src/platform/replace-file.ts'
import { systemErrorCode } from '../../src/platform/system-error.ts'

/**
 * Writes texts into a file, one after the other. The file appears under its name, in the place of what was there, when all
 * of them are in it and on the disk: nobody ever takes a part for the whole. Tells how many bytes it has. Throws
 * INSUFFICIENT_STORAGE or LOG_UNAVAILABLE when it cannot be written, and what the texts throw.
 */
export const writeFileWhole = async (
  fs: FileSystem,
  name: string,
  texts: AsyncIterable<string>,
  signal: AbortSignal,
): Promise<number> => {
  const path = resolve(name)
  const temporary = temporaryOf(path)
  const file = await writing(name, async () => {
    await fs.remove(temporary)
    return fs.open(temporary, 'create')
  })
  try {
    const bytes = await writeAll(file, name, texts, signal)
    await writing(name, async () => {
      await file.datasync()
      await file.close()
      await fs.rename(temporary, path)
      await fs.syncDirectory(dirname(path))
    })
    return bytes
  } catch (error) {
    await Promise.allSettled([file.close(), fs.remove(temporary)])
    throw error
  }
}

const writeAll = async (
  file: File,
  name: string,
  texts: AsyncIterable<string>,
  signal: AbortSignal,
): Promise<number> => {
  let bytes = 0
  for await (const text of texts) {
    signal.throwIfAborted()
    const piece = Buffer.from(text)
    await writing(name, () => appendFully(file, piece))
    bytes += piece.length
  }
  return bytes
}

/** What is read is somewhere else, so what goes wrong here is told apart. */
const writing = async <T>(name: string, write: () => Promise<T>): Promise<T> => {
  try {
    return await write()
  } catch (error) {
    if (systemErrorCode(error) === undefined) throw error
    throw isOutOfSpace(error)
      ? new AppError('INSUFFICIENT_STORAGE', `There is no room for ${name}`, { cause: error })
      : new AppError('LOG_UNAVAILABLE', `${name} cannot be written`, { cause: error })
  }
}
