import type { EventRecord, ProjectId } from '../../events/index.ts'
import { sha256 } from '../../src/platform/hash.ts'
import type { Random } from '../../src/platform/random.ts'
import { powerCut } from '../support/simulated-disk/crash-states.ts'
import type { DiskState } from '../support/simulated-disk/disk-state.ts'
import type { Recording } from '../support/simulated-disk/recorder.ts'
import { SimulatedDisk } from '../support/simulated-disk/simulated-disk.ts'
import { filesOf } from '../support/simulated-disk/tree.ts'
import { type Attempt, chainOf } from './attempt.ts'
import { expectEntityFiles, expectSetAside, expectUnchanged, expectWholeFiles, isBehind, takenFrom } from './files.ts'
import { goOn } from './go-on.ts'
import { recoveredBy } from './recovered.ts'
import { noSnapshots, openAtOnce, type Settings, type SimulatedServer } from './server.ts'
import type { Expectation } from './timeline.ts'

/** A disk as it was left, and what has to be found on it. */
export interface Case {
  readonly state: DiskState
  readonly expected: Expectation
  /** What an earlier recovery has set aside. */
  readonly kept: readonly Uint8Array[]
  /** What it was left by. */
  readonly after: 'power cut' | 'kill' | 'power cut in a recovery'
  /** Whether no power cut has ever taken anything from it. */
  readonly isWhole: boolean
}

export interface Inspection {
  /** The last record of each project that was found. */
  readonly recovered: ReadonlyMap<ProjectId, Attempt>
  /** What the first start did to the disk. */
  readonly recovery: Recording
  /** What it took out of logs. */
  readonly taken: readonly Uint8Array[]
  /** Whether entity files were not as they should be. */
  readonly isBehind: boolean
}

/**
 * Starts the server on a disk as it was left, and throws unless all is as it has to be: what was acknowledged is there,
 * nothing that was not attempted is, files follow, a second start changes nothing, and what is written then outlasts
 * another power cut, after which the whole log says the same as snapshots did.
 */
export const inspect = async (one: Case, settings: Settings, random: Random): Promise<Inspection> => {
  const { state, expected, kept, isWhole } = one
  // Where what was told can be lost, files may tell of records that were.
  const isStrict = settings.fsync === 'always'
  const before = filesOf(state)
  expectWholeFiles(before, isStrict ? expected : undefined)
  const disk = new SimulatedDisk(state)
  const open = () => openAtOnce(disk, settings, random)

  const first = await open()
  const recovered = recoveredBy(first, expected)
  await first.start()
  await first.idle()
  // After a kill, checkpoints tell what lags. A power cut may take what they vouch for; comparing finds that.
  if (isWhole) expectEntityFiles(filesOf(disk.state), recovered, isStrict)
  await settle(first)
  const recovery = { start: disk.start, operations: [...disk.operations] }
  const files = filesOf(disk.state)
  expectEntityFiles(files, recovered, isStrict)
  const taken = takenFrom(before, files)
  expectSetAside(files, [...kept, ...taken])

  const second = await open()
  expectSame(recovered, recoveredBy(second, expected))
  await second.start()
  await settle(second)
  expectUnchanged(files, filesOf(disk.state), recovered)

  const after = await goOn(second, recovered, random)
  const records: EventRecord[] = []
  const third = await openAtOnce(new SimulatedDisk(powerCut(disk.state)), settings, random, {
    watchSnapshots: () => noSnapshots,
    visit: (record) => records.push(record),
  })
  after.expectIn(third)
  expectRecords(recovered, records)
  return { recovered, recovery, taken, isBehind: isBehind(before, files) }
}

const settle = async (server: SimulatedServer): Promise<void> => {
  await server.compare()
  await server.idle()
  if (server.errors.length > 0) throw new AggregateError(server.errors, 'something could not be written')
}

const expectSame = (first: ReadonlyMap<ProjectId, Attempt>, second: ReadonlyMap<ProjectId, Attempt>): void => {
  const names = (found: ReadonlyMap<ProjectId, Attempt>): string[] =>
    [...found].map(([id, { offset }]) => `${id}:${offset}`).sort()
  if (names(first).join() !== names(second).join()) {
    throw new Error(`a second start found ${names(second)} and not ${names(first)}`)
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
