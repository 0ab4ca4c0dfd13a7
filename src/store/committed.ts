import { type EventRecord, type Position, type ProjectId, type RequestMark, start } from '../../events/index.ts'
import { type Effect, ProjectState, rebuild, type Subject, subjectOf } from '../../projections/index.ts'
import type { Commit } from './commit.ts'
import { KeyTable, type Remembered } from './idempotency.ts'
import { type Capture, type KeyRow, restoreRow, type Snapshot } from './snapshot.ts'
import type { Tip } from './stage.ts'

/** What is durable of one project, for those who only look. */
export type Standing = Pick<Committed, 'projectId' | 'state' | 'head' | 'tip' | 'redaction' | 'capture'>

/** What is durable of one project, and all that follows from it alone. */
export class Committed {
  readonly projectId: ProjectId
  readonly state = new ProjectState()
  /** Idempotency keys whose scope is the project. */
  readonly keys = new KeyTable()
  /** The key of the request that created the project, whose scope is the server. */
  creation: readonly [RequestMark, Remembered] | undefined
  #tip: Tip = { offset: 0, at: 0 }
  #head: Position = start
  #redaction: number | undefined

  constructor(projectId: ProjectId) {
    this.projectId = projectId
  }

  /** The position after the last durable record. */
  get head(): Position {
    return this.#head
  }

  /** The last durable record. */
  get tip(): Tip {
    return this.#tip
  }

  /** Offset of the last record that says that the data of an earlier one was replaced: since then the past is another. */
  get redaction(): number | undefined {
    return this.#redaction
  }

  /** Takes over a snapshot; only into an empty one. Tells which entities are no more whose files may still be there. */
  restore({ header, rows }: Snapshot): Subject[] {
    const gone: Subject[] = []
    for (const row of rows) {
      if (row.kind === 'gone') gone.push(row.subject)
      else if (row.kind === 'key') this.#remember(row.scope, row.mark, row.remembered)
      else restoreRow(this.state, row)
    }
    this.#advance({ offset: header.offset - 1, at: header.at, id: header.id }, header)
    this.#redaction = header.redaction
    return gone
  }

  /** Takes over a record that is read at start. Answers what that did. */
  rebuild(record: EventRecord): readonly Effect[] {
    const effects = rebuild(this.state, record)
    this.#advance(record, record)
    this.#note(record, record.request)
    return effects
  }

  /** Takes over what has just become durable. */
  apply({ record, changes, next }: Commit, mark: RequestMark | undefined): void {
    this.state.apply(changes, record.offset)
    this.#advance(record, next)
    this.#note(record, mark)
  }

  /** What a snapshot of now is made from. */
  capture(): Capture {
    const { project, task, session } = this.state
    const keys = [...this.keys.entries()].map(([mark, remembered]) => keyRow('project', mark, remembered))
    const creation = this.creation === undefined ? [] : [keyRow('server', ...this.creation)]
    return {
      ...{ projectId: this.projectId, position: this.#head, at: this.#tip.at, id: this.#tip.id },
      redaction: this.#redaction,
      project: [...project.rows()],
      tasks: [...task.rows()],
      sessions: [...session.rows()],
      keys: [...creation, ...keys],
    }
  }

  #note(record: Commit['record'], mark: RequestMark | undefined): void {
    if (record.type === 'record:redacted') this.#redaction = record.offset
    if (mark === undefined) return
    const remembered = {
      projectId: this.projectId,
      subject: subjectOf(record),
      offset: record.offset,
      next: this.#head,
    }
    this.#remember(record.type === 'project:created' ? 'server' : 'project', mark, remembered)
  }

  #remember(scope: KeyRow['scope'], mark: RequestMark, remembered: KeyRow['remembered']): void {
    if (scope === 'server') this.creation = [mark, { ...remembered, digest: mark.digest }]
    else this.keys.add(mark, remembered)
  }

  #advance({ offset, at, id }: Pick<Commit['record'], 'offset' | 'at' | 'id'>, { hash }: Pick<Position, 'hash'>): void {
    this.#head = { offset: offset + 1, hash }
    this.#tip = { offset: offset + 1, at, id }
  }
}

const keyRow = (scope: KeyRow['scope'], mark: RequestMark, remembered: KeyRow['remembered']): KeyRow => ({
  kind: 'key',
  scope,
  mark,
  remembered,
})
