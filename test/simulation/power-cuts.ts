import type { SyncPolicy } from '../../src/log/project-log.ts'
import { type Chance, chanceOf, mulberry32 } from '../../tools/load-history/chance.ts'
import type { DiskState } from '../support/simulated-disk/disk-state.ts'
import { SimulatedDisk } from '../support/simulated-disk/simulated-disk.ts'
import { Campaign, messageOf, type OnState, type Start } from './campaign.ts'
import { dataDir, type Settings } from './server.ts'
import { TraitCounts } from './traits.ts'

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
  readonly traits: TraitCounts
}

export const totalsText = ({ states, workloads, traits }: Totals): string =>
  `${states} states of disks after ${workloads} workloads (${traits})`

/** Seeds are whole numbers below it. */
export const maxSeed = 2 ** 31

/** How many workloads follow each other, each on what a power cut in the one before has left. */
const episodes = 2

/** Makes workloads and checks power cuts at every point of each, until there are enough. Throws for the first that is wrong. */
export const checkPowerCuts = async (options: PowerCutOptions): Promise<Totals> => {
  const { states, seed, policies, onWorkload = () => {} } = options
  const totals: Totals = { workloads: 0, states: 0, traits: new TraitCounts() }
  const onState: OnState = (one, inspection) => {
    totals.states += 1
    totals.traits.add(one, inspection)
  }
  while (totals.states < states) {
    const random = mulberry32(seed + totals.workloads)
    const settings = settingsOf(chanceOf(random), policies)
    try {
      await checkWorkloads(new Campaign(settings, random, onState))
    } catch (cause) {
      const again = `npm run test:power-cuts -- --states 1 --seed ${seed + totals.workloads} --fsync ${settings.fsync}`
      throw new Error(`${messageOf(cause)}\nTo see it again: ${again}`, { cause })
    }
    totals.workloads += 1
    onWorkload(totals)
  }
  return totals
}

/** Small, so that a short workload has everything: segments of few records, and a snapshot every few more. */
const settingsOf = (chance: Chance, policies: readonly SyncPolicy[]): Settings => ({
  fsync: chance.pick(policies),
  segmentBytes: chance.pick([600, 2048, 8192]),
  snapshotRecords: chance.int(1, 10),
})

/** A workload, and then another one on what a power cut in the first has left. */
const checkWorkloads = async (campaign: Campaign): Promise<void> => {
  let start: Start | undefined = { state: await emptyDisk(), isWhole: true, recovered: new Map() }
  for (let episode = 0; episode < episodes && start !== undefined; episode += 1) start = await campaign.check(start)
}

/** A data directory that is there for good, and empty. */
export const emptyDisk = async (): Promise<DiskState> => {
  const disk = new SimulatedDisk()
  await disk.makeDirectory(dataDir)
  await disk.syncDirectory('/')
  return disk.state
}
