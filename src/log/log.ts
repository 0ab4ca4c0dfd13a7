import type { Draft, EventRecord, Position, ProjectId } from '../../events/index.ts'

/** Where a log ends. */
export interface Head extends Position {
  /** Time of the last record, ms since the epoch; 0 when there is none. */
  readonly at: number
}

/** Whether a log takes writes, and if not, why. Reads go on in every state, up to the head. */
export type LogStatus =
  | { readonly kind: 'open' }
  /** Damaged: the records before `offset` are good. Only a person repairs it. */
  | { readonly kind: 'quarantined'; readonly offset: number; readonly reason: string }
  /** Holds records that only a newer server understands, from `offset` on. */
  | { readonly kind: 'newer'; readonly offset: number; readonly reason: string }
  /** Takes no writes until a restart has read it again. */
  | { readonly kind: 'failed'; readonly reason: string }

export interface CommittedLine {
  /** The bytes on disk, line feed included. */
  readonly text: string
  /** The position after it. */
  readonly next: Position
}

export type AppendResult =
  | { readonly kind: 'committed'; readonly lines: readonly CommittedLine[] }
  /** Somebody else appended first; nothing was written. */
  | { readonly kind: 'conflict'; readonly head: Head }

/** Whole lines, one after the other, as they are in the log. */
export interface Block {
  /** Offset of the first line. */
  readonly from: number
  /** Offset after the last line. */
  readonly next: number
  readonly bytes: Uint8Array
}

/**
 * The log port. Everything above it knows offsets and lines, and nothing of files, so that a log in a shared database
 * can take its place. One implementation-independent suite in test/log/ says what each method must do.
 */
export interface Log {
  /** The projects that have a log, sorted. */
  list(): Promise<ProjectId[]>

  /**
   * Hands every record from `from` on to `visit`, in order, having checked its seals and its place in the chain; done
   * once per project before anything else is asked of it. This is where recovery happens: what a crash tore off is cut,
   * what is damaged is left alone and told. Doing it twice, or crashing within, changes nothing. Refuses a position that
   * the log does not have, with HISTORY_DIVERGED and before any visit; another one can then be tried.
   */
  replay(projectId: ProjectId, from: Position, visit: (record: EventRecord) => void): Promise<LogStatus>

  /**
   * Appends drafts as the next records, all or none, if the head is still `expected`. A project without a log gets one
   * when `expected` is the start. Resolves when the lines are as durable as the sync policy promises. Refuses
   * with AppError INSUFFICIENT_STORAGE (nothing written; works again when there is room), LOG_UNAVAILABLE or
   * PROJECT_QUARANTINED. Not to be called again for a project before the last call for it has settled.
   */
  append(projectId: ProjectId, expected: Position, drafts: readonly Draft[]): Promise<AppendResult>

  /** Committed lines from an offset on, in blocks, at most `limit` lines in all. */
  read(projectId: ProjectId, from: number, limit?: number): AsyncIterable<Block>

  /** The end of a log, `{...start, at: 0}` for a project that has none. */
  head(projectId: ProjectId): Head

  status(projectId: ProjectId): LogStatus

  /** Resolves as soon as the head is beyond `offset`, or the signal says to stop waiting. */
  moved(projectId: ProjectId, offset: number, signal?: AbortSignal): Promise<void>

  /** Makes everything durable and lets go of every file and lock. */
  close(): Promise<void>
}
