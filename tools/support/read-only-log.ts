import { type EventRecord, openLine, type Position, type ProjectId } from '../../events/index.ts'
import { AppError } from '../../src/errors.ts'
import { lineEnds } from '../../src/log/lines.ts'
import type { Block, Head, Log } from '../../src/log/log.ts'
import { readBlocks } from '../../src/log/read.ts'
import { examine } from '../../src/log/recovery/examine.ts'
import { goodPart } from '../../src/log/recovery/load.ts'
import { type Cursor, openInPlace } from '../../src/log/recovery/scan.ts'
import type { LogFiles } from '../../src/log/segment.ts'
import { createSnapshotFiles } from '../../src/log/snapshot-files.ts'
import type { Snapshots } from '../../src/log/snapshots.ts'
import type { CreateHasher } from '../../src/platform/hash.ts'
import { SnapshotHeader } from '../../src/store/snapshot.ts'
import { beginning, cursorAt, extentOf, type LogSource, logFilesOf, progressTeller } from './log-files.ts'

export interface ReadOnlyLogOptions extends LogSource {
  readonly createHasher: CreateHasher
  /** Whether a server uses the data directory. Asked only when something looks wrong. */
  readonly inUse: () => Promise<boolean>
  /** Told now and then how many bytes have been checked. */
  readonly onProgress?: (bytes: number) => void
}

/** What stands behind the good part of a log. A write that is torn, or under way, is nothing to speak of. */
export type Ending =
  | { readonly kind: 'whole' }
  /** Records that only a newer server understands. */
  | { readonly kind: 'newer'; readonly reason: string }
  | { readonly kind: 'damaged'; readonly reason: string }

/**
 * Opens the log of a project for reading. Takes no lock and changes nothing, so a server may use the directory, and go on
 * writing. Checks what a server checks at its start: all that comes after the newest snapshot that fits, or the whole log
 * where none does. What looks wrong beside a server is looked at twice, because one that runs out of room takes back what
 * it wrote.
 */
export const openReadOnlyLog = async (options: ReadOnlyLogOptions): Promise<ReadOnlyLog> => {
  const log = await open(options)
  return log.ending.kind === 'damaged' && (await options.inUse()) ? open(options) : log
}

const open = async (options: ReadOnlyLogOptions): Promise<ReadOnlyLog> => {
  const stored = createSnapshotFiles(options)
  const files = await logFilesOf(options)
  for (const offset of await stored.list(options.projectId)) {
    const position = positionOf(await stored.read(options.projectId, offset))
    const cursor = position && (await cursorAt(files, position))
    if (cursor !== undefined) return new ReadOnlyLog(options, await lookOn(files, cursor, options))
  }
  return new ReadOnlyLog(options, await lookOn(files, beginning(), options))
}

/** A log up to where its good part ends. */
interface Look {
  readonly files: LogFiles
  readonly head: Head
  readonly ending: Ending
}

/** Files, and the place in them that was looked for. */
interface Found {
  readonly files: LogFiles
  readonly cursor: Cursor
}

const lookOn = async (files: LogFiles, cursor: Cursor, { onProgress }: ReadOnlyLogOptions): Promise<Look> => {
  const skipped = extentOf(files, cursor).bytes
  const tell = (bytes: number): void => onProgress?.(bytes - skipped)
  const finding = await examine(files, cursor, progressTeller(files, cursor, tell))
  const isGood = finding.kind === 'whole' || finding.kind === 'torn'
  return {
    files: { ...files, segments: goodPart(files.segments, cursor) },
    head: cursor.head,
    ending: isGood ? { kind: 'whole' } : finding,
  }
}

/** Which position a snapshot is of; undefined for one that this server has no use for. */
const positionOf = (stored: { readonly header: string } | undefined): SnapshotHeader | undefined =>
  stored && SnapshotHeader.safeParse(JSON.parse(stored.header)).data

/** A record of a log, its line as it is on disk, line feed included, and the position after it. */
export interface LoggedRecord {
  readonly record: EventRecord
  readonly line: Uint8Array
  readonly next: Position
}

/** A log as it was when it was opened: what is appended later is not seen before `refresh`. */
export class ReadOnlyLog implements Pick<Log, 'read'> {
  readonly projectId: ProjectId
  /** Those that fit the log: another one is as good as none. */
  readonly snapshots: Pick<Snapshots, 'list' | 'read'>
  readonly #options: ReadOnlyLogOptions
  #look: Look

