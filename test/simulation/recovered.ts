import type { ProjectId } from '../../events/index.ts'
import { stateHash } from '../../projections/index.ts'
import { sha256 } from '../../src/platform/hash.ts'
import { type Attempt, lengthOf, prefixOf } from './attempt.ts'
import type { SimulatedServer } from './server.ts'
import type { Expectation } from './timeline.ts'

/**
 * The last record of each project that a server found when it started. Throws unless every log takes writes and holds
 * what was acknowledged, nothing but what was attempted, and the state that follows from exactly that.
 */
export const recoveredBy = ({ store }: SimulatedServer, expected: Expectation): Map<ProjectId, Attempt> => {
  for (const { projectId, status } of store.ailments())
    throw new Error(`${projectId} is ${status.kind}: ${status.reason}`)
  const found = new Map<ProjectId, Attempt>()
  for (const id of store.logs()) {
    const { offset, hash } = store.positionOf(id)
    if (offset === 0) continue
    const last = prefixOf(expected.get(id)?.attempted, offset)
    if (last === undefined) throw new Error(`${id}: ${offset} records were found, and never attempted`)
    if (last.hash !== undefined && last.hash !== hash) throw new Error(`${id}: record ${offset - 1} is another one`)
    const state = store.stateOf(id)
    if (state === undefined || stateHash(state, sha256) !== last.truth.stateHash) {
      throw new Error(`${id}: the state is not what follows from ${offset} records`)
    }
    found.set(id, last)
  }
  for (const [id, { acknowledged }] of expected) {
    const offset = lengthOf(found.get(id))
    if (offset < acknowledged) throw new Error(`${id}: ${acknowledged} records were acknowledged, ${offset} were found`)
  }
  return found
}
