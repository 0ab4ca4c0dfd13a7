import { type Position, type ProjectId, type RequestMark, start } from '../../events/index.ts'
import { stateHash } from '../../projections/index.ts'
import { sha256 } from '../../src/platform/hash.ts'
import type { Random } from '../../src/platform/random.ts'
import type { Answer, Request } from '../../src/store/request.ts'
import { chanceOf } from '../../tools/load-history/chance.ts'
import { type Attempt, chainOf } from './attempt.ts'
import type { SimulatedServer } from './server.ts'

const actor = { kind: 'user' } as const

/** What was true of a server, to be found by another one. */
export interface Remembered {
  expectIn(other: SimulatedServer): void
}

/** Writes to a server that has just recovered: one thing that is new, and one that was asked for before. */
export const goOn = async (
  server: SimulatedServer,
  recovered: ReadonlyMap<ProjectId, Attempt>,
  random: Random,
): Promise<Remembered> => {
  const { store } = server
  const chance = chanceOf(random)
  for (const [id, last] of recovered) await repeat(server, id, last)
  const living = store.projects().map(({ entity }) => entity.id)
  const { sight, receipt } =
    living.length === 0 || chance.happens(0.1)
      ? await store.createProject({ name: 'One more' }, { actor })
      : await store.inProject(chance.pick(living), { type: 'create-task', title: 'One more' }, { actor })
  const all = new Map(store.logs().map((id) => [id, sightOf(server, id)]))
  const told = [...all.values()].find(({ position }) => position.hash === receipt.hash)
  if (told?.position.offset !== receipt.offset) throw new Error(`the answer about ${sight.id} names no position`)
  return {
    expectIn: (other) => {
      for (const [id, seen] of all) {
        const found = sightOf(other, id)
        if (found.position.offset !== seen.position.offset || found.position.hash !== seen.position.hash) {
          throw new Error(
            `${id}: ${seen.position.offset} records were acknowledged, ${found.position.offset} were found`,
          )
        }
        if (found.stateHash !== seen.stateHash) throw new Error(`${id}: another state of the same records was found`)
      }
    },
  }
}

const sightOf = ({ store }: SimulatedServer, id: ProjectId): { position: Position; stateHash: string | undefined } => {
  const state = store.stateOf(id)
  const position = store.positionOf(id)
  return { position, stateHash: position.offset === start.offset ? undefined : state && stateHash(state, sha256) }
}

/** The last request of a project that has a key is answered once more, and not carried out once more. */
const repeat = async ({ store }: SimulatedServer, id: ProjectId, last: Attempt): Promise<void> => {
  const first = chainOf(last).findLast(({ draft }) => draft.request !== undefined)
  if (first?.draft.request === undefined) return
  const request: Request = { actor, mark: first.draft.request }
  const answer =
    first.draft.type === 'project:created'
      ? await store.createProject({ name: 'Again' }, request)
      : await store.inProject(id, { type: 'update-project' }, request)
  expectRepetition(answer, first, first.draft.request)
}

const expectRepetition = ({ outcome, receipt }: Answer, first: Attempt, { key }: RequestMark): void => {
  if (outcome !== 'replayed' || receipt.offset !== first.offset + 1 || (first.hash ?? receipt.hash) !== receipt.hash) {
    throw new Error(`the repeated request ${key} of record ${first.offset} was ${outcome}`)
  }
}
