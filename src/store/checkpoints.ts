import { join } from 'node:path'
import { z } from 'zod'
import { Digest, type Position, type ProjectId, start } from '../../events/index.ts'
import type { FileSystem } from '../platform/file-system.ts'
import { replaceFile } from '../platform/replace-file.ts'

const Checkpoint = z.object({ offset: z.int().nonnegative(), hash: Digest })

/** How far the entity files of each project are: all that happened before the position is in them. */
export class Checkpoints {
  readonly #fs: FileSystem
  readonly #dir: string

  constructor(fs: FileSystem, dataDir: string) {
    this.#fs = fs
    this.#dir = join(dataDir, 'checkpoints')
  }

  /** The start for a project whose checkpoint is missing or cannot be read: then all its files are written again. */
  async read(projectId: ProjectId): Promise<Position> {
    try {
      const text = new TextDecoder().decode(await this.#fs.readFile(this.#path(projectId)))
      return Checkpoint.parse(JSON.parse(text))
    } catch {
      return start
    }
  }

  async write(projectId: ProjectId, position: Position): Promise<void> {
    await this.#fs.makeDirectory(this.#dir)
    await replaceFile(this.#fs, this.#path(projectId), `${JSON.stringify(position)}\n`, { durable: true })
  }

  /** Forgets how far they are, for good: the next start writes all of them again. */
  async remove(projectId: ProjectId): Promise<void> {
    await this.#fs.remove(this.#path(projectId))
    await this.#fs.syncDirectory(this.#dir)
  }

  #path(projectId: ProjectId): string {
    return join(this.#dir, `${projectId}.json`)
  }
}
