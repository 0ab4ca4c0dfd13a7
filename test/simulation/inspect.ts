import type { EventRecord, ProjectId } from '../../events/index.ts'
import { createRecordIds } from '../../src/platform/ids.ts'
import type { Random } from '../../src/platform/random.ts'
import { sha256 } from '../../src/platform/hash.ts'
import { powerCut } from '../support/simulated-disk/crash-states.ts'
import type { DiskState } from '../support/simulated-disk/disk-state.ts'
import { type Recording, SimulatedDisk } from '../support/simulated-disk/simulated-disk.ts'
import { filesOf } from '../support/simulated-disk/tree.ts'
import { type Attempt, chainOf } from './attempt.ts'
import { expectEntityFiles, expectNothingThrownAway, expectUnchanged, expectWholeFiles } from './files.ts'
import { goOn } from './go-on.ts'
import { recoveredBy } from './recovered.ts'
import { noSnapshots, openServer, type ServerOptions, type SimulatedServer } from './server.ts'
import type { Expectation } from './timeline.ts'

export interface Inspection {
  /** The last record of each project that was found. */
  readonly recovered: ReadonlyMap<ProjectId, Attempt>
  /** What the first start did to the disk. */
  readonly recovery: Recording
}

export interface InspectOptions {
  readonly expected: Expectation
  readonly random: Random
  /** Whether what anybody was told is durable; if not, files may tell of records that were lost. */
  readonly isStrict: boolean
}

/**
 * Starts the server on a disk as it was left, and throws unless all is as it has to be: what was acknowledged is there,
 * nothing that was not attempted is, files follow, a second start changes nothing, and what is written then outlasts
 * another power cut.
 */
export const inspect = async (state: DiskState, { expected, random, isStrict }: InspectOptions): Promise<Inspection> => {
  expectWholeFiles(state, isStrict ? expected : undefined)
  const disk = new SimulatedDisk(state)
  const first = await open(disk, random)
  const recovered = recoveredBy(first, expected)
  await settle(first)
  const recovery = { start: disk.start, operations: [...disk.operations] }
  const files = filesOf(disk.state)
  expectEntityFiles(files, recovered, isStrict)
  expectNothingThrownAway(filesOf(state), files)

  const records: EventRecord[] = []
  const watchSnapshots = () => noSnapshots
  const second = await open(disk, random, { watchSnapshots, visit: (record) => records.push(record) })
  expectSame(recovered, recoveredBy(second, expected))
  expectRecords(recovered, records)
  await settle(second)
  expectUnchanged(files, filesOf(disk.state))

  const after = await goOn(second, recovered, random)
  const third = await open(new SimulatedDisk(powerCut(disk.state)), random)
  after.expectIn(third)
  return { recovered, recovery }
}

/** A server to which everything happens at once. */
const open = (fs: SimulatedDisk, random: Random, options: Partial<ServerOptions> = {}): Promise<SimulatedServer> =>
  openServer({
    fs,
    fsync: 'always',
    clock: () => 1_800_000_000_000,
    nextRecordId: createRecordIds(random),
    pause: async () => {},
    defer: (run) => run(),
    ...options,
  })

const settle = async (server: SimulatedServer): Promise<void> => {
  await server.start()
  await server.idle()
  if (server.errors.length > 0) throw new AggregateError(server.errors, 'something could not be written')
}

const expectSame = (first: ReadonlyMap<ProjectId, Attempt>, second: ReadonlyMap<ProjectId, Attempt>): void => {
  const names = (found: ReadonlyMap<ProjectId, Attempt>): string[] =>
    [...found].map(([id, { offset }]) => `${id}:${offset}`).sort()
  if (names(first).join() !== names(second).join()) {
    throw new Error(`a start without snapshots found ${names(second)} and not ${names(first)}`)
  }
}

/** Each record is the one that was attempted in its place. */
const expectRecords = (recovered: ReadonlyMap<ProjectId, Attempt>, records: readonly EventRecord[]): void => {
  for (const [id, last] of recovered) {
    const found = records.filter(({ projectId }) => projectId === id)
    for (const { offset, draft, hash } of chainOf(last)) {
      const record = found[offset]
      const isIt =
        record?.offset === offset && record.id === draft.id && record.type === draft.type && record.at === draft.at
      if (!isIt || record.digest !== sha256(draft.data) || (hash ?? record.hash) !== record.hash) {
        throw new Error(`${id}: record ${offset} is not the one that was attempted`)
      }
    }
  }
}
