import {
  type Digest,
  type DomainEvent,
  type EventRecord,
  openLine,
  type Position,
  ProjectId,
  sealLine,
  start,
} from '../../../../events/index.ts'
import { evolve, ProjectState, type Row, stateHash } from '../../../../projections/index.ts'
import { sha256 } from '../../../../src/platform/hash.ts'
import { framesOf } from '../../../../src/ws/feed/frames.ts'
import { projectCreated, taskCreated } from '../../../support/events.ts'
import { draftOf } from '../../../support/logs.ts'
import { projectId, task } from '../../../support/vocabulary.ts'

/** A log as a server has it, and what it sends of it. */
export class History {
  readonly id: ProjectId
  /** Without line feeds. */
  readonly lines: string[] = []
  readonly records: EventRecord[] = []
  /** The plain frames of each record, as text. */
  readonly frames: string[][] = []
  readonly #state = new ProjectState()
  readonly #positions: Position[] = [start]

  constructor(events: readonly DomainEvent[] = [], id: ProjectId = projectId) {
    this.id = id
    for (const event of events) this.add(event)
  }

  get head(): number {
    return this.lines.length
  }

  /** What the server answers who asks for the state. */
  get stateAnswer() {
    const { offset, hash } = this.positionAt(this.head)
    const entitiesOf = <T extends object>(rows: Iterable<Row<T>>): T[] => [...rows].map(({ entity }) => entity)
    const [project = null] = entitiesOf(this.#state.project.rows())
    return {
      ...{ projectId: this.id, offset: offset - 1, hash, at: 1, stateHash: this.stateHash, project },
      ...{ tasks: entitiesOf(this.#state.task.rows()), sessions: entitiesOf(this.#state.session.rows()) },
    }
  }

  get stateHash(): Digest {
    return stateHash(this.#state, sha256)
  }

  add(event: DomainEvent): void {
    const { text, next } = sealLine(draftOf(event, this.head, this.id), this.positionAt(this.head), this.head, sha256)
    const line = text.trimEnd()
    const opened = openLine(Buffer.from(line), sha256)
    if (opened.kind !== 'record') throw new Error(`a bad line: ${line}`)
    const { record } = opened
    const changes = evolve(this.#state, record)
    this.#state.apply(changes, record.offset)
    const commit = { projectId: this.id, record, changes, next, line: text }
    this.frames.push(framesOf(commit, () => true).map(textIn))
    this.records.push(record)
    this.lines.push(line)
    this.#positions.push(next)
  }

  positionAt(offset: number): Position {
    return this.#positions[offset] ?? start
  }

  /** The long form. */
  cursorAt(offset: number): string {
    const position = this.positionAt(offset)
    return `${position.offset}:${position.hash}`
  }

  /** A message of the view `records`. */
  batch(from: number, next: number, lines: readonly string[] = this.lines.slice(from, next)): string {
    return [JSON.stringify({ type: 'records', projectId: this.id, from, next }), ...lines].join('\n')
  }

  subscribed(from = 0): object {
    return { type: 'subscribed', projectId: this.id, from: this.cursorAt(from), head: this.head }
  }

  caughtUp(at = this.head): object {
    return { type: 'caught_up', cursors: { [this.id]: this.cursorAt(at) } }
  }

  heartbeat(at = this.head): object {
    return { type: 'heartbeat', cursors: { [this.id]: this.cursorAt(at) } }
  }
}

/** The text of a message, without what WebSocket puts before it. */
const textIn = (message: Buffer): string => message.subarray(message.indexOf('{"type"')).toString()

/** A project with so many records. */
export const historyOf = (count: number, id: string = projectId): History => {
  const tasks = Array.from({ length: count - 1 }, (_, i) => taskCreated(task(`${i}`)))
  return new History([projectCreated(), ...tasks], ProjectId.parse(id))
}
