import { nodeFileSystem as fs } from '../../platform/node-file-system.ts'
import { replaceFile } from '../../platform/replace-file.ts'
import { systemErrorCode } from '../../platform/system-error.ts'
import { parseCursors } from '../cursors/parse.ts'
import type { CursorStorage } from '../cursors/storage.ts'

/** Keeps cursors in a file. It is replaced at once, so whatever happens there are old or new ones in it, and never half of them. */
export const fileCursors = (path: string): CursorStorage => ({
  load: async () => {
    try {
      return parseCursors(Buffer.from(await fs.readFile(path)).toString('utf8'), path)
    } catch (error) {
      if (systemErrorCode(error) === 'ENOENT') return {}
      throw error
    }
  },
  save: (cursors) => replaceFile(fs, path, JSON.stringify(cursors), { durable: true }),
})
