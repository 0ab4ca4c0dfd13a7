import { basename, join } from 'node:path'
import type { Position, ProjectId } from '../../events/index.ts'
import { AppError } from '../../src/errors.ts'
import { lineFeed, logDirectory, maxLineBytes, projectDirectory } from '../../src/log/format.ts'
import { IncomingLog } from '../../src/log/incoming-log.ts'
import type { FileSystem } from '../../src/platform/file-system.ts'
import { entityFolders } from '../../src/store/entity-file.ts'
import { readLogDirectory } from '../support/data-directory.ts'
import { stateBefore } from '../support/past.ts'
import { openReadOnlyLog, type ReadOnlyLogOptions } from '../support/read-only-log.ts'
import { splitLines } from '../support/split-lines.ts'
import { ExportReader } from './export-reader.ts'
import { Intake } from './intake.ts'

export interface ImportOptions extends Pick<ReadOnlyLogOptions, 'fs' | 'sha256' | 'createHasher'> {
  /** Whoever imports into a data directory holds its lock. */
  readonly dataDir: string
  /** The bytes of an export. */
  readonly input: AsyncIterable<Uint8Array>
  /** Where the log ends, for an export that does not say so. */
  readonly head: Position | undefined
  readonly segmentBytes?: number
  /** Told now and then how many bytes have been taken. */
  readonly onProgress: (bytes: number) => void
}

/** What was imported. Keeps its shape: programs read it. */
export interface ImportReport {
  readonly projectId: ProjectId
  readonly records: number
  readonly bytes: number
  readonly head: Position
}

/**
 * Makes a log of an export: the same project with the same offsets and hashes. All or nothing, also when it is interrupted.
 * Throws HISTORY_DIVERGED for an export that is damaged or not whole, LOG_UNAVAILABLE for one of a newer server, and
 * SESSION_EXISTS when the project, or something in it, is there already.
 */
export const importLog = async (options: ImportOptions): Promise<ImportReport> => {
  await refuseUnadopted(options)
  const incoming = await IncomingLog.begin(options)
  try {
    const intake = new Intake(options.sha256)
    const { bytes, end } = await takeAll(options, intake, incoming)
    const projectId = intake.finish(end ?? options.head)
    await refuseTaken(options, intake)
    await incoming.settle(projectId)
    return { projectId, records: intake.head.offset, bytes, head: intake.head }
  } catch (error) {
    await Promise.allSettled([incoming.discard()])
    throw error
  }
}

/** Entity files of an earlier server are taken over when there is no log at all; with one, they never would be. */
const refuseUnadopted = async ({ fs, dataDir }: ImportOptions): Promise<void> => {
  const names = new Set((await fs.list(dataDir)).map(({ name }) => name))
  if (names.has(basename(logDirectory(dataDir)))) return
  for (const folder of Object.values(entityFolders)) {
    if ((await fs.list(join(dataDir, folder))).length === 0) continue
    throw taken(
      `There are entity files of an earlier server in ${dataDir}. Start the server once, so that it takes them over`,
    )
  }
}

const takeAll = async (
  { fs, dataDir, input, onProgress }: ImportOptions,
  intake: Intake,
  incoming: IncomingLog,
): Promise<{ bytes: number; end: Position | undefined }> => {
  const reader = new ExportReader()
  let bytes = 0
  for await (const lines of splitLines(input, maxLineBytes)) {
    const { offset } = intake.head
    const good = reader.recordsIn(lines)
    for (const line of good) intake.take(line)
    if (good.length === 0) continue
    if (offset === 0 && intake.projectId !== undefined) await refuseExisting(fs, dataDir, intake.projectId)
    const block = Buffer.concat(good.flatMap((line) => [line, feed]))
    await incoming.append(block, offset)
    bytes += block.length
    onProgress(bytes)
  }
  return { bytes, end: reader.end }
}

const feed = Uint8Array.of(lineFeed)

/** Whatever there is under the name of the project: it may be all that is left of it. */
const refuseExisting = async (fs: FileSystem, dataDir: string, projectId: ProjectId): Promise<void> => {
  const names = (await fs.list(logDirectory(dataDir))).map(({ name }) => name)
  if (names.includes(projectId))
    throw taken(`Project ${projectId} is there already: ${projectDirectory(dataDir, projectId)}`)
}

/** Tasks and sessions are found by their ids alone, whatever project they are of. */
const refuseTaken = async (options: ImportOptions, { sessions, tasks }: Intake): Promise<void> => {
  const { fs, dataDir } = options
  for (const projectId of (await readLogDirectory(fs, dataDir)).projects) {
    const log = await openReadOnlyLog({ ...options, projectId, inUse: async () => false, onProgress: () => {} })
    const state = await stateBefore(log, log.head.offset)
    for (const [id] of state.session.entries()) {
      if (sessions.has(id)) throw taken(`Session ${id} is there already, in project ${projectId}`)
    }
    for (const [id] of state.task.entries()) {
      if (tasks.has(id)) throw taken(`Task ${id} is there already, in project ${projectId}`)
    }
  }
}

/** The code for an id that somebody else has. */
const taken = (message: string): AppError => new AppError('SESSION_EXISTS', message)
