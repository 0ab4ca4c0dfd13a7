import { setMaxListeners } from 'node:events'
import type { Server } from 'node:http'
import { hostname, platform } from 'node:os'
import { pid } from 'node:process'
import { adoptDataDirectory } from './adoption/adopt.ts'
import { apiDocuments } from './api-docs/documents.ts'
import type { Config } from './config.ts'
import { createAccess } from './edge/access.ts'
import { createApp, operations } from './http/app.ts'
import { Arrivals } from './http/arrivals.ts'
import { Gate } from './http/gate.ts'
import { createTurns } from './http/loop-turns.ts'
import { watchRequests } from './http/open-requests.ts'
import { createHttpServer, listen } from './http/server.ts'
import { openFileLog } from './log/file-log.ts'
import { lockDataDirectory } from './log/lock.ts'
import { createSnapshotFiles } from './log/snapshot-files.ts'
import { measuredFileSystem, measuredLog, measuredSnapshots } from './metrics/measured.ts'
import { startMeasuring } from './metrics/measuring.ts'
import { swaggerUiIn, version } from './package.ts'
import { systemClock, systemStopwatch } from './platform/clock.ts'
import { createLoopUse } from './platform/event-loop.ts'
import type { FileSystem } from './platform/file-system.ts'
import { createHasher, sha256 } from './platform/hash.ts'
import { createRecordIds } from './platform/ids.ts'
import type { Logger } from './platform/logger.ts'
import { isLoopback } from './platform/loopback.ts'
import { createMeters } from './platform/metrics.ts'
import { nodeFileSystem } from './platform/node-file-system.ts'
import { createRandom } from './platform/random.ts'
import { sameSecret } from './platform/secrets.ts'
import { every, pause } from './platform/timers.ts'
import { createSkillFolders } from './skills/skill-folders.ts'
import { compareEntityFiles } from './store/compare-entity-files.ts'
import { EntityFiles } from './store/entity-files.ts'
import { LoadProgress } from './store/load-progress.ts'
import { oneByOne } from './store/pacer.ts'
import { Past } from './store/past.ts'
import { Snapshotter } from './store/snapshotter.ts'
import { Store } from './store/store.ts'
import { createHub, defaultLimits, type HubLimits } from './ws/hub.ts'

export interface RunningServer {
  /** Where clients reach it. */
  readonly url: string
  /** Ends it without losing or cutting off anything: answers, then sockets, then files. Never rejects. */
  close(): Promise<void>
}

/** How long requests in flight, and then WebSocket clients, are waited for at the end, ms. */
const drainFor = 10_000
const goodbyeFor = 2_000

/** Things to undo, the last first. One that fails is logged and does not keep the others from being undone. */
class Undo {
  readonly #steps: Array<readonly [string, () => unknown]> = []
  readonly #logger: Logger

  constructor(logger: Logger) {
    this.#logger = logger
  }

  push(name: string, step: () => unknown): void {
    this.#steps.push([name, step])
  }

  async run(): Promise<void> {
    for (const [name, step] of this.#steps.splice(0).reverse()) {
      try {
        await step()
      } catch (err) {
        this.#logger.error({ err }, `could not ${name}`)
      }
    }
  }
}

/**
 * Builds the server out of its parts and starts it. Throws AppError when it cannot run as configured. The file system is a
 * parameter for tests that have none of the machine's to spare, the limits for those that have no time.
 */
export const startServer = async (
  config: Config,
  logger: Logger,
  fs: FileSystem = nodeFileSystem,
  limits: HubLimits = defaultLimits,
): Promise<RunningServer> => {
  const undo = new Undo(logger)
  try {
    return await start(config, logger, fs, limits, undo)
  } catch (error) {
    await undo.run()
    throw error
  }
}

