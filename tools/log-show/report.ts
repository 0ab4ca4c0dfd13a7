import type { Entity, EventRecord, ProjectId } from '../../events/index.ts'
import { type Patch, patchBetween } from '../../projections/history.ts'
import type { Change, Subject } from '../../projections/index.ts'
import type { RedactionNote } from '../support/redactions.ts'

/** What a record did to one entity. */
export interface ShownEffect {
  readonly kind: Subject['kind']
  readonly id: string
  readonly change: 'created' | 'changed' | 'deleted'
  /** The change as a JSON patch (RFC 6902); null for an entity that is new or gone. */
  readonly patch: Patch | null
  /** The whole entity, null where there is none. */
  readonly before: Entity | null
  readonly after: Entity | null
}

/** A record, and all that it did. Keeps its shape: programs read it. */
export interface ShownRecord {
  readonly projectId: ProjectId
  /** As it is in the log. */
  readonly record: EventRecord
  readonly effects: readonly ShownEffect[]
  /** What was taken out of it later. */
  readonly redactions: readonly RedactionNote[]
}

export const effectOf = ({ kind, id, before, after }: Change): ShownEffect => ({
  ...{ kind, id },
  change: before === undefined ? 'created' : after === undefined ? 'deleted' : 'changed',
  patch: before === undefined || after === undefined ? null : patchBetween(before, after),
  ...{ before: before ?? null, after: after ?? null },
})
