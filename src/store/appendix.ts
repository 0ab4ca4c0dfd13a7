import type { Entity } from '../../events/index.ts'
import { isShared } from '../../projections/index.ts'

/**
 * How many entries of a timeline, or events of a session, an entity has in a list of its own: what it weighs goes with them.
 * One that shares its list with later versions holds nothing that would not be there without it.
 */
export const appendixLength = (entity: Entity | undefined): number => {
  if (entity === undefined || isShared(entity)) return 0
  if ('timeline' in entity) return entity.timeline.length
  return 'events' in entity ? entity.events.length : 0
}
