import { basename } from 'node:path'
import type { ProjectId } from '../../events/index.ts'
import { checkSnapshotFile, listSnapshotFiles, type SnapshotFile, unlessGone } from '../../src/log/snapshot-check.ts'
import type { FileSystem } from '../../src/platform/file-system.ts'
import type { CreateHasher } from '../../src/platform/hash.ts'
import { systemErrorCode } from '../../src/platform/system-error.ts'
import { SnapshotHeader } from '../../src/store/snapshot.ts'

/** What a snapshot says of itself, or why a server has no use for it. */
type Content = { readonly header: SnapshotHeader } | { readonly unusable: string }

export type FoundSnapshot = SnapshotFile & { readonly name: string } & Content

/** Reads every snapshot of a project and checks that it is what was once written. The oldest comes first. */
export const readSnapshots = async (
  fs: FileSystem,
  dir: string,
  projectId: ProjectId,
  createHasher: CreateHasher,
): Promise<FoundSnapshot[]> => {
  const found: FoundSnapshot[] = []
  for (const file of await listSnapshotFiles(fs, dir)) {
    const content = await unlessGone(() => contentOf(fs, file, projectId, createHasher))
    if (content !== undefined) found.push({ ...file, name: basename(file.path), ...content })
  }
  return found
}

const contentOf = async (
  fs: FileSystem,
  file: SnapshotFile,
  projectId: ProjectId,
  createHasher: CreateHasher,
): Promise<Content> => {
  try {
    const text = await checkSnapshotFile(fs, file, createHasher)
    return text === undefined ? { unusable: 'it is not what was once written' } : parse(text, file, projectId)
  } catch (error) {
    const code = systemErrorCode(error)
    if (code === undefined || code === 'ENOENT') throw error
    return { unusable: `it cannot be read: ${code}` }
  }
}

const parse = (text: string, { offset }: SnapshotFile, projectId: ProjectId): Content => {
  const { data: header } = SnapshotHeader.safeParse(JSON.parse(text))
  if (header === undefined) return { unusable: 'it was made by another version' }
  if (header.projectId !== projectId) return { unusable: `it is of project ${header.projectId}` }
  if (header.offset !== offset) return { unusable: `it is of offset ${header.offset}` }
  return { header }
}
