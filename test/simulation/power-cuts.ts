import type { ProjectId } from '../../events/index.ts'
import type { SyncPolicy } from '../../src/log/project-log.ts'
import { sha256 } from '../../src/platform/hash.ts'
import type { Random } from '../../src/platform/random.ts'
import { type Chance, chanceOf, mulberry32 } from '../../tools/load-history/chance.ts'
import { crashStates, pointsOf } from '../support/simulated-disk/crash-states.ts'
import { DiskState } from '../support/simulated-disk/disk-state.ts'
import { type Recording, SimulatedDisk } from '../support/simulated-disk/simulated-disk.ts'
import { type Files, filesOf } from '../support/simulated-disk/tree.ts'
import { type Attempt, lengthOf } from './attempt.ts'
import { type Inspection, inspect } from './inspect.ts'
import { dataDir } from './server.ts'
import type { Expectation, Known } from './timeline.ts'
import { runWorkload } from './workload.ts'

export interface PowerCutOptions {
  /** How many states of a disk to check at least. */
  readonly states: number
  /** The first workload is made from it, the next one from the number after it, and so on. */
  readonly seed: number
  readonly policies: readonly SyncPolicy[]
  readonly onWorkload?: (totals: Totals) => void
}

export interface Totals {
  workloads: number
  /** Different ones; what was checked before, with the same promises, does not count. */
  states: number
}

/** How many power cuts there are after each operation, at most. */
const cutsPerPoint = 4
/** How often the server is killed, and the power cut only after the next start. */
const kills = 0.1
/** How often a recovery that took something out of a log, and one that did not, is itself cut at each of its operations. */
const cutRecoveries = { repair: 0.05, other: 0.001 }
const episodes = 2

/** Makes workloads and checks power cuts at every point of each, until there are enough. Throws for the first that is wrong. */
export const checkPowerCuts = async (options: PowerCutOptions): Promise<Totals> => {
  const { states, seed, policies, onWorkload = () => {} } = options
  const totals: Totals = { workloads: 0, states: 0 }
  while (totals.states < states) {
    const random = mulberry32(seed + totals.workloads)
    const fsync = chanceOf(random).pick(policies)
    try {
      await checkWorkload(new Campaign(fsync, random, totals))
    } catch (cause) {
      throw new Error(`FSYNC=${fsync}, --seed ${seed + totals.workloads}: ${messageOf(cause)}`, { cause })
    }
    totals.workloads += 1
    onWorkload(totals)
  }
  return totals
}

const messageOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown))

interface Start {
  readonly state: DiskState
  readonly recovered: ReadonlyMap<ProjectId, Attempt>
}

/** A workload, and then another one on what a power cut in the first has left. */
const checkWorkload = async (campaign: Campaign): Promise<void> => {
  let start: Start | undefined = { state: await emptyDisk(), recovered: new Map() }
  for (let episode = 0; episode < episodes && start !== undefined; episode += 1) start = await campaign.episode(start)
}

/** A data directory that is there for good, and empty. */
const emptyDisk = async (): Promise<DiskState> => {
  const disk = new SimulatedDisk()
  await disk.makeDirectory(dataDir)
  await disk.syncDirectory('/')
  return disk.state
}

class Campaign {
  readonly #fsync: SyncPolicy
  readonly #random: Random
  readonly #chance: Chance
  readonly #totals: Totals
  readonly #seen = new Set<string>()

  constructor(fsync: SyncPolicy, random: Random, totals: Totals) {
    this.#fsync = fsync
    this.#random = random
    this.#chance = chanceOf(random)
    this.#totals = totals
  }

  /** Returns what one of the power cuts left. */
  async episode({ state, recovered }: Start): Promise<Start | undefined> {
    const [random, fsync] = [this.#random, this.#fsync]
    const { recording, timeline } = await runWorkload({ fsync, random, start: state, before: recovered })
    let chosen: Start | undefined
    let inspected = 0
    for (const point of pointsOf(recording)) {
      const operations = point.operations - recording.start.operations
      const expected = timeline.at(operations)
      for (const start of await this.#cutsAt(point, expected, `after ${operations} operations`, cutsPerPoint)) {
        inspected += 1
        if (this.#chance.happens(1 / inspected)) chosen = start
      }
    }
    return chosen
  }

  async #cutsAt(point: DiskState, expected: Expectation, when: string, limit: number): Promise<Start[]> {
    const found: Start[] = []
    for (const { state, choices } of crashStates(point, this.#random, limit)) {
      const inspection = await this.#inspect(state, expected, `${when}, cut with choices ${choices}`)
      if (inspection !== undefined) found.push({ state, recovered: inspection.recovered })
    }
    if (this.#chance.happens(kills)) await this.#inspect(point.fork(), expected, `${when}, killed`)
    return found
  }

  /** Undefined for what has been seen before. */
  async #inspect(state: DiskState, expected: Expectation, what: string): Promise<Inspection | undefined> {
    const files = filesOf(state)
    const print = fingerprint(state, files, expected)
    if (this.#seen.has(print)) return undefined
    this.#seen.add(print)
    this.#totals.states += 1
    try {
      const options = { expected, random: this.#random, isStrict: this.#fsync === 'always' }
      const inspection = await inspect(state, options)
      await this.#cutRecovery(inspection, what)
      return inspection
    } catch (cause) {
      throw new Error(`${what}: ${messageOf(cause)}`, { cause })
    }
  }

  /** The power goes again while the server recovers: it finds the same once more. */
  async #cutRecovery({ recovered, recovery }: Inspection, what: string): Promise<void> {
    const { repair, other } = cutRecoveries
    if (!this.#chance.happens(isRepair(recovery) ? repair : other)) return
    const expected = expectationOf(recovered)
    for (const point of pointsOf(recovery)) {
      const operations = point.operations - recovery.start.operations
      await this.#cutsAt(point, expected, `${what}, after ${operations} operations of recovery`, 2)
    }
  }
}

const isRepair = ({ operations }: Recording): boolean =>
  operations.some((one) => one.kind === 'create' && one.entry.name === 'quarantine')

const expectationOf = (recovered: ReadonlyMap<ProjectId, Attempt>): Expectation =>
  new Map(
    [...recovered].map(([id, last]): [ProjectId, Known] => [
      id,
      { attempted: last, acknowledged: lengthOf(last), snapshot: 0 },
    ]),
  )

const digests = new WeakMap<Uint8Array, string>()

const digestOf = (bytes: Uint8Array): string => {
  const digest = digests.get(bytes) ?? sha256(bytes)
  digests.set(bytes, digest)
  return digest
}

/** Tells states apart in which a server could do something different, or should. */
const fingerprint = ({ pending }: DiskState, files: Files, expected: Expectation): string =>
  sha256(
    [
      ...[...files].map(([path, bytes]) => `${path} ${digestOf(bytes)}`).sort(),
      ...[...expected].map(([id, { attempted, acknowledged }]) => `${id} ${attempted?.draft.id} ${acknowledged}`),
      ...pending.map(({ at }) => at),
    ].join('\n'),
  )
