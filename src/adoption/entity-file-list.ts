import { join } from 'node:path'
import type { EntityKind } from '../../events/index.ts'
import type { FileSystem } from '../platform/file-system.ts'
import { entityFolders } from '../store/entity-file.ts'

/** A file in one of the entity folders, whatever is in it. */
export interface FoundFile {
  /** Within the data directory. */
  readonly path: string
  readonly name: string
  readonly kind: EntityKind
  /** The folder of a project that a task's file is in; undefined for one that is in none, and for the other kinds. */
  readonly folder: string | undefined
}

/** Something in an entity folder that is not adopted. Nobody touches it. */
export interface Left {
  readonly path: string
  /** Read after the path. */
  readonly reason: string
}

/** All that is in the entity folders, sorted by path within each. Links are not followed. */
export const listEntityFiles = async (
  fs: FileSystem,
  dataDir: string,
): Promise<{ readonly files: readonly FoundFile[]; readonly left: readonly Left[] }> => {
  const files: FoundFile[] = []
  const left: Left[] = []
  const look = async (path: string, kind: EntityKind, folder?: string): Promise<void> => {
    for (const entry of await fs.list(join(dataDir, path))) {
      const within = join(path, entry.name)
      if (entry.kind === 'file') files.push({ path: within, name: entry.name, kind, folder })
      else if (entry.kind === 'directory' && kind === 'task' && folder === undefined) {
        await look(within, kind, entry.name)
      } else left.push({ path: within, reason: entry.kind === 'directory' ? 'is a folder' : 'is not a regular file' })
    }
  }
  await look(entityFolders.project, 'project')
  await look(entityFolders.task, 'task')
  await look(entityFolders.session, 'session')
  return { files, left }
}
