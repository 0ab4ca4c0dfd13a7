import type { Actor, Digest, EventRecord, EventType, Instant } from '../events/index.ts'
import type { Change } from './change.ts'
import { type Delta, deltaOf } from './delta.ts'
import { evolve, rebuild, unshared } from './evolve.ts'
import { ProjectState } from './state.ts'
import type { Subject } from './subject.ts'
import { touches } from './touches.ts'

/** A record, and what it did to the entity that somebody follows. */
export interface Touch {
  readonly record: EventRecord
  readonly change: Change
}

/** Who made which record, and when. */
export interface Mark {
  readonly offset: number
  readonly hash: Digest
  readonly at: Instant
  readonly actor: Actor
  readonly type: EventType
  /** The data of the record was replaced later, and what it did is told by what is there now. */
  readonly redacted?: true
}

/** One step in the story of an entity. */
export type HistoryEntry = Mark & Delta

export const markOf = ({ offset, hash, at, actor, type, redacted }: EventRecord): Mark => ({
  ...{ offset, hash, at, actor, type },
  ...(redacted !== undefined && { redacted: true }),
})

export const historyEntry = ({ record, change }: Touch): HistoryEntry => ({ ...markOf(record), ...deltaOf(change) })

/** What a record does, entity by entity, to the state before it. Changes nothing. */
export const effectOf = (before: ProjectState, record: EventRecord): Delta[] => evolve(before, record).map(deltaOf)

/** Folds a log and tells every record that touched one entity. */
export class Follower {
  /** What is true after the last record. It belongs to the follower, which writes to it. */
  readonly state: ProjectState
  readonly #subject: Subject

  /** `before` is the state before the first record that follows, and becomes the follower's own. */
  constructor(subject: Subject, before: ProjectState = new ProjectState()) {
    this.#subject = subject
    this.state = before
  }

  /** Takes the next record of the log. What is handed out stays as it is. */
  next(record: EventRecord): Touch | undefined {
    if (!touches(this.state, record, this.#subject.id, this.#subject.kind)) {
      rebuild(this.state, record)
      return undefined
    }
    const changes = evolve(this.state, record)
    const change = changes.find((one) => this.#isFollowed(one))
    // The entity that is followed is never written to in place, since every record that changes it comes this way.
    this.state.apply(
      changes.map((one) => (this.#isFollowed(one) ? one : unshared(one))),
      record.offset,
    )
    return change && { record, change }
  }

  #isFollowed({ kind, id }: Change): boolean {
    return kind === this.#subject.kind && id === this.#subject.id
  }
}
