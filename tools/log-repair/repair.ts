import { basename } from 'node:path'
import type { ProjectId } from '../../events/index.ts'
import { AppError } from '../../src/errors.ts'
import { type Leftover, leftoversBehind } from '../../src/log/recovery/behind.ts'
import { cut } from '../../src/log/recovery/cut.ts'
import { examine, type Finding } from '../../src/log/recovery/examine.ts'
import type { Cursor } from '../../src/log/recovery/scan.ts'
import type { LogFiles } from '../../src/log/segment.ts'
import { listSnapshotFiles, type SnapshotFile } from '../../src/log/snapshot-check.ts'
import type { CreateHasher } from '../../src/platform/hash.ts'
import { type Damage, damageOf, type Place, placeOf } from '../support/damage.ts'
import { beginning, type Extent, extentOf, type LogSource, logFilesOf, progressTeller } from '../support/log-files.ts'
import { readSnapshots } from '../support/snapshot-files.ts'

export interface RepairOptions extends LogSource {
  readonly createHasher: CreateHasher
  /** Whether to do it. Otherwise nothing is changed. */
  readonly yes: boolean
  readonly onProgress: (bytes: number) => void
}

/** A part of a file, from a byte on to its end. From 0, the file goes as a whole. */
export interface Taken {
  readonly file: string
  readonly from: number
  readonly bytes: number
}

/** What a repair would do, or has done. Keeps its shape: programs read it. */
export type RepairReport = {
  readonly projectId: ProjectId
  readonly done: boolean
  /** What is left of the log. */
  readonly remains: Extent
  readonly takes: readonly Taken[]
  /** Where the copies of what was taken are. */
  readonly copies: readonly string[]
} & (
  | { readonly status: 'ok' }
  | { readonly status: 'torn'; readonly tail: Place }
  | { readonly status: 'damaged'; readonly damage: Damage }
)

/**
 * Ends a log in front of what is damaged or torn, if that is wanted, and tells what that takes away. Whoever calls it holds
 * the lock of the data directory. It can be interrupted at any time, and begun again. Throws LOG_UNAVAILABLE for a log that
 * needs a newer server.
 */
export const repairLog = async (options: RepairOptions): Promise<RepairReport> => {
  const { projectId, yes } = options
  const { files, cursor, finding } = await inspect(options)
  if (finding.kind === 'newer') throw needsNewer(projectId, cursor, finding.reason)
  const remains = extentOf(files, cursor)
  if (finding.kind === 'whole') return { projectId, status: 'ok', done: false, remains, takes: [], copies: [] }
  const leftovers = finding.kind === 'torn' ? finding.leftovers : await leftoversBehind(files, cursor)
  const snapshots = (await listSnapshotFiles(files.fs, files.dir)).filter(({ offset }) => offset > remains.records)
  const found = await foundOf(options, finding, files, cursor)
  const copies = yes ? await cut(files, cursor, leftovers, snapshots) : []
  if (yes) await confirm(options, remains)
  return { projectId, ...found, done: yes, remains, takes: takenOf(leftovers, snapshots), copies }
}

const inspect = async (options: RepairOptions) => {
  const files = await logFilesOf(options)
  const cursor = beginning()
  const finding = await examine(files, cursor, progressTeller(files, cursor, options.onProgress))
  return { files, cursor, finding }
}

const foundOf = async (
  { createHasher }: RepairOptions,
  finding: Extract<Finding, { kind: 'torn' | 'damaged' }>,
  files: LogFiles,
  cursor: Cursor,
): Promise<{ status: 'torn'; tail: Place } | { status: 'damaged'; damage: Damage }> => {
  if (finding.kind === 'torn') return { status: 'torn', tail: placeOf(files, cursor, finding.reason) }
  const snapshots = await readSnapshots(files.fs, files.dir, files.projectId, createHasher)
  const headers = snapshots.flatMap((snapshot) => ('header' in snapshot ? [snapshot.header] : []))
  return { status: 'damaged', damage: await damageOf(files, cursor, finding.reason, headers) }
}

const takenOf = (leftovers: readonly Leftover[], snapshots: readonly SnapshotFile[]): Taken[] => [
  ...leftovers.map(({ segment: { path, bytes }, from }) => ({ file: basename(path), from, bytes: bytes - from })),
  ...snapshots.map(({ path, bytes }) => ({ file: basename(path), from: 0, bytes })),
]

/** Nobody should have to take the word of the program that did it: the log is read again. */
const confirm = async (options: RepairOptions, { head, bytes }: Extent): Promise<void> => {
  const { files, cursor, finding } = await inspect(options)
  const after = extentOf(files, cursor)
  if (finding.kind === 'whole' && after.head.hash === head.hash && after.bytes === bytes) return
  throw new AppError(
    'LOG_UNAVAILABLE',
    `The log of project ${options.projectId} is not as it should be after the repair`,
  )
}

const needsNewer = (projectId: ProjectId, { head }: Cursor, reason: string): AppError =>
  new AppError(
    'LOG_UNAVAILABLE',
    `The log of project ${projectId} is not damaged: from record ${head.offset} on it needs a newer server (${reason})`,
  )
