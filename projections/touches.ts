import type { EntityKind, UnsealedRecord } from '../events/index.ts'
import { effectsOf } from './evolve.ts'
import type { ProjectState } from './state.ts'

/**
 * Whether a record creates, changes or deletes the entity of this id, of whatever kind or of one. `before` is the state before
 * the record, which only matters where `reachesFurther` says so.
 */
export const touches = (before: ProjectState, record: UnsealedRecord, id: string, kind?: EntityKind): boolean =>
  effectsOf(before, record).some((effect) => effect.id === id && (kind === undefined || effect.kind === kind))

/**
 * Whether a record does something to entities that it does not name: a deletion takes the subtree along, and every mention of
 * what it deletes.
 */
export const reachesFurther = ({ type }: UnsealedRecord): boolean =>
  type === 'task:deleted' || type === 'session:deleted'
