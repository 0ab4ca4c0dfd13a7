import type {
  Entities,
  EntityKind,
  ProjectId,
  SessionEvent,
  SessionId,
  TaskId,
  TimelineEntry,
} from '../events/index.ts'

export interface Ids {
  project: ProjectId
  task: TaskId
  session: SessionId
}

/** What grows at the end of an entity and is never edited: entries of a timeline, events of a session. */
export interface Appendix {
  project: never
  task: TimelineEntry
  session: SessionEvent
}

/** One entity that an event changed: created when `before` is missing, deleted when `after` is. */
export interface ChangeOf<K extends EntityKind> {
  readonly kind: K
  readonly id: Ids[K]
  readonly before: Entities[K] | undefined
  readonly after: Entities[K] | undefined
}
export type Change = { [K in EntityKind]: ChangeOf<K> }[EntityKind]

/**
 * What an event does to one entity, before it is done. `recipe` changes a draft of it, `append` goes on the end of its
 * timeline or events. An event has at most one effect on an entity.
 */
export type EffectOf<K extends EntityKind> =
  | { readonly kind: K; readonly op: 'create'; readonly id: Ids[K]; readonly entity: Entities[K] }
  | {
      readonly kind: K
      readonly op: 'update'
      readonly id: Ids[K]
      readonly recipe: (draft: Entities[K]) => void
      readonly append?: ReadonlyArray<Appendix[K]>
    }
  | { readonly kind: K; readonly op: 'delete'; readonly id: Ids[K] }
export type Effect = { [K in EntityKind]: EffectOf<K> }[EntityKind]
