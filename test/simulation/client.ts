import fc from 'fast-check'
import type { RequestMark } from '../../events/index.ts'
import type { ProjectState } from '../../projections/index.ts'
import type { Command } from '../../src/commands/command.ts'
import { AppError } from '../../src/errors.ts'
import { sha256 } from '../../src/platform/hash.ts'
import type { Answer, Request } from '../../src/store/request.ts'
import type { Store } from '../../src/store/store.ts'
import type { Chance } from '../../tools/load-history/chance.ts'
import { commandOf } from '../support/histories.ts'
import { type Intent, intents } from '../support/intents.ts'
import type { Timeline } from './timeline.ts'

const mostProjects = 3

/** Gives servers random commands and does not wait for the answers, but remembers what they promise. */
export class Client {
  /** What no command should have led to. */
  readonly failures: unknown[] = []
  readonly #chance: Chance
  readonly #timeline: Timeline
  readonly #plans: Generator<Intent, never>
  /** Whether an answer says that something is durable. */
  readonly #isDurable: boolean

  constructor(chance: Chance, timeline: Timeline, isDurable: boolean) {
    this.#chance = chance
    this.#timeline = timeline
    this.#plans = plansOf(chance)
    this.#isDurable = isDurable
  }

  /** Commands that come at once, about one project, and go into one write. */
  ask(store: Store, count: number): void {
    const chance = this.#chance
    const ids = store.projects().map(({ entity }) => entity.id)
    const isNew = ids.length === 0 || (ids.length < mostProjects && chance.happens(0.05))
    const id = isNew ? undefined : chance.pick(ids)
    const state = id && store.stateOf(id)
    if (id === undefined || state === undefined) {
      this.#await(store.createProject({ name: 'Project' }, this.#request()))
      return
    }
    for (let left = count; left > 0; left -= 1) {
      const command = commandLike(this.#plans.next().value, state, chance)
      this.#await(store.inProject(id, command, this.#request()))
    }
  }

  #await(answer: Promise<Answer>): void {
    const told = ({ receipt, sight }: Answer): void => {
      if (!this.#isDurable) return
      const home = sight.kind === 'project' ? sight.id : sight.entity?.projectId
      if (home !== undefined) this.#timeline.acknowledge(home, receipt)
    }
    answer.then(told).catch(this.note)
  }

  /** A refusal is an answer, too. */
  readonly note = (error: unknown): void => {
    if (!(error instanceof AppError)) this.failures.push(error)
  }

  #request(): Request {
    const mark = this.#chance.happens(0.3) ? markOf(this.#chance) : undefined
    return { actor: { kind: 'user' }, mark }
  }
}

/** Few keys, so that some are used twice. */
const markOf = (chance: Chance): RequestMark => {
  const key = `key-${chance.int(1, 40)}`
  return { key, digest: sha256(key) }
}

/** More is deleted than usual, since that is how files are left behind; and some records fill several sectors. */
const commandLike = (intent: Intent, state: ProjectState, chance: Chance): Command => {
  const type = chance.happens(0.15) ? chance.pick(['delete-task', 'delete-session'] as const) : intent.type
  const command = commandOf({ ...intent, type }, state)
  const isLong = command.type === 'create-task' && chance.happens(0.3)
  return isLong ? { ...command, description: 'long '.repeat(chance.int(1, 400)) } : command
}

/** Commands to make, without end. */
function* plansOf(chance: Chance): Generator<Intent, never> {
  for (;;) yield* fc.sample(intents(40), { seed: chance.int(0, 2 ** 31 - 1), numRuns: 5 }).flat()
}
