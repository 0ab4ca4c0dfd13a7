import { z } from 'zod'
import {
  Digest,
  Instant,
  type Position,
  type Project,
  ProjectId,
  RecordId,
  type RequestMark,
  type Session,
  type Task,
} from '../../events/index.ts'
import { foldVersion, type ProjectState, type Row, type Subject } from '../../projections/index.ts'
import type { StoredRow, StoredSnapshot } from '../log/snapshots.ts'
import type { Remembered } from './idempotency.ts'
import { type EntityRow, type OpenPage, openPage, type Page, pagesOf } from './snapshot-page.ts'

/** Version of the form that header and rows have. A snapshot of another one is of no use. */
export const snapshotVersion = 3

/** Which state a snapshot is, and of which log. */
export const SnapshotHeader = z.object({
  v: z.literal(snapshotVersion),
  foldVersion: z.literal(foldVersion),
  projectId: ProjectId,
  /** The state is that before the record of this offset, right after the one of this hash. */
  offset: z.int().positive(),
  hash: Digest,
  /** Time and id of that last record: no later one may be earlier. */
  at: Instant,
  id: RecordId,
  stateHash: Digest,
  /** Offset of the last record that says that the data of an earlier one was replaced. */
  redaction: z.int().nonnegative().optional(),
})
export type SnapshotHeader = z.infer<typeof SnapshotHeader>

/** An idempotent request that was carried out before the snapshot. */
export interface KeyRow {
  readonly kind: 'key'
  /** Whether the key's scope is the project or the whole server. */
  readonly scope: 'project' | 'server'
  readonly mark: RequestMark
  readonly remembered: Omit<Remembered, 'digest'>
}

/** An entity that is no more, whose file may still be there. */
export interface GoneRow {
  readonly kind: 'gone'
  readonly subject: Subject
}

export type SnapshotRow = EntityRow | KeyRow | GoneRow

/** All that a snapshot is made from, as of one position. Shared with the living state: nothing of it is ever written to. */
export interface Capture {
  readonly projectId: ProjectId
  readonly position: Position
  /** Time and id of the last record. */
  readonly at: Instant
  readonly id: RecordId | undefined
  readonly redaction?: number | undefined
  readonly project: ReadonlyArray<Row<Project>>
  readonly tasks: ReadonlyArray<Row<Task>>
  readonly sessions: ReadonlyArray<Row<Session>>
  readonly keys: readonly KeyRow[]
}

/** A snapshot that has been read, ready to be taken over. */
export interface Snapshot {
  readonly header: SnapshotHeader
  readonly rows: Iterable<SnapshotRow>
}

/** Undefined for a snapshot of another project, offset, format or fold, which is then of no use. */
export const openSnapshot = (stored: StoredSnapshot, projectId: ProjectId, offset: number): Snapshot | undefined => {
  const parsed = SnapshotHeader.safeParse(JSON.parse(stored.header))
  if (!parsed.success || parsed.data.projectId !== projectId || parsed.data.offset !== offset) return undefined
  return { header: parsed.data, rows: rowsOf(stored.rows) }
}

/** The hash over the file says that these are the rows that a server with this very fold has written. */
function* rowsOf(stored: Iterable<StoredRow>): Generator<SnapshotRow> {
  let page: OpenPage | undefined
  let next = 0
  for (const place of stored) {
    if (page !== undefined && next < page.length) {
      yield page.entityAt(next, place)
      next += 1
      continue
    }
    const row: Page | KeyRow | GoneRow = JSON.parse(place.bytes.toString('utf8', place.start, place.end))
    if (row.kind !== 'page') yield row
    else [page, next] = [openPage(row), 0]
  }
}

/** The rows of a snapshot, each to be made into text when it is its turn. */
export function* textsOf(captured: Capture, gone: readonly GoneRow[]): Generator<() => string> {
  const { project, tasks, sessions, keys } = captured
  yield* pagesOf('project', project)
  yield* pagesOf('task', tasks)
  yield* pagesOf('session', sessions)
  for (const row of [...keys, ...gone]) yield () => JSON.stringify(row)
}

/** Puts an entity where it was. */
export const restoreRow = (state: ProjectState, entity: EntityRow): void => {
  switch (entity.of) {
    case 'project':
      state.project.restore(entity.id, entity.row)
      break
    case 'task':
      state.task.restore(entity.id, entity.row)
      break
    case 'session':
      state.session.restore(entity.id, entity.row)
      break
    default:
      entity satisfies never
  }
}
