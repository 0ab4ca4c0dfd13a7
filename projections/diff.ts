import type { Entities, EntityKind } from '../events/index.ts'
import type { Change, ChangeOf, Ids } from './change.ts'
import { type Delta, deltaOf } from './delta.ts'
import type { ProjectState } from './state.ts'
import type { Table } from './table.ts'

/**
 * What turns one state of a log into another one of the same log, whichever is the earlier: entity by entity, and none for
 * what is the same. Projects come first, then tasks, then sessions, each in creation order, and last those that are no more.
 */
export function* diffStates(before: ProjectState, after: ProjectState): Generator<Delta> {
  for (const change of changesBetween(before, after)) {
    const delta = deltaOf(change)
    if (delta.change !== 'changed' || delta.patch.length > 0) yield delta
  }
}

/** Every entity that is another one in the second state than in the first. */
export function* changesBetween(before: ProjectState, after: ProjectState): Generator<Change> {
  yield* changedRows('project', before.project, after.project)
  yield* changedRows('task', before.task, after.task)
  yield* changedRows('session', before.session, after.session)
}

/** In one log, an entity that was last changed by the same record is the same. */
function* changedRows<K extends EntityKind, Name extends string>(
  kind: K,
  before: Table<Ids[K], Entities[K], Name>,
  after: Table<Ids[K], Entities[K], Name>,
): Generator<ChangeOf<K>> {
  for (const [id, row] of after.entries()) {
    const old = before.get(id)
    if (old?.version !== row.version) yield { kind, id, before: old?.entity, after: row.entity }
  }
  for (const [id, row] of before.entries()) {
    if (after.get(id) === undefined) yield { kind, id, before: row.entity, after: undefined }
  }
}
