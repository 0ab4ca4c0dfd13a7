import { expect } from 'vitest'
import {
  canonical,
  DomainEvent,
  type Entity,
  type Session,
  type SessionId,
  type Task,
  type TaskId,
  type UnsealedRecord,
} from '../../events/index.ts'
import { type Change, evolve, ProjectState, rebuild, stateHash } from '../../projections/index.ts'
import { sha256 } from '../../src/platform/hash.ts'
import { projectId, recordIdAt, timeAt } from './vocabulary.ts'

/** An event as the record at `offset`. */
export const recordOf = (event: DomainEvent, offset: number): UnsealedRecord => ({
  offset,
  id: recordIdAt(offset),
  projectId,
  at: timeAt(offset),
  actor: { kind: 'user' },
  ...event,
})

/** An event as it comes back from disk. */
export const readBack = ({ type, data }: DomainEvent): DomainEvent =>
  DomainEvent.parse({ type, data: JSON.parse(canonical(data)) })

/** Makes every later write to a value, however deep, throw. */
export const frozen = <T>(value: T): T => {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    Object.values(value).forEach(frozen)
  }
  return value
}

/**
 * Folds events twice: as they happen, with `evolve`, and as a restart does, with `rebuild` from what is on disk. After each
 * one both have the same state, no earlier entity and no record was written to, and the changes tell the truth.
 */
export class Fold {
  readonly state = new ProjectState()
  readonly rebuilt = new ProjectState()
  /** What each event changed, by offset. */
  readonly changes: Change[][] = []

  add(event: DomainEvent): Change[] {
    const offset = this.changes.length
    const changes = evolve(this.state, frozen(recordOf(event, offset)))
    expect(changes.every((change) => entityOf(this.state, change) === change.before)).toBe(true)
    this.state.apply(frozen(changes), offset)
    expect(changes.every((change) => entityOf(this.state, change) === change.after)).toBe(true)
    this.changes.push(changes)

    rebuild(this.rebuilt, frozen(recordOf(readBack(event), offset)))
    expect(stateHash(this.rebuilt, sha256)).toBe(stateHash(this.state, sha256))
    return changes
  }

  task(id: TaskId): Task {
    const row = this.state.task.get(id)
    if (row === undefined) throw new Error(`No task ${id}`)
    return row.entity
  }

  session(id: SessionId): Session {
    const row = this.state.session.get(id)
    if (row === undefined) throw new Error(`No session ${id}`)
    return row.entity
  }
}

/** What a state has in the place of a change. */
export const entityOf = (state: ProjectState, { kind, id }: Change): Entity | undefined => {
  switch (kind) {
    case 'project':
      return state.project.get(id)?.entity
    case 'task':
      return state.task.get(id)?.entity
    case 'session':
      return state.session.get(id)?.entity
  }
}

/** Folds a whole history. */
export const fold = (...events: readonly DomainEvent[]): Fold => {
  const result = new Fold()
  for (const event of events) result.add(event)
  return result
}
