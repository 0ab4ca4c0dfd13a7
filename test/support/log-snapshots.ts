import type { Draft, EventRecord } from '../../events/index.ts'
import { foldVersion, ProjectState, rebuild, stateHash } from '../../projections/index.ts'
import { createSnapshotFiles } from '../../src/log/snapshot-files.ts'
import type { FileSystem } from '../../src/platform/file-system.ts'
import { createHasher, sha256 } from '../../src/platform/hash.ts'
import { type SnapshotHeader, snapshotVersion } from '../../src/store/snapshot.ts'
import { dataDir, diskWith, opening, sealedWrites } from './damaged-logs.ts'
import type { MemoryFileSystem } from './memory-file-system.ts'
import { projectId } from './vocabulary.ts'

/** The records that drafts become when each is durable before the next. */
export const recordsOf = async (batch: readonly Draft[]): Promise<readonly EventRecord[]> => {
  const lines = sealedWrites(
    batch,
    batch.map(() => 1),
  )
  return (await opening(diskWith({ 0: Buffer.concat(lines) }))).records
}

/** Writes the snapshot that a server takes after some records, or one that differs from it. */
export const writeSnapshot = async (
  fs: FileSystem,
  records: readonly EventRecord[],
  changes: Partial<SnapshotHeader> = {},
): Promise<void> => {
  const state = new ProjectState()
  for (const record of records) rebuild(state, record)
  const last = records.at(-1)
  if (last === undefined) throw new Error('a snapshot of nothing')
  const header: SnapshotHeader = {
    ...{
      v: snapshotVersion,
      foldVersion,
      projectId,
      offset: records.length,
      hash: last.hash,
      at: last.at,
      id: last.id,
    },
    stateHash: stateHash(state, sha256),
    ...changes,
  }
  const snapshots = createSnapshotFiles({ fs, dataDir, sha256, createHasher })
  await snapshots.write(projectId, records.length, JSON.stringify(header), noRows())
}

async function* noRows(): AsyncGenerator<readonly string[]> {}

/** The names of the snapshots on a disk. */
export const snapshotsOn = (disk: MemoryFileSystem): string[] =>
  disk
    .paths()
    .filter((path) => !path.includes('/quarantine/'))
    .flatMap((path) => /snapshot-.*$/.exec(path) ?? [])
