import { join } from 'node:path'
import { type Actor, canonical, type Draft, type Json, type ProjectId, start } from '../../events/index.ts'
import { AppError } from '../../src/errors.ts'
import { openFileLog } from '../../src/log/file-log.ts'
import { logDirectory, segmentBase } from '../../src/log/format.ts'
import { refusalByStatus } from '../../src/log/refusals.ts'
import { replaceLine } from '../../src/log/replace-line.ts'
import type { Clock } from '../../src/platform/clock.ts'
import type { CreateHasher } from '../../src/platform/hash.ts'
import type { NextRecordId } from '../../src/platform/ids.ts'
import type { Pause } from '../../src/platform/timers.ts'
import { Checkpoints } from '../../src/store/checkpoints.ts'
import { logFilesOf } from '../support/log-files.ts'
import { stateBefore } from '../support/past.ts'
import { openReadOnlyLog } from '../support/read-only-log.ts'
import { filesOf, forget, rewrite, snapshotsKnowing, subjectsOf } from './derived.ts'
import { filesHolding, type Occurrence, occurrencesIn } from './elsewhere.ts'
import { type Plan, type PlanOptions, planRedaction } from './plan.ts'
import { holdsAny } from './secret.ts'

export interface RedactOptions extends PlanOptions {
  readonly createHasher: CreateHasher
  readonly clock: Clock
  readonly nextRecordId: NextRecordId
  readonly pause: Pause
  /** Who takes it out, and why. */
  readonly actor: Actor
  readonly reason: string
  /** Whether to do it. Otherwise nothing is changed. Whoever does it holds the lock of the data directory. */
  readonly yes: boolean
}

/** What a redaction would do, or has done. Keeps its shape: programs read it. */
export interface RedactReport {
  readonly projectId: ProjectId
  readonly offset: number
  readonly type: string
  readonly pointer: string
  /** `already`: it was taken out before. */
  readonly status: 'planned' | 'done' | 'already'
  /** What stands there instead. */
  readonly replacement: Json
  /** The record that says so; null as long as there is none. */
  readonly announcedAt: number | null
  /** Snapshots that are removed, and entity files that are written again; paths within the data directory. */
  readonly snapshots: readonly string[]
  readonly entityFiles: readonly string[]
  /** Where the same text still stands then. */
  readonly elsewhere: { readonly records: readonly Occurrence[]; readonly files: readonly string[] }
}

/**
 * Takes a value out of a record, and out of all that follows from it. First everything from which a server could start without
 * looking at the record again is removed; then a new record says what is done, by whom and why; then the line is changed; then
 * entity files. Each step is durable before the next: interrupted anywhere, the log is good, and the same redaction goes on
 * from there.
 */
export const redactRecord = async (options: RedactOptions): Promise<RedactReport> => {
  const plan = await planRedaction(options)
  const { record, redaction, needles } = plan
  if (holdsAny(Buffer.from(JSON.stringify(options.reason)), needles)) {
    throw new AppError('VALIDATION_ERROR', 'The reason stays in the log: it must not say what is taken out')
  }
  const { projectId, offset, pointer, yes } = options
  const subjects = subjectsOf(record)
  const snapshots = (await snapshotsKnowing(options, offset)).map((name) => join('log', projectId, name))
  const entityFiles = await filesOf(options, subjects)
  const isNew = redaction.old !== undefined
  // What was redacted before may not have come to its end.
  const announcedAt = yes && (isNew || record.redacted !== undefined) ? await carryOut(options, plan) : plan.announcedAt
  const changed = new Set(yes ? [] : [...snapshots, ...entityFiles])
  return {
    ...{ projectId, offset, type: record.type, pointer, replacement: redaction.replacement },
    status: !isNew ? 'already' : yes ? 'done' : 'planned',
    ...{ announcedAt: announcedAt ?? null, snapshots, entityFiles },
    elsewhere: await elsewhere(options, plan, changed),
  }
}

/** Tells which record announces it. */
const carryOut = async (options: RedactOptions, plan: Plan): Promise<number> => {
  const { fs, dataDir, projectId, offset } = options
  const checkpoint = await forget(options, offset)
  const announcedAt = plan.announcedAt ?? (await announce(options, plan))
  if (plan.redaction.old !== undefined) await replaceLine(await logFilesOf(options), offset, plan.redaction.line)
  await confirm(options, plan)
  const log = await openReadOnlyLog({ ...options, inUse: async () => false })
  await rewrite(options, subjectsOf(plan.record), await stateBefore(log, log.head.offset))
  if (checkpoint.offset > 0) await new Checkpoints(fs, dataDir).write(projectId, checkpoint)
  return announcedAt
}

/** Appends the record that says so, as a server appends. Tells its offset. */
const announce = async (options: RedactOptions, plan: Plan): Promise<number> => {
  const { fs, sha256, pause, dataDir, projectId } = options
  const log = await openFileLog({ fs, sha256, pause, dir: dataDir, fsync: 'always' })
  try {
    const status = await log.replay(projectId, start, () => {})
    if (status.kind !== 'open') throw refusalByStatus(projectId, status)
    const { offset, hash } = log.head(projectId)
    const { kind } = await log.append(projectId, { offset, hash }, [announcement(options, plan)])
    if (kind === 'conflict') throw new Error('somebody else appended to a log whose lock is held')
    return offset
  } finally {
    await log.close()
  }
}

const announcement = (options: RedactOptions, { last, redaction }: Plan): Draft => {
  const { projectId, actor, offset, pointer, reason, clock, nextRecordId } = options
  const at = Math.max(clock(), last.at)
  const data = canonical({ offset, digest: redaction.digest, pointer, reason })
  return { id: nextRecordId(at, last.id), projectId, type: 'record:redacted', at, actor, data }
}

/** Nobody should have to take the word of the program that did it: the log is read again. */
const confirm = async (options: RedactOptions, { redaction }: Plan): Promise<void> => {
  const after = await planRedaction(options)
  if (after.redaction.old === undefined && after.redaction.digest === redaction.digest) return
  throw new AppError('LOG_UNAVAILABLE', `The log of project ${options.projectId} is not as it should be now`)
}

const elsewhere = async (
  options: RedactOptions,
  { record, redaction, needles }: Plan,
  changed: ReadonlySet<string>,
): Promise<RedactReport['elsewhere']> => {
  const { fs, dataDir, projectId } = options
  const isSegment = (path: string): boolean => {
    const prefix = join(logDirectory(''), projectId, '/')
    return path.startsWith(prefix) && segmentBase(path.slice(prefix.length)) !== undefined
  }
  const files = await logFilesOf(options)
  return {
    records: await occurrencesIn(files, needles, (line) =>
      line.record.offset === record.offset ? redaction.line : line.bytes,
    ),
    files: await filesHolding(fs, dataDir, needles, (path) => isSegment(path) || changed.has(path)),
  }
}
