import type { Entities, EntityKind } from '../events/index.ts'
import type { Change, ChangeOf, Ids } from './change.ts'
import { type Delta, deltaOf } from './delta.ts'
import type { Row } from './table.ts'

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
  for (const change of changesBetween(before, after)) {
    const delta = deltaOf(change)
    if (delta.change !== 'changed' || delta.patch.length > 0) yield delta
  }
}

/** Every entity that is another one in the second state than in the first. */
export function* changesBetween(before: Present, after: Present): Generator<Change> {
  yield* changedRows('project', before.project, after.project)
  yield* changedRows('task', before.task, after.task)
  yield* changedRows('session', before.session, after.session)
}

/** In one log, an entity that was last changed by the same record is the same. */
function* changedRows<K extends EntityKind>(kind: K, before: Rows<K>, after: Rows<K>): Generator<ChangeOf<K>> {
  for (const [id, row] of after.entries()) {
    const old = before.get(id)
    if (old?.version !== row.version) yield { kind, id, before: old?.entity, after: row.entity }
  }
  for (const [id, row] of before.entries()) {
    if (after.get(id) === undefined) yield { kind, id, before: row.entity, after: undefined }
  }
}
