import { canonical, type Digest, type Entity, type Sha256 } from '../events/index.ts'
import type { ProjectState } from './state.ts'

/** Remembers the hash of each entity: entities are never written to, so an object has one hash for good. */
export type EntityHash = (entity: Entity) => Digest

export const createEntityHash = (sha256: Sha256): EntityHash => {
  const known = new WeakMap<Entity, Digest>()
  return (entity) => {
    const digest = known.get(entity) ?? sha256(canonical(entity))
    known.set(entity, digest)
    return digest
  }
}

/**
 * One hash for all that is true in a project: the SHA-256 of the sorted lines `<id> <SHA-256 of the canonical entity>`,
 * each with its line feed. Whoever folds the same log gets the same one.
 */
export const stateHash = (state: ProjectState, sha256: Sha256, entityHash = createEntityHash(sha256)): Digest => {
  const lines: string[] = []
  for (const table of [state.project, state.task, state.session]) {
    for (const { entity } of table.rows()) lines.push(`${entity.id} ${entityHash(entity)}\n`)
  }
  return sha256(lines.sort().join(''))
}
