import { dirname, join } from 'node:path'
import { z } from 'zod'
import type { Position, ProjectId, UnsealedRecord } from '../../events/index.ts'
import { effectsOf, nameOf, ProjectState, type Subject } from '../../projections/index.ts'
import { projectDirectory, snapshotOffset } from '../../src/log/format.ts'
import { unlessGone } from '../../src/log/snapshot-check.ts'
import { isHalfSnapshot } from '../../src/log/snapshot-files.ts'
import type { FileSystem } from '../../src/platform/file-system.ts'
import { replaceFile, temporaryOf } from '../../src/platform/replace-file.ts'
import { Checkpoints } from '../../src/store/checkpoints.ts'
import { entityOf, entityPath, entityText } from '../../src/store/entity-file.ts'

/** Where what follows from a log is. */
export interface DerivedSource {
  readonly fs: FileSystem
  readonly dataDir: string
  readonly projectId: ProjectId
}

/** The entities that a record changed: what is in it is in their files and nowhere else. */
export const subjectsOf = (record: UnsealedRecord): Subject[] => effectsOf(new ProjectState(), record).map(nameOf)

/** Names of the snapshots that know a record, and of those that nobody has finished. */
export const snapshotsKnowing = async (
  { fs, dataDir, projectId }: DerivedSource,
  offset: number,
): Promise<string[]> => {
  const names = (await fs.list(projectDirectory(dataDir, projectId))).map(({ name }) => name)
  return names.filter((name) => isHalfSnapshot(name) || (snapshotOffset(name) ?? 0) > offset)
}

/**
 * Removes all from which a server would start and not look at a record again: snapshots, and the word on how far entity files
 * are, which it tells. It is gone for good when this resolves.
 */
export const forget = async (source: DerivedSource, offset: number): Promise<Position> => {
  const { fs, dataDir, projectId } = source
  const dir = projectDirectory(dataDir, projectId)
  for (const name of await snapshotsKnowing(source, offset)) await fs.remove(join(dir, name))
  await fs.syncDirectory(dir)
  const checkpoints = new Checkpoints(fs, dataDir)
  const position = await checkpoints.read(projectId)
  if (position.offset > 0) await checkpoints.remove(projectId)
  return position
}

/** The files of some entities that are there now, paths within the data directory. */
export const filesOf = async (source: DerivedSource, subjects: readonly Subject[]): Promise<string[]> => {
  const files: string[] = []
  for (const subject of subjects) {
    if (await hasFile(source, subject)) files.push(entityPath(source.projectId, subject))
  }
  return files
}

/** Writes the files of some entities as a state has them; those of entities that are no more are removed. */
export const rewrite = async (
  source: DerivedSource,
  subjects: readonly Subject[],
  state: ProjectState,
): Promise<void> => {
  const { fs, dataDir, projectId } = source
  for (const subject of subjects) {
    const path = join(dataDir, entityPath(projectId, subject))
    const entity = entityOf(state, subject)
    await fs.makeDirectory(dirname(path))
    if (entity !== undefined) await replaceFile(fs, path, entityText(entity), { durable: true })
    else if (await hasFile(source, subject)) await fs.remove(path)
    if (entity === undefined) await fs.remove(temporaryOf(path))
    await fs.syncDirectory(dirname(path))
  }
}

/** The id that a deleted session had may be that of another project's by now, and then the file is that one's. */
const hasFile = async ({ fs, dataDir, projectId }: DerivedSource, subject: Subject): Promise<boolean> => {
  const bytes = await unlessGone(() => fs.readFile(join(dataDir, entityPath(projectId, subject))))
  if (bytes === undefined || subject.kind !== 'session') return bytes !== undefined
  return projectIn(new TextDecoder().decode(bytes)) === projectId
}

const OfProject = z.object({ projectId: z.string() })

/** Undefined for what is no entity, and so nobody's. */
const projectIn = (text: string): string | undefined => {
  try {
    return OfProject.safeParse(JSON.parse(text)).data?.projectId
  } catch {
    return undefined
  }
}
