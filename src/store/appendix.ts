import type { Entity } from '../../events/index.ts'

/** How many entries of a timeline, or events of a session, an entity has gathered: what it weighs goes with them. */
export const appendixLength = (entity: Entity | undefined): number => {
  if (entity === undefined) return 0
  if ('timeline' in entity) return entity.timeline.length
  return 'events' in entity ? entity.events.length : 0
}
