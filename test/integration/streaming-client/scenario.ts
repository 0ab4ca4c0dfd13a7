import fc from 'fast-check'
import { WebSocket } from 'ws'
import { browserEnvironment } from '../../../src/client/browser.ts'
import { clientIn } from '../../../src/client/client.ts'
import { createClient } from '../../../src/client/node/index.ts'
import { connectWith } from '../../../src/client/socket.ts'
import { type Chance, chanceOf, mulberry32 } from '../../../tools/load-history/chance.ts'
import { commandOf } from '../../support/histories.ts'
import { type Intent, intents } from '../../support/intents.ts'
import { quiet } from '../../support/store-fixture.ts'
import { Site } from './site.ts'
import { truthOf } from './truth.ts'
import {
  eventsWitness,
  filteredWitness,
  type MortalWitness,
  mirrorWitness,
  quick,
  slowWitness,
  type Witness,
} from './witnesses.ts'

const mostProjects = 4

/** Everything random that can happen to a server and those who follow it. */
const steps = [
  ['commands', 30],
  ['cut', 4],
  ['stall', 3],
  ['flow', 3],
  ['kill', 2],
  ['stop', 1],
  ['restore', 1],
  ['clock', 2],
  ['tick', 3],
  ['project', 2],
  ['die', 2],
  ['wait', 4],
] as const

/** What was done in a scenario, for whoever has to find out what went wrong. */
export interface Done {
  readonly steps: readonly string[]
  readonly cuts: number
  readonly records: number
}

/** One server, those who follow it, and a random number of random things that happen. Throws when anybody is wrong in the end. */
export const runScenario = async (seed: number): Promise<Done> => {
  const random = mulberry32(seed)
  const chance = chanceOf(random)
  const site = await Site.open()
  site.proxy.fateOfNext = () => ({ cutAfter: cutIn(chance) })
  const run = new Run(site, chance, random)
  try {
    await run.begin()
    for (let left = chance.int(6, 24); left > 0; left -= 1) await run.step()
    return await run.end()
  } catch (error) {
    throw new Error(`scenario ${seed}, after ${run.done.join(', ')}: ${String(error)}`, { cause: error })
  } finally {
    await run.stop()
    await site.close()
  }
}

/** Half of all connections are cut: during the handshake, early, or somewhere. */
const cutIn = (chance: Chance): number | undefined =>
  chance.weighted<() => number | undefined>([
    [() => undefined, 5],
    [() => chance.int(0, 250), 1],
    [() => chance.int(251, 2_000), 2],
    [() => chance.int(2_001, 30_000), 2],
  ])()

class Run {
  readonly done: string[] = []
  readonly #site: Site
  readonly #chance: Chance
  readonly #plans: Generator<Intent, never>
  readonly #witnesses: Witness[] = []
  #mortal: MortalWitness | undefined

  constructor(site: Site, chance: Chance, random: () => number) {
    this.#site = site
    this.#chance = chance
    this.#plans = plansOf(Math.floor(random() * 2 ** 31))
  }

  async begin(): Promise<void> {
    const { url } = this.#site.proxy
    if (this.#chance.happens(0.7)) await this.#createProject()
    const node = createClient({ url })
    // A socket that cannot be paused, and is left when a little waits.
    const browser = clientIn({ ...browserEnvironment(), connect: connectWith(WebSocket) }, { url })
    this.#mortal = await eventsWitness(node)
    this.#witnesses.push(
      mirrorWitness('a mirror', node.mirror({ backoff: quick })),
      mirrorWitness('a mirror in a browser', browser.mirror({ backoff: quick, limits: { overflow: 20_000 } })),
      slowWitness(node, () => this.#dawdle()),
      filteredWitness(node),
      this.#mortal,
    )
  }

  async step(): Promise<void> {
    const step = this.#chance.weighted(steps)
    this.done.push(step)
    const site = this.#site
    switch (step) {
      case 'commands':
        return this.#commands(this.#chance.int(1, 40))
      case 'cut':
        return site.proxy.cutAll()
      case 'stall':
        return site.proxy.stall()
      case 'flow':
        return site.proxy.flow()
      case 'kill':
        await site.kill()
        return site.start()
      case 'stop':
        await site.stop()
        return site.start()
      case 'restore':
        return this.#restore()
      case 'clock':
        return site.moveClock(this.#chance.int(-100_000, 100_000))
      case 'tick':
        return site.tick()
      case 'project':
        return this.#createProject()
      case 'die':
        return this.#mortal?.die()
      case 'wait':
        for (let turns = this.#chance.int(1, 30); turns > 0; turns -= 1) await quiet()
    }
  }

  async end(): Promise<Done> {
    const { proxy, fixture } = this.#site
    proxy.fateOfNext = () => ({ cutAfter: undefined })
    proxy.flow()
    const truth = truthOf(fixture.storage)
    do {
      for (const witness of this.#witnesses) await within(witness.hasAll(truth), witness.name)
    } while (!this.#witnesses.every((witness) => witness.isThere(truth)))
    for (const witness of this.#witnesses) witness.check(truth)
    const records = [...truth.values()].reduce((sum, { head }) => sum + head.offset, 0)
    return { steps: this.done, cuts: proxy.cuts, records }
  }

  async stop(): Promise<void> {
    for (const witness of this.#witnesses) await witness.stop()
  }

  async #createProject(): Promise<void> {
    if (this.#site.projects.length >= mostProjects) return
    const { fixture } = this.#site
    const id = await fixture.givenProject()
    // Enough for most commands to find something.
    const tasks = [await fixture.givenTask(id), await fixture.givenTask(id), await fixture.givenTask(id)]
    await fixture.givenSession(id, tasks)
  }

  /** Some at once, and some one after the other. */
  async #commands(count: number): Promise<void> {
    const ids = this.#site.projects
    if (ids.length === 0) return
    const sent: Promise<void>[] = []
    for (let left = count; left > 0; left -= 1) {
      const id = this.#chance.pick(ids)
      const command = commandOf(this.#plans.next().value, this.#site.fixture.stateOf(id))
      sent.push(this.#site.send(id, command))
      if (this.#chance.happens(0.3)) await Promise.all(sent)
    }
    await Promise.all(sent)
  }

  async #restore(): Promise<void> {
    const ids = this.#site.projects
    if (ids.length === 0) return
    const id = this.#chance.pick(ids)
    const { offset } = this.#site.fixture.store.positionOf(id)
    await this.#site.restore(id, this.#chance.int(1, offset))
    if (this.#chance.happens(0.5)) await this.#commands(20)
  }

  async #dawdle(): Promise<void> {
    if (this.#chance.happens(0.3)) for (let turns = this.#chance.int(1, 5); turns > 0; turns -= 1) await quiet()
  }
}

/** Commands to make, without end. */
function* plansOf(seed: number): Generator<Intent, never> {
  for (let i = 0; ; i += 1) yield* fc.sample(intents(40), { seed: seed + i, numRuns: 3 }).flat()
}

/** Nothing takes so long, ms: whoever is not there by then waits for what never comes. */
const patience = 15_000

const within = async (promise: Promise<void>, name: string): Promise<void> => {
  let timeout: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timeout = setTimeout(() => reject(new Error(`${name} does not get there`)), patience)
  })
  try {
    await Promise.race([promise, late])
  } finally {
    clearTimeout(timeout)
  }
}
