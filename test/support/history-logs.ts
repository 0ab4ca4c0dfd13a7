import type { DomainEvent, EventRecord, ProjectId } from '../../events/index.ts'
import { foldVersion, ProjectState, rebuild, stateHash } from '../../projections/index.ts'
import { createSnapshotFiles } from '../../src/log/snapshot-files.ts'
import type { FileSystem } from '../../src/platform/file-system.ts'
import { createHasher, sha256 } from '../../src/platform/hash.ts'
import { type Capture, type SnapshotHeader, snapshotVersion, textsOf } from '../../src/store/snapshot.ts'
import { openReadOnlyLog, type ReadOnlyLog } from '../../tools/support/read-only-log.ts'
import { dataDir, diskWith, sealedWrites } from './damaged-logs.ts'
import { draftOf } from './logs.ts'
import type { MemoryFileSystem } from './memory-file-system.ts'
import { projectId } from './vocabulary.ts'

/** A disk with the log of some events, and with the snapshots that a server takes after so many of them. */
export const diskOf = async (
  events: readonly DomainEvent[],
  snapshots: readonly number[] = [],
): Promise<MemoryFileSystem> => {
  const lines = sealedWrites(
    events.map((event, offset) => draftOf(event, offset)),
    events.map(() => 1),
  )
  const disk = diskWith({ 0: Buffer.concat(lines) })
  for (const offset of snapshots) await takeSnapshot({ fs: disk, dataDir, projectId }, offset)
  return disk
}

export const openLogOn = (fs: FileSystem): Promise<ReadOnlyLog> =>
  openReadOnlyLog({ fs, sha256, createHasher, dataDir, projectId, inUse: async () => false })

/** The log of some events, opened for reading. */
export const logOf = async (events: readonly DomainEvent[], snapshots: readonly number[] = []): Promise<ReadOnlyLog> =>
  openLogOn(await diskOf(events, snapshots))

export interface LogPlace {
  readonly fs: FileSystem
  readonly dataDir: string
  readonly projectId: ProjectId
}

/** Writes the snapshot that a server takes of the state before the record at an offset, with all that is in it. */
export const takeSnapshot = async (place: LogPlace, offset: number): Promise<void> => {
  const log = await openReadOnlyLog({ ...place, sha256, createHasher, inUse: async () => false })
  const state = new ProjectState()
  let last: EventRecord | undefined
  for await (const { record } of log.records(0, offset)) {
    rebuild(state, record)
    last = record
  }
  if (last === undefined) throw new Error('a snapshot of nothing')
  const { hash, at, id, projectId: project } = last
  const header: SnapshotHeader = {
    ...{ v: snapshotVersion, foldVersion, projectId: project, offset, hash, at, id },
    stateHash: stateHash(state, sha256),
  }
  const capture: Capture = {
    ...{ projectId: project, position: { offset, hash }, at, id, keys: [] },
    project: [...state.project.rows()],
    tasks: [...state.task.rows()],
    sessions: [...state.session.rows()],
  }
  const rows = Array.from(textsOf(capture, []), (text) => text())
  const files = createSnapshotFiles({ ...place, sha256, createHasher })
  await files.write(place.projectId, offset, JSON.stringify(header), oneSlice(rows))
}

async function* oneSlice(rows: readonly string[]): AsyncGenerator<readonly string[]> {
  yield rows
}
