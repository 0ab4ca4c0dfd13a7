import { dirname, join } from 'node:path'
import { createFile } from '../platform/create-file.ts'
import type { FileSystem } from '../platform/file-system.ts'
import { makeDurableDirectory } from '../platform/make-directory.ts'

/** Copies of files, byte for byte, in the same folders as the files themselves. */
export class Originals {
  readonly #fs: FileSystem
  readonly #dir: string
  readonly #directories = new Set<string>()

  /** `dir` is absolute, and holds nothing yet. */
  constructor(fs: FileSystem, dir: string) {
    this.#fs = fs
    this.#dir = dir
  }

  /** Keeps what is in the file at `path`, which is relative. */
  async keep(path: string, bytes: Uint8Array): Promise<void> {
    const copy = join(this.#dir, path)
    const directory = dirname(copy)
    if (!this.#directories.has(directory)) await makeDurableDirectory(this.#fs, directory)
    this.#directories.add(directory)
    await createFile(this.#fs, copy, bytes, { durable: true })
  }

  /** Resolves when all that is kept outlasts a power cut. */
  async sync(): Promise<void> {
    for (const directory of this.#directories) await this.#fs.syncDirectory(directory)
  }
}
