import type { ProjectId } from '../../events/index.ts'
import { segmentBase } from '../../src/log/format.ts'
import type { Random } from '../../src/platform/random.ts'
import { type Chance, chanceOf } from '../../tools/load-history/chance.ts'
import { crashStates, pointsOf } from '../support/simulated-disk/crash-states.ts'
import type { DiskState } from '../support/simulated-disk/disk-state.ts'
import type { Attempt } from './attempt.ts'
import { fingerprint } from './fingerprint.ts'
import { type Case, type Inspection, inspect } from './inspect.ts'
import type { Settings } from './server.ts'
import { afterKill, type Expectation, exactly } from './timeline.ts'
import { runWorkload } from './workload.ts'

/** How many power cuts there are after each operation at most, while records are on their way and else. */
const cutsPerPoint = { busy: 8, idle: 3 }
/** How often the server is killed, and the power is cut only after the next start. */
const kills = 0.15
/** How often the power is cut again in a recovery that takes something out of a log, and in one that does not. */
const cutRecoveries = { repair: 0.05, other: 0.001 }
/** At how many points of it, about. */
const pointsOfRecovery = 20

/** What a workload begins with. */
export interface Start {
  readonly state: DiskState
  /** Whether no power cut has ever taken anything from it. */
  readonly isWhole: boolean
  /** The last record of each project. */
  readonly recovered: ReadonlyMap<ProjectId, Attempt>
}

/** Told of every state that was recovered as it should be. */
export type OnState = (one: Case, inspection: Inspection) => void

export const messageOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown))

/** Checks workloads of one kind; none of their states twice. */
export class Campaign {
  readonly #settings: Settings
  readonly #random: Random
  readonly #chance: Chance
  readonly #onState: OnState
  readonly #seen = new Set<string>()

  constructor(settings: Settings, random: Random, onState: OnState) {
    this.#settings = settings
    this.#random = random
    this.#chance = chanceOf(random)
    this.#onState = onState
  }

  /**
   * Runs a workload and cuts the power at every point of it, in several ways. Returns what one of the cuts has left. Throws
   * for the first one that a server does not recover from as it should.
   */
  async check({ state, isWhole, recovered }: Start): Promise<Start | undefined> {
    const [random, settings] = [this.#random, this.#settings]
    const { recording, timeline } = await runWorkload({ settings, random, start: state, before: recovered })
    let chosen: Start | undefined
    let candidates = 0
    for (const point of pointsOf(recording)) {
      const when = `after ${point.operations} operations`
      const expected = timeline.at(point.operations)
      for (const found of await this.#cutPower(point.state, expected, when)) {
        candidates += 1
        if (this.#chance.happens(1 / candidates)) chosen = found
      }
      if (!this.#chance.happens(kills)) continue
      const killed = { state: point.state.fork(), expected: afterKill(expected), kept: [], isWhole }
      await this.#inspect({ ...killed, after: 'kill' }, `${when}, killed`)
    }
    return chosen
  }

  async #cutPower(point: DiskState, expected: Expectation, when: string): Promise<Start[]> {
    const found: Start[] = []
    const limit = hasLooseRecords(point) ? cutsPerPoint.busy : cutsPerPoint.idle
    for (const { state, choices } of crashStates(point, this.#random, limit)) {
      const what = `${when}, cut with choices ${choices}`
      const inspection = await this.#inspect({ state, expected, kept: [], after: 'power cut', isWhole: false }, what)
      if (inspection === undefined) continue
      found.push({ state, isWhole: false, recovered: inspection.recovered })
      await this.#cutPowerAgain(inspection, what)
    }
    return found
  }

  /** The power goes again while the server recovers: it finds the same once more. */
  async #cutPowerAgain({ recovered, recovery, taken }: Inspection, what: string): Promise<void> {
    const { repair, other } = cutRecoveries
    if (!this.#chance.happens(taken.length > 0 ? repair : other)) return
    const expected = exactly(recovered)
    for (const point of pointsOf(recovery)) {
      if (!this.#chance.happens(pointsOfRecovery / recovery.operations.length)) continue
      for (const { state, choices } of crashStates(point.state, this.#random, 2)) {
        const again = `${what}, after ${point.operations} operations of recovery, cut with choices ${choices}`
        const left = { state, expected, kept: taken, isWhole: false }
        await this.#inspect({ ...left, after: 'power cut in a recovery' }, again)
      }
    }
  }

  /** Undefined for what has been seen before. */
  async #inspect(one: Case, what: string): Promise<Inspection | undefined> {
    const print = fingerprint(one)
    if (this.#seen.has(print)) return undefined
    this.#seen.add(print)
    try {
      const inspection = await inspect(one, this.#settings, this.#random)
      this.#onState(one, inspection)
      return inspection
    } catch (cause) {
      throw new Error(`${what}: ${messageOf(cause)}`, { cause })
    }
  }
}

/** Whether some of a log is not durable. */
const hasLooseRecords = (state: DiskState): boolean =>
  [...state.looseFiles()].some((name) => segmentBase(name) !== undefined)
