import { resolve } from 'node:path'
import { type Draft, type EventRecord, type Position, ProjectId, type Sha256, start } from '../../events/index.ts'
import { AppError } from '../errors.ts'
import type { FileSystem } from '../platform/file-system.ts'
import { makeDurableDirectory } from '../platform/make-directory.ts'
import { systemErrorCode } from '../platform/system-error.ts'
import type { Pause } from '../platform/timers.ts'
import { defaultBlockBytes, defaultSegmentBytes, logDirectory, projectDirectory } from './format.ts'
import type { AppendResult, Block, Head, Log, LogStatus } from './log.ts'
import { OpenFiles } from './open-files.ts'
import { ProjectLog, type SyncPolicy } from './project-log.ts'
import type { Cut } from './recovery/load.ts'
import { listSegments } from './segment.ts'

export interface FileLogOptions {
  readonly fs: FileSystem
  readonly sha256: Sha256
  readonly pause: Pause
  /** The data directory. Whoever opens a log in it holds its lock. */
  readonly dir: string
  readonly fsync: SyncPolicy
  /** Size at which a log goes on in a new segment; 64 MiB if not given. */
  readonly segmentBytes?: number
  /** Between two syncs of the policy `interval`, in ms; a second if not given. */
  readonly syncIntervalMs?: number
  /** About how much is read at once; 1 MiB if not given. */
  readonly blockBytes?: number
  /** How many segments are open for appending at a time, at least 1; 128 if not given. */
  readonly maxOpenFiles?: number
  /** Told of every torn write that recovery takes out of a log. */
  readonly onCut?: (cut: Cut) => void
}

const defaultSyncIntervalMs = 1000
const defaultMaxOpenFiles = 128

/** The log in files of a data directory, one directory a project. */
export const openFileLog = async (options: FileLogOptions): Promise<Log> => {
  const dir = resolve(options.dir)
  const logs = logDirectory(dir)
  await makeDurableDirectory(options.fs, logs)
  // A server that was killed may have left directories that are not durable yet: this one, and those of projects.
  await options.fs.syncDirectory(dir)
  await options.fs.syncDirectory(logs)
  return new FileLog({ ...options, dir })
}

class FileLog implements Log {
  readonly #options: FileLogOptions
  readonly #projects = new Map<ProjectId, ProjectLog>()
  readonly #openFiles: OpenFiles<ProjectLog>
  readonly #closing = new AbortController()
  readonly #syncing: Promise<void>

  constructor(options: FileLogOptions) {
    this.#options = options
    // What goes wrong when a log lets go of its file becomes the status of that log.
    this.#openFiles = new OpenFiles(options.maxOpenFiles ?? defaultMaxOpenFiles, (log) => log.rest())
    this.#syncing = options.fsync === 'interval' ? this.#syncRegularly() : Promise.resolve()
  }

  async list(): Promise<ProjectId[]> {
    const { fs, dir } = this.#options
    const ids: ProjectId[] = []
    for (const { name, kind } of await fs.list(logDirectory(dir))) {
      const id = ProjectId.safeParse(name)
      if (kind === 'directory' && id.success && (await this.#holdsAnything(id.data))) ids.push(id.data)
    }
    return ids
  }

  replay(projectId: ProjectId, from: Position, visit: (record: EventRecord) => void): Promise<LogStatus> {
    return this.#log(projectId).replay(from, visit)
  }

  append(projectId: ProjectId, expected: Position, drafts: readonly Draft[]): Promise<AppendResult> {
    const log = this.#log(projectId)
    return this.#openFiles.during(log, async () => {
      if (this.#closing.signal.aborted) throw new AppError('LOG_UNAVAILABLE', 'The log is closed')
      return log.append(expected, drafts)
    })
  }

  read(projectId: ProjectId, from: number, limit = Number.POSITIVE_INFINITY): AsyncIterable<Block> {
    return this.#log(projectId).read(from, limit)
  }

  head(projectId: ProjectId): Head {
    return this.#projects.get(projectId)?.head ?? { ...start, at: 0 }
  }

  status(projectId: ProjectId): LogStatus {
    return this.#projects.get(projectId)?.status ?? { kind: 'open' }
  }

  moved(projectId: ProjectId, offset: number, signal?: AbortSignal): Promise<void> {
    return this.#log(projectId).moved(offset, signal)
  }

  async close(): Promise<void> {
    const working = [...this.#projects.values()].filter(({ status }) => status.kind === 'open')
    this.#closing.abort()
    await this.#syncing
    for (const log of this.#projects.values()) await log.rest()
    for (const log of working) log.refuseUnlessOpen()
  }

  #log(projectId: ProjectId): ProjectLog {
    const known = this.#projects.get(projectId)
    if (known !== undefined) return known
    const { fs, sha256, dir, fsync, segmentBytes = defaultSegmentBytes, blockBytes = defaultBlockBytes } = this.#options
    const log = new ProjectLog({
      ...{ fs, sha256, fsync, segmentBytes, blockBytes, projectId },
      dir: projectDirectory(dir, projectId),
      onCut: this.#options.onCut ?? (() => {}),
    })
    this.#projects.set(projectId, log)
    return log
  }

  /** What was left of a log whose first write was torn is no log. One that cannot be looked at is: reading it tells why. */
  async #holdsAnything(projectId: ProjectId): Promise<boolean> {
    const log = this.#projects.get(projectId)
    if (log?.isLoaded) return log.head.offset > 0 || log.status.kind !== 'open'
    const { fs, dir } = this.#options
    try {
      return (await listSegments(fs, projectDirectory(dir, projectId))).some(({ bytes }) => bytes > 0)
    } catch (error) {
      if (systemErrorCode(error) === undefined) throw error
      return true
    }
  }

  async #syncRegularly(): Promise<void> {
    const { pause, syncIntervalMs = defaultSyncIntervalMs } = this.#options
    const { signal } = this.#closing
    while (!signal.aborted) {
      for (const log of this.#projects.values()) await log.sync()
      await pause(syncIntervalMs, signal)
    }
  }
}
