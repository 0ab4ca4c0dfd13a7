import { type Draft, type Position, start } from '../../events/index.ts'
import { AppError } from '../errors.ts'
import { Waiters } from '../platform/waiters.ts'
import { Appender, type AppenderOptions } from './appender.ts'
import { type Batch, sealBatch } from './batch.ts'
import type { AppendResult, Block, Head, LogStatus } from './log.ts'
import { readBlocks } from './read.ts'
import { type Cut, loadLog, seek } from './recovery/load.ts'
import { type Cursor, scanChain, type Visit } from './recovery/scan.ts'
import { nameOf, refusalByError, refusalByStatus } from './refusals.ts'
import type { LogFiles } from './segment.ts'

/** When lines become durable: before an append is answered, every so often, or when the system likes. */
export type SyncPolicy = 'always' | 'interval' | 'never'

export interface ProjectLogOptions extends Omit<LogFiles, 'segments'>, AppenderOptions {
  readonly fsync: SyncPolicy
  readonly onCut: (cut: Cut) => void
}

/**
 * The log of one project. What changes its files runs one after the other; a sync may run beside an append, and reads beside
 * everything, since bytes before the head stay as they are.
 */
export class ProjectLog {
  readonly #waiters = new Waiters()
  readonly #options: ProjectLogOptions
  #status: LogStatus = { kind: 'open' }
  #head: Head = { ...start, at: 0 }
  /** Everything before this offset is known to be durable. */
  #durable = 0
  #loaded = false
  #appender: Appender
  #turn: Promise<void> = Promise.resolve()

  constructor(options: ProjectLogOptions) {
    this.#options = options
    this.#appender = new Appender(options, [])
  }

  get head(): Head {
    return this.#head
  }

  get status(): LogStatus {
    return this.#status
  }

  /** Whether it has been read; before that, head and status mean nothing. */
  get isLoaded(): boolean {
    return this.#loaded
  }

  replay(from: Position, visit: Visit): Promise<LogStatus> {
    return this.#inTurn(async () => {
      await (this.#loaded ? this.#revisit(from, visit) : this.#load(from, visit))
      return this.#status
    })
  }

  append(expected: Position, drafts: readonly Draft[]): Promise<AppendResult> {
    return this.#inTurn(async () => {
      if (!this.#loaded) await this.#load(start, () => {})
      this.refuseUnlessOpen()
      if (expected.offset !== this.#head.offset || expected.hash !== this.#head.hash) {
        return { kind: 'conflict', head: this.#head }
      }
      if (drafts.length === 0) return { kind: 'committed', lines: [] }
      return { kind: 'committed', lines: await this.#commit(drafts) }
    })
  }

  read(from: number, limit: number): AsyncGenerator<Block> {
    return readBlocks(this.#files(), from, Math.min(this.#head.offset, from + limit))
  }

  /** Makes durable what is in the log by now. Nobody waits for it, so a failure is told by the status alone. */
  async sync(): Promise<void> {
    const { offset } = this.#head
    if (this.#status.kind !== 'open' || this.#durable === offset) return
    try {
      await this.#appender.sync()
      this.#durable = Math.max(this.#durable, offset)
    } catch (error) {
      this.#fail('it could not be made durable', error)
    }
  }

  async moved(offset: number, signal?: AbortSignal): Promise<void> {
    if (this.#head.offset <= offset) await this.#waiters.wait(offset, signal)
  }

  /** Lets go of the file until there is something to write again. A failure is told by the status alone. */
  rest(): Promise<void> {
    return this.#inTurn(async () => {
      await this.sync()
      try {
        await this.#appender.close()
      } catch (error) {
        this.#fail('its file could not be closed', error)
      }
    })
  }

  refuseUnlessOpen(): void {
    if (this.#status.kind !== 'open') throw refusalByStatus(this.#options.projectId, this.#status)
  }

  async #load(from: Position, visit: Visit): Promise<void> {
    const { status, head, segments } = await loadLog(this.#options, from, visit, this.#options.onCut)
    this.#status = status
    this.#head = head
    this.#durable = head.offset
    this.#appender = new Appender(this.#options, segments)
    this.#loaded = true
  }

  /** Visits again what has been checked before. Recovery is over: what cannot be read now was damaged since. */
  async #revisit(from: Position, visit: Visit): Promise<void> {
    const files = this.#files()
    const cursor: Cursor = { segment: 0, byte: 0, head: { ...from, at: 0 } }
    await seek(files, cursor)
    const stop = await scanChain(files, cursor, visit)
    if (stop.kind === 'end') return
    const { offset } = cursor.head
    throw new AppError(
      'LOG_UNAVAILABLE',
      `The log of ${files.projectId} has changed at offset ${offset}: ${stop.reason}`,
    )
  }

  async #commit(drafts: readonly Draft[]): Promise<Batch['lines']> {
    // Whatever the policy, all before a segment is durable when the segment is made, and its records say so.
    if (this.#appender.isFull) await this.sync()
    this.refuseUnlessOpen()
    const { projectId, sha256, fsync } = this.#options
    const batch = sealBatch(drafts, { projectId, head: this.#head, synced: this.#durable, sha256 })
    await this.#write(batch)
    try {
      if (fsync === 'always') await this.#appender.sync()
      await this.#appender.syncNames()
    } catch (error) {
      throw this.#fail('it could not be made durable', error)
    }
    this.#appender.grow(batch.bytes.length, this.#head.offset)
    this.#head = batch.head
    if (fsync === 'always') this.#durable = batch.head.offset
    this.#waiters.wake(batch.head.offset)
    return batch.lines
  }

  /** All or nothing: after a failure the file ends where it did. */
  async #write({ bytes }: Batch): Promise<void> {
    try {
      await this.#appender.write(bytes, this.#head.offset)
    } catch (error) {
      try {
        await this.#appender.cutBack()
      } catch (worse) {
        throw this.#fail('half a record could not be taken back', worse)
      }
      throw refusalByError(this.#options.projectId, error)
    }
  }

  /** Nothing is certain about the files any more. Only reading them anew, after a restart, makes it so. */
  #fail(what: string, error: unknown): AppError {
    this.#status = { kind: 'failed', reason: `${what} (${nameOf(error)})` }
    return refusalByStatus(this.#options.projectId, this.#status, error)
  }

  #files(): LogFiles {
    return { ...this.#options, segments: this.#appender.segments }
  }

  #inTurn<T>(task: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(task)
    const settled = (): void => {}
    this.#turn = result.then(settled, settled)
    return result
  }
}