const start = async (
  config: Config,
  logger: Logger,
  fs: FileSystem,
  limits: HubLimits,
  undo: Undo,
): Promise<RunningServer> => {
  const { dataDir, fsync, segmentBytes } = config
  const beganAt = systemStopwatch()
  const meters = createMeters()
  const lock = await lockDataDirectory({ fs, clock: systemClock, dir: dataDir, pid })
  undo.push('release the data directory', () => lock.release())

  const nextRecordId = createRecordIds(createRandom())
  const adoption = await adoptDataDirectory({
    ...{ fs, dataDir, clock: systemClock, nextRecordId, logger },
    openLog: (dir) => openFileLog({ fs, sha256, pause, segmentBytes, dir, fsync: 'always' }),
  })
  const fileLog = await openFileLog({
    ...{ sha256, pause, fsync, segmentBytes },
    fs: measuredFileSystem(fs, systemStopwatch, meters),
    dir: dataDir,
    onCut: (cut) => logger.warn({ ...cut }, 'a torn write that was never acknowledged was moved to quarantine'),
  })
  const log = measuredLog(fileLog, systemStopwatch, meters)
  undo.push('close the log', () => log.close())

  const snapshotFiles = createSnapshotFiles({ fs, dataDir, sha256, createHasher })
  const snapshots = measuredSnapshots(snapshotFiles, systemStopwatch, meters)
  const pace = { pause, stopwatch: systemStopwatch }
  const pastPace = oneByOne({ ...pace, loopUse: createLoopUse() })
  const store = new Store({
    log,
    snapshots,
    pace: pastPace,
    clock: systemClock,
    nextRecordId,
    sha256,
    machine: { hostname: hostname(), platform: platform() },
    defer: setImmediate,
  })
  const behind = { fs, dataDir, source: store, logger, ...pace }
  const files = new EntityFiles(behind)
  const snapshotter = new Snapshotter({
    ...{ snapshots, sha256, createHasher, logger, ...pace },
    capture: (id) => store.capture(id),
    outstanding: (id) => files.outstanding(id),
    limits: { records: config.snapshotRecords, bytes: config.snapshotBytes },
  })
  await loadStore(store, files, snapshotter, await log.list(), logger)
  store.subscribe((commits) => {
    files.committed(commits)
    snapshotter.committed(commits)
  })
  undo.push('write snapshots', () => snapshotter.close())
  undo.push('write the entity files', () => files.close())

  const measuring = startMeasuring({ every, stopwatch: systemStopwatch, meters })
  undo.push('stop measuring', () => measuring.stop())

  const access = createAccess({ ...config, isLoopback, sameSecret })
  const hub = createHub({
    store,
    access,
    logger,
    every,
    pause,
    clock: systemClock,
    stopwatch: systemStopwatch,
    defer: setImmediate,
    limits,
  })
  const closing = new AbortController()
  // As many may wait as there are requests.
  setMaxListeners(0, closing.signal)
  const startedAt = systemStopwatch()
  let url = ''
  let startDuration = 0
  const gate = new Gate({
    limits: { writes: config.maxWrites, bytes: config.maxWriteBytes, loopDelay: config.maxLoopDelay },
    loopDelay: () => measuring.loopDelay().p50,
    refusals: meters.refusedWrites,
  })
  const arrivals = new Arrivals(setImmediate)
  const turns = createTurns({ stopwatch: systemStopwatch, defer: setImmediate, arrivals })
  const app = createApp({
    gate,
    turns,
    access,
    sha256,
    logger,
    closing: closing.signal,
    documents: apiDocuments({ operations, version, swaggerUi: swaggerUiIn(fs) }),
    services: {
      store,
      skills: createSkillFolders({ fs, dir: config.skillsDir, logger }),
      past: new Past({ store, sha256, createHasher, pace: pastPace }),
      pause,
      system: {
        url: () => url,
        now: systemClock,
        uptime: () => (systemStopwatch() - startedAt) / 1000,
        sockets: hub.status,
        loopDelay: measuring.loopDelay,
        metrics: () => metrics.text(),
      },
    },
  })
  const server = createHttpServer(app)
  server.on('connection', () => arrivals.note())
  const requests = watchRequests(server, { stopwatch: systemStopwatch, durations: meters.requests })
  const metrics = measuring.exposition({
    store,
    entityFilesBehind: () => files.lag,
    openRequests: () => requests.count,
    gate,
    turns,
    subscribers: hub.status,
    startDuration: () => startDuration,
  })
  hub.attach(server)
  const address = await listen(server, config.port, config.host)
  url = urlOf(config.host, address.port)
  startDuration = (systemStopwatch() - beganAt) / 1000
  undo.push('let go of all connections', async () => {
    closing.abort()
    await requests.drain(AbortSignal.timeout(drainFor))
    await store.idle()
    await hub.close(AbortSignal.timeout(goodbyeFor))
    await closed(server)
  })
  lock.announce(url)
  logger.info({ url, dataDir, fsync, ...adoption }, `listening on ${url}`)

  await files.start()
  snapshotter.start()
  const comparing = new AbortController()
  const comparison = compareEntityFiles({ ...behind, files, signal: comparing.signal }).catch((err: unknown) => {
    logger.error({ err }, 'cannot compare the entity files')
  })
  undo.push('stop comparing entity files', () => {
    comparing.abort()
    return comparison
  })
  return { url, close: () => undo.run() }
}

const loadStore = async (
  store: Store,
  files: EntityFiles,
  snapshotter: Snapshotter,
  projects: Awaited<ReturnType<typeof store.logs>>,
  logger: Logger,
): Promise<void> => {
  await files.prepare(projects)
  const progress = new LoadProgress(systemStopwatch, (totals) => logger.info({ ...totals }, 'reading the logs'))
  await store.load({
    restored: (projectId) => progress.restored(projectId),
    record: (record, effects) => {
      files.record(record, effects)
      snapshotter.replayed(record.projectId)
      progress.record(record.projectId)
    },
    gone: (projectId, subject) => files.gone(projectId, subject),
    discarded: (projectId, offset, err) => {
      logger.warn({ projectId, offset, ...(err !== undefined && { err }) }, 'a snapshot that is of no use was not read')
    },
  })
  for (const { projectId, status } of store.ailments()) {
    logger.error({ projectId, ...status }, `the log of project ${projectId} takes no writes: ${status.reason}`)
  }
  logger.debug({ projects: projects.length, records: progress.records }, 'logs read')
}

/** A host that stands for every address is reached by this machine's own. */
const urlOf = (host: string, port: number): string => {
  const name = host === '0.0.0.0' || host === '::' ? 'localhost' : host
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}`
}

const closed = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
