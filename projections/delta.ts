import type { Entities, EntityKind } from '../events/index.ts'
import type { Change, ChangeOf, Ids } from './change.ts'
import { type Patch, patchBetween } from './patch.ts'

/** What became of one entity, in a form that can be sent: the whole of a new one, and of an old one what is different. */
export type DeltaOf<K extends EntityKind> = { readonly kind: K; readonly id: Ids[K] } & (
  | { readonly change: 'created'; readonly entity: Entities[K] }
  | { readonly change: 'changed'; readonly patch: Patch }
  | { readonly change: 'deleted' }
)
export type Delta = { [K in EntityKind]: DeltaOf<K> }[EntityKind]

/** A change as a delta. The patch is empty where an entity was touched and came out the same. */
export const deltaOf = (change: Change): Delta => {
  switch (change.kind) {
    case 'project':
      return deltaOfKind(change)
    case 'task':
      return deltaOfKind(change)
    case 'session':
      return deltaOfKind(change)
  }
}

const deltaOfKind = <K extends EntityKind>({ kind, id, before, after }: ChangeOf<K>): DeltaOf<K> => {
  if (after === undefined) return { kind, id, change: 'deleted' }
  if (before === undefined) return { kind, id, change: 'created', entity: after }
  return { kind, id, change: 'changed', patch: patchBetween(before, after) }
}
