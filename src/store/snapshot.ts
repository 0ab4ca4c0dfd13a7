import { z } from 'zod'
import {
  Digest,
  type Entities,
  type Entity,
  type EntityKind,
  Instant,
  type Position,
  type Project,
  ProjectId,
  RecordId,
  type RequestMark,
  type Session,
  type Task,
} from '../../events/index.ts'
import {
  asText,
  foldVersion,
  type Ids,
  type Indexed,
  indexedOf,
  type ProjectState,
  Row,
  type Subject,
  UnparsedJson,
} from '../../projections/index.ts'
import type { StoredRow, StoredSnapshot } from '../log/snapshots.ts'
import type { Remembered } from './idempotency.ts'

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

/** What there is to know of an entity without parsing it. Nothing of it is free text. */
type EntityHead<K extends EntityKind> = Pick<Row<Entities[K]>, 'version' | 'created'> &
  Indexed[K] & { readonly kind: K; readonly id: Ids[K] }
type AnyHead = { [K in EntityKind]: EntityHead<K> }[EntityKind]

export interface EntityRow {
  readonly kind: 'entity'
  readonly head: AnyHead
  readonly json: UnparsedJson
}

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
  for (const row of stored) yield parseRow(row)
}

const [openingBracket = 0, closingBrace = 0] = Buffer.from('[}')

/** Entities are arrays, of their heads and themselves; all other rows are objects. */
const parseRow = ({ bytes, start, end }: StoredRow): SnapshotRow => {
  if (bytes[start] !== openingBracket) return JSON.parse(bytes.toString('utf8', start, end))
  const headEnd = bytes.indexOf(closingBrace, start) + 1
  const head: AnyHead = JSON.parse(bytes.toString('latin1', start + 1, headEnd))
  return { kind: 'entity', head, json: new UnparsedJson(bytes, headEnd + 1, end - 1) }
}

/** No head has objects in it, so its first closing brace is its last. */
const entityText = (head: AnyHead, { passingJson }: Row<Entity>): string =>
  `[${JSON.stringify(head)},${asText(passingJson)}]`

export const projectText = (row: Row<Project>): string => {
  const { version, created, entity } = row
  return entityText({ kind: 'project', id: entity.id, version, created }, row)
}

export const taskText = (row: Row<Task>): string => {
  const { version, created, entity } = row
  return entityText({ kind: 'task', id: entity.id, version, created, ...indexedOf.task(entity) }, row)
}

export const sessionText = (row: Row<Session>): string => {
  const { version, created, entity } = row
  return entityText({ kind: 'session', id: entity.id, version, created, ...indexedOf.session(entity) }, row)
}

/** Puts an entity where it was. */
export const restoreRow = (state: ProjectState, { head, json }: EntityRow): void => {
  const { version, created } = head
  switch (head.kind) {
    case 'project':
      state.project.restore(head.id, new Row<Project>(json, version, created), head)
      break
    case 'task':
      state.task.restore(head.id, new Row<Task>(json, version, created), head)
      break
    case 'session':
      state.session.restore(head.id, new Row<Session>(json, version, created), head)
      break
    default:
      head satisfies never
  }
}
