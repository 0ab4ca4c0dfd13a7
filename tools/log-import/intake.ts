import {
  type Digest,
  type EventRecord,
  misplaced,
  openLine,
  type Position,
  type ProjectId,
  type SessionId,
  type Sha256,
  start,
  type TaskId,
} from '../../events/index.ts'
import { AppError } from '../../src/errors.ts'
import { notWhole } from './export-reader.ts'

/** Checks the records of an export, one after the other, and knows what a data directory must not have yet. */
export class Intake {
  /** Sessions that there are in the end. */
  readonly sessions = new Set<SessionId>()
  /** Tasks that there were at any time: no other task ever gets the id of one. */
  readonly tasks = new Set<TaskId>()
  readonly #sha256: Sha256
  /** What redacted records have been redacted to, as long as no later record has said so. */
  readonly #unannounced = new Map<number, Digest>()
  #head: Position = start
  #projectId: ProjectId | undefined

  constructor(sha256: Sha256) {
    this.#sha256 = sha256
  }

  get head(): Position {
    return this.#head
  }

  /** Known as soon as there is a record. */
  get projectId(): ProjectId | undefined {
    return this.#projectId
  }

  /** Takes the next line. Throws HISTORY_DIVERGED, or LOG_UNAVAILABLE for a record of a newer server. */
  take(line: Uint8Array): void {
    const { offset } = this.#head
    const opened = openLine(line, this.#sha256)
    if (opened.kind === 'newer') {
      throw new AppError('LOG_UNAVAILABLE', `From record ${offset} on it needs a newer server: ${opened.reason}`)
    }
    if (opened.kind === 'bad') throw notWhole(`What should be record ${offset} is not: ${opened.reason}`)
    const { record } = opened
    if (offset === 0 && record.offset > 0)
      throw notWhole(`It begins with record ${record.offset}: it is a part of a log`)
    const reason = misplaced(record, this.#head) ?? this.#otherProject(record)
    if (reason !== undefined) throw notWhole(`What should be record ${offset} is not: ${reason}`)
    this.#projectId = record.projectId
    this.#head = opened.next
    this.#note(record)
  }

  /** To be asked when there are no more lines. Throws HISTORY_DIVERGED unless the log is whole, as `end` says. */
  finish(end: Position | undefined): ProjectId {
    if (this.#projectId === undefined) throw notWhole('There are no records in it')
    const [redacted] = this.#unannounced.keys()
    if (redacted !== undefined) throw notWhole(`Record ${redacted} is redacted, and no later record says so`)
    if (end === undefined) {
      throw notWhole(
        `It ends after record ${this.#head.offset - 1} and does not say that the log does: it is a part of a log`,
      )
    }
    if (end.offset !== this.#head.offset || end.hash !== this.#head.hash) {
      throw notWhole(`It ends at ${this.#head.offset}:${this.#head.hash}, and the log at ${end.offset}:${end.hash}`)
    }
    return this.#projectId
  }

  #otherProject({ projectId }: EventRecord): string | undefined {
    return this.#projectId === undefined || projectId === this.#projectId ? undefined : `of project ${projectId}`
  }

  #note(record: EventRecord): void {
    if (record.redacted !== undefined) this.#unannounced.set(record.offset, record.redacted)
    switch (record.type) {
      case 'record:redacted':
        if (this.#unannounced.get(record.data.offset) === record.data.digest) {
          this.#unannounced.delete(record.data.offset)
        }
        break
      case 'session:created':
      case 'session:spawn_request':
        this.sessions.add(record.data.sessionId)
        break
      case 'session:adopted':
        this.sessions.add(record.data.entity.id)
        break
      case 'session:deleted':
        this.sessions.delete(record.data.sessionId)
        break
      case 'task:created':
        this.tasks.add(record.data.taskId)
        break
      case 'task:adopted':
        this.tasks.add(record.data.entity.id)
        break
      default:
    }
  }
}
