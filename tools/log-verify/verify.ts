import { ProjectState, rebuild, stateHash } from '../../projections/index.ts'
import { AppError } from '../../src/errors.ts'
import { projectDirectory } from '../../src/log/format.ts'
import { examine, type Finding } from '../../src/log/recovery/examine.ts'
import type { Cursor, Visit } from '../../src/log/recovery/scan.ts'
import type { LogFiles } from '../../src/log/segment.ts'
import type { CreateHasher } from '../../src/platform/hash.ts'
import { systemErrorCode } from '../../src/platform/system-error.ts'
import { damageOf, placeOf } from '../support/damage.ts'
import { beginning, extentOf, foreignNames, type LogSource, logFilesOf, progressTeller } from '../support/log-files.ts'
import { type FoundSnapshot, readSnapshots } from '../support/snapshot-files.ts'
import type { LogReport, Outcome } from './report.ts'
import { SnapshotCheck } from './snapshots.ts'

export interface VerifyOptions extends LogSource {
  readonly createHasher: CreateHasher
  /** Whether to fold the records too, and to compare what they come to with the snapshots. */
  readonly deep: boolean
  /** Whether a server uses the data directory. Asked only when something looks wrong. */
  readonly inUse: () => Promise<boolean>
  /** Told now and then how many bytes of the log have been checked. */
  readonly onProgress: (bytes: number) => void
}

/**
 * Checks every byte of a log and of its snapshots, from the first record on. Only reads; a server may go on writing. What
 * looks wrong beside a server is looked at twice, because a server that runs out of room takes back what it wrote.
 */
export const verifyLog = async (options: VerifyOptions): Promise<LogReport> => {
  const report = await look(options)
  const looksWrong = report.status === 'damaged' || report.status === 'unreadable'
  return looksWrong && (await options.inUse()) ? look(options) : report
}

const look = async (options: VerifyOptions): Promise<LogReport> => {
  const { fs, dataDir, projectId, createHasher } = options
  const cursor = beginning()
  let files: LogFiles | undefined
  try {
    // In this order: of a log that grows, a snapshot never knows more than a look at the log that comes later.
    const snapshots = await readSnapshots(fs, projectDirectory(dataDir, projectId), projectId, createHasher)
    files = await logFilesOf(options)
    const check = new SnapshotCheck(snapshots)
    const others = await foreignNames(files)
    const finding = await examine(files, cursor, visitor(options, files, cursor, check))
    const outcome = await outcomeOf(finding, files, cursor, snapshots, options.inUse)
    return { projectId, ...outcome, ...goodPart(files, cursor), snapshots: check.reports(outcome.status), others }
  } catch (error) {
    const outcome = { status: 'unreadable', reason: unreadable(error) } as const
    return { projectId, ...outcome, ...goodPart(files, cursor), snapshots: [], others: [] }
  }
}

const visitor = (
  { sha256, deep, onProgress }: VerifyOptions,
  files: LogFiles,
  cursor: Cursor,
  check: SnapshotCheck,
): Visit => {
  const state = deep ? new ProjectState() : undefined
  const hashed = state && (() => stateHash(state, sha256))
  const tell = progressTeller(files, cursor, onProgress)
  return (record) => {
    if (state !== undefined) rebuild(state, record)
    check.record(record, hashed)
    tell()
  }
}

const outcomeOf = async (
  finding: Finding,
  files: LogFiles,
  cursor: Cursor,
  snapshots: readonly FoundSnapshot[],
  inUse: () => Promise<boolean>,
): Promise<Outcome> => {
  switch (finding.kind) {
    case 'whole':
      return { status: 'ok' }
    case 'newer':
      return { status: 'newer', tail: placeOf(files, cursor, finding.reason) }
    case 'torn': {
      const isBeingWritten = finding.unended && (await inUse())
      return { status: isBeingWritten ? 'ok' : 'torn', tail: placeOf(files, cursor, finding.reason) }
    }
    case 'damaged': {
      const headers = snapshots.flatMap((snapshot) => ('header' in snapshot ? [snapshot.header] : []))
      return { status: 'damaged', damage: await damageOf(files, cursor, finding.reason, headers) }
    }
  }
}

const goodPart = ({ segments }: Pick<LogFiles, 'segments'> = { segments: [] }, cursor: Cursor) => ({
  ...extentOf({ segments }, cursor),
  segments: segments.length,
})

/** What the system or a file that became shorter says; everything else is unexpected. */
const unreadable = (error: unknown): string => {
  if (error instanceof AppError && error.code === 'LOG_UNAVAILABLE') return error.message
  const code = systemErrorCode(error)
  if (code === undefined || !(error instanceof Error)) throw error
  return error.message
}
