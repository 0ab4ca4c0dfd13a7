import type { ProjectId } from '../../events/index.ts'

/** A row as it is kept: where its JSON is in the bytes of all. Most of them need not be decoded at once. */
export interface StoredRow {
  readonly bytes: Buffer
  readonly start: number
  readonly end: number
}

/** A snapshot as it is kept: a header and rows, each a JSON text on one line. */
export interface StoredSnapshot {
  readonly header: string
  readonly rows: Iterable<StoredRow>
}

/**
 * The port to snapshots: texts kept beside a log, each for one offset. What the texts say is not known here; that they are
 * what was written is. They follow from the log, so to lose one loses nothing but time.
 */
export interface Snapshots {
  /** Offsets of the snapshots of a project, the newest first. */
  list(projectId: ProjectId): Promise<number[]>
  /** Undefined for one that is damaged or not there. */
  read(projectId: ProjectId, offset: number): Promise<StoredSnapshot | undefined>
  /**
   * Keeps a snapshot, whole or not at all, and then removes all but the newest two. Each slice of rows is asked for when the
   * last one has been written. Rejects with what the file system says.
   */
  write(projectId: ProjectId, offset: number, header: string, slices: AsyncIterable<readonly string[]>): Promise<void>
  remove(projectId: ProjectId, offset: number): Promise<void>
}
