import type { Position, ProjectId, UnsealedRecord } from '../../events/index.ts'
import type { Change } from '../../projections/index.ts'

/** A durable record with all that it changed. */
export interface Commit {
  readonly projectId: ProjectId
  readonly record: UnsealedRecord
  readonly changes: readonly Change[]
  /** The record's line as it is in the log, line feed included. */
  readonly line: string
  /** The position after the record: its hash is the record's own. */
  readonly next: Position
}

/** Whoever wants to know that a project's committed state has moved. Called after the state has; must not throw. */
export type CommitListener = (commits: readonly Commit[]) => void
