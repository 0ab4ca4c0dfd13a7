import type { EventRecord, ProjectId } from '../../events/index.ts'
import type { Effect, Subject } from '../../projections/index.ts'

/** Whoever wants to see what passes by while a project is loaded. */
export interface LoadVisitor {
  /** A snapshot of a project has been read. */
  restored(projectId: ProjectId): void
  /** A record that was read, and what it did. */
  record(record: EventRecord, effects: readonly Effect[]): void
  /** The snapshot knew of an entity that is no more and whose file may still be there. */
  gone(projectId: ProjectId, subject: Subject): void
  /** A snapshot was of no use: damaged, or not of this log. It was removed, unless there was a failure. */
  discarded(projectId: ProjectId, offset: number, failure?: unknown): void
}

export const noVisitor: LoadVisitor = { restored: () => {}, record: () => {}, gone: () => {}, discarded: () => {} }