  constructor(options: ReadOnlyLogOptions, look: Look) {
    const stored = createSnapshotFiles(options)
    this.projectId = options.projectId
    this.snapshots = {
      list: async (projectId) => (await stored.list(projectId)).filter((offset) => offset <= this.head.offset),
      read: async (projectId, offset) => {
        const snapshot = await stored.read(projectId, offset)
        const position = positionOf(snapshot)
        return position && (await cursorAt(this.#look.files, position)) ? snapshot : undefined
      },
    }
    this.#options = options
    this.#look = look
  }

  /** Where the good part ends. */
  get head(): Head {
    return this.#look.head
  }

  get ending(): Ending {
    return this.#look.ending
  }

  /** Lines of the good part as they are on disk, unchecked. */
  read(_: ProjectId, from: number, limit = Number.POSITIVE_INFINITY): AsyncGenerator<Block> {
    return readBlocks(this.#look.files, from, Math.min(this.head.offset, from + limit))
  }

  /**
   * The records of the good part from one offset up to, and without, another one, each checked by itself and in its place in
   * the chain. Throws PROJECT_QUARANTINED at one that is damaged: what is before a snapshot was not looked at yet.
   */
  async *records(from = 0, to = this.head.offset): AsyncGenerator<LoggedRecord> {
    if (from >= to) return
    let place: Head = from === 0 ? beginning().head : await this.#placeBefore(from)
    for await (const { bytes } of this.read(this.projectId, from, to - from)) {
      let begin = 0
      for (const end of lineEnds(bytes)) {
        const read = openRecord(this.#look.files, bytes.subarray(begin, end), place)
        yield read
        place = { ...read.next, at: read.record.at }
        begin = end
      }
    }
  }

  /** Looks for what was appended since. Throws HISTORY_DIVERGED when the log is not the same any more. */
  async refresh(): Promise<void> {
    const known = new Map(this.#look.files.segments.map(({ base, index }) => [base, index]))
    const files = await logFilesOf(this.#options)
    const segments = files.segments.map((segment) => ({ ...segment, index: known.get(segment.base) ?? segment.index }))
    const found = (await this.#findIn({ ...files, segments })) ?? (await this.#findAnew())
    if (found === undefined) throw diverged(this.projectId, this.head)
    this.#look = await lookOn(found.files, found.cursor, this.#options)
  }

  /**
   * Lines stand elsewhere when one before them is redacted: then nothing is known of places any more, nor of how long files
   * are, which may have been asked right before.
   */
  async #findAnew(): Promise<Found | undefined> {
    return this.#findIn(await logFilesOf(this.#options))
  }

  /** Where some files have what this has read. */
  async #findIn(files: LogFiles): Promise<Found | undefined> {
    const cursor = await cursorAt(files, this.head)
    return cursor && { files, cursor }
  }

  async #placeBefore(offset: number): Promise<Head> {
    for await (const { bytes } of this.read(this.projectId, offset - 1, 1)) {
      const opened = openLine(bytes.subarray(0, -1), this.#look.files.sha256)
      if (opened.kind !== 'record') throw damaged(this.projectId, offset - 1, opened.reason)
      return { ...opened.next, at: opened.record.at }
    }
    throw new AppError('OFFSET_AHEAD', `The log of project ${this.projectId} has no record ${offset - 1}`)
  }
}

const openRecord = (files: LogFiles, line: Uint8Array, place: Head): LoggedRecord => {
  const opened = openInPlace(files, line.subarray(0, -1), place)
  if (opened.kind !== 'record') throw damaged(files.projectId, place.offset, opened.reason)
  return { record: opened.record, line, next: opened.next }
}

const damaged = (projectId: ProjectId, offset: number, reason: string): AppError =>
  new AppError('PROJECT_QUARANTINED', `The log of project ${projectId} is damaged at record ${offset}: ${reason}`)

const diverged = (projectId: ProjectId, { offset }: Head): AppError =>
  new AppError(
    'HISTORY_DIVERGED',
    `The log of project ${projectId} is another one, or shorter, since ${offset} was read`,
  )
