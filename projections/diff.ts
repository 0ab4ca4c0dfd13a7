import type { Entities, EntityKind } from '../events/index.ts'
import type { Change, ChangeOf, Ids } from './change.ts'
import { type Delta, deltaOf } from './delta.ts'
import type { Row } from './row.ts'

/** Rows by id, in creation order: a table, or a map of what was in one. */
interface Rows<K extends EntityKind> {
  get(id: Ids[K]): Row<Entities[K]> | undefined
  entries(): Iterable<readonly [Ids[K], Row<Entities[K]>]>
}

/** All that is true at some time: a state, or a copy of one. */
export type Present = { readonly [K in EntityKind]: Rows<K> }

/**
 * What turns one state of a log into another one of the same log, whichever is the earlier: entity by entity, and none for
 * what is the same. Projects come first, then tasks, then sessions, each in creation order, and last those that are no more.
 */
export function* diffStates(before: Present, after: Present): Generator<Delta> {
  for (const delta of compareStates(before, after)) if (delta !== undefined) yield delta
}

/** The same, with undefined for every entity that is the same, so that whoever compares many can rest in between. */
export function* compareStates(before: Present, after: Present): Generator<Delta | undefined> {
  for (const change of compareAll(before, after)) {
    const delta = change && deltaOf(change)
    yield delta?.change === 'changed' && delta.patch.length === 0 ? undefined : delta
  }
}

/** Every entity that is another one in the second state than in the first. */
export function* changesBetween(before: Present, after: Present): Generator<Change> {
  for (const change of compareAll(before, after)) if (change !== undefined) yield change
}

function* compareAll(before: Present, after: Present): Generator<Change | undefined> {
  yield* compareRows('project', before.project, after.project)
  yield* compareRows('task', before.task, after.task)
  yield* compareRows('session', before.session, after.session)
}

/** In one log, an entity that was last changed by the same record is the same. */
function* compareRows<K extends EntityKind>(
  kind: K,
  before: Rows<K>,
  after: Rows<K>,
): Generator<ChangeOf<K> | undefined> {
  for (const [id, row] of after.entries()) {
    const old = before.get(id)
    yield old?.version === row.version ? undefined : { kind, id, before: old?.entity, after: row.entity }
  }
  for (const [id, row] of before.entries()) {
    yield after.get(id) === undefined ? { kind, id, before: row.entity, after: undefined } : undefined
  }
}
