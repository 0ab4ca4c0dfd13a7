import type { EventRecord } from '../../events/index.ts'
import { openFileLog } from '../../src/log/file-log.ts'
import type { Log } from '../../src/log/log.ts'
import type { SyncPolicy } from '../../src/log/project-log.ts'
import { createSnapshotFiles } from '../../src/log/snapshot-files.ts'
import type { Snapshots } from '../../src/log/snapshots.ts'
import type { Clock } from '../../src/platform/clock.ts'
import type { FileSystem } from '../../src/platform/file-system.ts'
import { createHasher, sha256 } from '../../src/platform/hash.ts'
import { createRecordIds, type NextRecordId } from '../../src/platform/ids.ts'
import { type Logger, silentLogger } from '../../src/platform/logger.ts'
import type { Random } from '../../src/platform/random.ts'
import type { Pause } from '../../src/platform/timers.ts'
import { type Comparison, compareEntityFiles } from '../../src/store/compare-entity-files.ts'
import { EntityFiles } from '../../src/store/entity-files.ts'
import { Snapshotter } from '../../src/store/snapshotter.ts'
import { Store } from '../../src/store/store.ts'
import { machine } from '../support/vocabulary.ts'

export const dataDir = '/data'

/** What a person can set. */
export interface Settings {
  readonly fsync: SyncPolicy
  readonly segmentBytes: number
  readonly snapshotRecords: number
}

export interface ServerOptions extends Settings {
  readonly fs: FileSystem
  readonly clock: Clock
  readonly nextRecordId: NextRecordId
  readonly pause: Pause
  readonly defer: (run: () => void) => void
  /** Puts somebody between the log, or the snapshots, and those who use them. */
  readonly watchLog?: (log: Log) => Log
  readonly watchSnapshots?: (snapshots: Snapshots) => Snapshots
  /** Sees every record that is read at start. */
  readonly visit?: (record: EventRecord) => void
}

/** Everything of the server that has to do with disks, put together as the server does it. */
export interface SimulatedServer {
  readonly log: Log
  readonly store: Store
  /** Whatever was logged together with an error. */
  readonly errors: unknown[]
  /** Begins to write behind. */
  start(): Promise<void>
  /** Has those entity files written again that are not as they should be. Resolves when all have been compared. */
  compare(): Promise<Comparison>
  /** Resolves when there is nothing left to write behind. */
  idle(): Promise<void>
  close(): Promise<void>
}

export const openServer = async (options: ServerOptions): Promise<SimulatedServer> => {
  const { fs, fsync, segmentBytes, snapshotRecords, pause, clock, nextRecordId, defer, visit = () => {} } = options
  const { watchLog = same, watchSnapshots = same } = options
  const errors: unknown[] = []
  const logger = errorLogger(errors)
  const log = watchLog(await openFileLog({ fs, sha256, pause, segmentBytes, dir: dataDir, fsync }))
  const snapshots = watchSnapshots(createSnapshotFiles({ fs, dataDir, sha256, createHasher }))
  const pace = { pause, stopwatch: () => 0 }
  const store = new Store({ log, snapshots, clock, nextRecordId, sha256, machine, defer, pace })
  const behind = { fs, dataDir, source: store, logger, ...pace }
  const files = new EntityFiles(behind)
  const snapshotter = new Snapshotter({
    ...{ snapshots, sha256, createHasher, logger, ...pace },
    capture: (id) => store.capture(id),
    outstanding: (id) => files.outstanding(id),
    limits: { records: snapshotRecords, bytes: Number.POSITIVE_INFINITY },
  })
  await files.prepare(await log.list())
  await store.load({
    record: (record, effects) => {
      files.record(record, effects)
      snapshotter.replayed(record.projectId)
      visit(record)
    },
    gone: (projectId, subject) => files.gone(projectId, subject),
    restored: () => {},
    discarded: () => {},
  })
  store.subscribe((commits) => {
    files.committed(commits)
    snapshotter.committed(commits)
  })
  const comparing = new AbortController()
  return {
    log,
    store,
    errors,
    start: async () => {
      await files.start()
      snapshotter.start()
    },
    compare: () => compareEntityFiles({ ...behind, files, signal: comparing.signal }),
    idle: async () => {
      await files.flush()
      await snapshotter.idle()
    },
    close: async () => {
      comparing.abort()
      await store.idle()
      await files.close()
      await snapshotter.close()
      await log.close()
    },
  }
}

/** A server to which everything happens at once, and which answers when what it tells is durable. */
export const openAtOnce = (
  fs: FileSystem,
  settings: Settings,
  random: Random,
  options: Partial<ServerOptions> = {},
): Promise<SimulatedServer> =>
  openServer({
    ...settings,
    fs,
    fsync: 'always',
    clock: () => 1_800_000_000_000,
    nextRecordId: createRecordIds(random),
    pause: async () => {},
    defer: (run) => run(),
    ...options,
  })

const same = <T>(part: T): T => part

const errorLogger = (errors: unknown[]): Logger => {
  const note: Logger['warn'] = ({ err }) => {
    if (err !== undefined) errors.push(err)
  }
  return { ...silentLogger, warn: note, error: note }
}

/** Snapshots that are never there: whoever has them reads the whole log. */
export const noSnapshots: Snapshots = {
  list: async () => [],
  read: async () => undefined,
  write: async () => {},
  remove: async () => {},
}
