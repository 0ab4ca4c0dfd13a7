import { basename, join, resolve } from 'node:path'
import type { RecordId } from '../../events/index.ts'
import { AppError } from '../errors.ts'
import { logDirectory } from '../log/format.ts'
import type { Log } from '../log/log.ts'
import { isOutOfSpace } from '../log/refusals.ts'
import type { Clock } from '../platform/clock.ts'
import type { FileSystem } from '../platform/file-system.ts'
import type { NextRecordId } from '../platform/ids.ts'
import type { Logger } from '../platform/logger.ts'
import { type FoundFile, type Left, listEntityFiles } from './entity-file-list.ts'
import type { Stamp } from './fields.ts'
import { inParallel } from './in-parallel.ts'
import { type OldEntity, openEntity } from './old-entity.ts'
import { Originals } from './originals.ts'
import { planAdoption } from './plan.ts'
import { type Adoption, reportAdoption } from './report.ts'
import { writeLogs } from './write-logs.ts'

export interface AdoptOptions {
  readonly fs: FileSystem
  /** Whoever adopts a directory holds its lock. */
  readonly dataDir: string
  /** Opens the logs in another data directory. What is appended to them must be durable at once. */
  readonly openLog: (dataDir: string) => Promise<Log>
  readonly clock: Clock
  readonly nextRecordId: NextRecordId
  readonly logger: Logger
}

/** Where everything is made ready. What is in it may be removed at any time. */
const workshop = 'adopting'

/**
 * Turns the entity files of a data directory that has no log yet into logs: one record per entity. Undefined when there
 * is a log or nothing to adopt. All or nothing: one rename puts the logs in their place, and before it no file that was
 * there is touched, so that after a crash the next start begins anew. Throws AppError when a file cannot be read, or
 * something not be written.
 */
export const adoptDataDirectory = async (options: AdoptOptions): Promise<Adoption | undefined> => {
  const dataDir = resolve(options.dataDir)
  try {
    return await adoptUnlessLogged({ ...options, dataDir })
  } catch (cause) {
    throw refusal(dataDir, cause)
  }
}

const adoptUnlessLogged = async (options: AdoptOptions): Promise<Adoption | undefined> => {
  const { fs, dataDir, logger } = options
  const aside = join(dataDir, workshop)
  const names = new Set((await fs.list(dataDir)).map(({ name }) => name))
  if (names.has(workshop)) await fs.removeTree(aside)
  if (names.has(basename(logDirectory(dataDir)))) return undefined
  const { files, left } = await listEntityFiles(fs, dataDir)
  if (!files.some(({ name }) => name.endsWith('.json'))) return undefined
  logger.info({ dataDir, files: files.length }, 'adopting a data directory that has entity files and no log')
  try {
    return await adopt(options, files, left, names)
  } finally {
    await fs.removeTree(aside).catch((err: unknown) => {
      logger.warn({ err }, `${aside} is of no more use and could not be removed`)
    })
  }
}

const refusal = (dataDir: string, cause: unknown): AppError =>
  new AppError(
    cause instanceof AppError ? cause.code : isOutOfSpace(cause) ? 'INSUFFICIENT_STORAGE' : 'LOG_UNAVAILABLE',
    `The entity files in ${dataDir} could not be adopted. None of them was changed.`,
    { cause },
  )

const adopt = async (
  options: AdoptOptions,
  files: readonly FoundFile[],
  left: readonly Left[],
  names: ReadonlySet<string>,
): Promise<Adoption> => {
  const { fs, dataDir, clock, nextRecordId, openLog, logger } = options
  const at = clock()
  const aside = join(dataDir, workshop)
  const found = await openAndKeep(options, files, join(aside, 'originals'))
  const plan = planAdoption(found.entities, stamps(at, nextRecordId))
  await writeLogs(await openLog(aside), plan.projects)

  const originals = join(dataDir, freeName(`adopted-${nameOfTime(at)}`, names))
  await fs.rename(join(aside, 'originals'), originals)
  await fs.syncDirectory(dataDir)
  // From here on it is done. The originals were in their place for good before.
  await fs.rename(logDirectory(aside), logDirectory(dataDir))
  await fs.syncDirectory(dataDir)
  return reportAdoption(plan, [...left, ...found.left, ...plan.left].sort(byPath), originals, logger)
}

/** How many files are copied at a time: they wait for the disk, and it takes several at once better than one by one. */
const width = 16

/** Reads every file once, so that the copy that is kept and what is adopted are the same whatever happens to the file. */
const openAndKeep = async (
  { fs, dataDir }: AdoptOptions,
  files: readonly FoundFile[],
  dir: string,
): Promise<{ readonly entities: readonly OldEntity[]; readonly left: readonly Left[] }> => {
  const originals = new Originals(fs, dir)
  const opened = await inParallel(files, width, async (file) => {
    const bytes = await fs.readFile(join(dataDir, file.path))
    await originals.keep(file.path, bytes)
    return openEntity(file, bytes)
  })
  await originals.sync()
  return {
    entities: opened.flatMap((one) => (one.kind === 'entity' ? [one.entity] : [])),
    left: opened.flatMap((one) => (one.kind === 'left' ? [one.left] : [])),
  }
}

/** Ids that rise from record to record, all of one time. */
const stamps = (at: number, nextRecordId: NextRecordId): (() => Stamp) => {
  let last: RecordId | undefined
  return () => {
    last = nextRecordId(at, last)
    return { id: last, at }
  }
}

/** A time in UTC, without the characters that names of files cannot have everywhere. */
const nameOfTime = (at: number): string => new Date(at).toISOString().replaceAll(/[:.]/g, '-')

const freeName = (name: string, taken: ReadonlySet<string>): string => {
  let free = name
  for (let copy = 2; taken.has(free); copy += 1) free = `${name}-${copy}`
  return free
}

const byPath = (a: Left, b: Left): number => (a.path < b.path ? -1 : 1)
