import type { FileSystem } from '../../src/platform/file-system.ts'
import { type Comparison, compareEntityFiles } from '../../src/store/compare-entity-files.ts'
import { EntityFiles, type EntityFilesOptions } from '../../src/store/entity-files.ts'
import { type Logged, rememberingLogger } from './adoption.ts'
import type { MemoryFileSystem } from './memory-file-system.ts'
import { noRest, StoreFixture, type StoreFixtureOptions } from './store-fixture.ts'

export const dataDir = '/data'

/** A server as far as it has entity files. */
export interface FilesFixture {
  readonly fixture: StoreFixture
  readonly files: EntityFiles
  readonly warnings: readonly Logged[]
  compare(signal?: AbortSignal): Promise<Comparison>
}

/** A store with entity files on a disk, loaded and followed as a server does it. */
export const openFiles = async (
  fs: FileSystem,
  options: StoreFixtureOptions = {},
  pace: Partial<EntityFilesOptions> = {},
): Promise<FilesFixture> => {
  const fixture = new StoreFixture(options)
  const { logger, lines } = rememberingLogger()
  const behind = { fs, dataDir, source: fixture.store, logger, ...noRest, ...pace }
  const files = new EntityFiles(behind)
  await files.prepare(await fixture.log.list())
  await fixture.store.load({
    record: (record, effects) => files.record(record, effects),
    gone: (projectId, subject) => files.gone(projectId, subject),
    restored: () => {},
    discarded: () => {},
  })
  fixture.store.subscribe((commits) => files.committed(commits))
  await files.start()
  return {
    fixture,
    files,
    warnings: lines,
    compare: (signal = new AbortController().signal) => compareEntityFiles({ ...behind, files, signal }),
  }
}

/** What the entity files should hold, by path within the data directory. */
export const expectedFiles = ({ store }: StoreFixture): Record<string, unknown> =>
  Object.fromEntries([
    ...store.projects().map(({ entity }) => [`projects/${entity.id}.json`, entity]),
    ...store.tasks(undefined, {}).map(({ entity }) => [`tasks/${entity.projectId}/${entity.id}.json`, entity]),
    ...store.sessions(undefined, {}).map(({ entity }) => [`sessions/${entity.id}.json`, entity]),
  ])

/** What is in the entity files, by path within the data directory; in the temporary ones as well, unless they are left out. */
export const entityFilesOn = (disk: MemoryFileSystem, filter = (_path: string) => true): Record<string, unknown> =>
  Object.fromEntries(
    disk
      .paths()
      .map((path) => path.slice(dataDir.length + 1))
      .filter((path) => /^(projects|tasks|sessions)\//.test(path) && filter(path))
      .map((path) => [path, JSON.parse(textOn(disk, path))]),
  )

export const textOn = (disk: MemoryFileSystem, path: string): string =>
  Buffer.from(disk.content(`${dataDir}/${path}`)).toString()
