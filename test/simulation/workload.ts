import type { ProjectId } from '../../events/index.ts'
import { createRecordIds } from '../../src/platform/ids.ts'
import type { Random } from '../../src/platform/random.ts'
import { type Chance, chanceOf } from '../../tools/load-history/chance.ts'
import { FaultyFileSystem } from '../support/faulty-file-system.ts'
import type { DiskState } from '../support/simulated-disk/disk-state.ts'
import type { Recording } from '../support/simulated-disk/recorder.ts'
import { SimulatedDisk } from '../support/simulated-disk/simulated-disk.ts'
import type { Attempt } from './attempt.ts'
import { Client } from './client.ts'
import { recoveredBy } from './recovered.ts'
import { openServer, type Settings, type SimulatedServer } from './server.ts'
import { afterKill, Timeline } from './timeline.ts'
import { Turns } from './turns.ts'
import { witnessedLog, witnessedSnapshots } from './witness.ts'

export interface WorkloadOptions {
  readonly settings: Settings
  readonly random: Random
  /** The disk to begin with, and the last record of each project on it. */
  readonly start: DiskState
  readonly before: ReadonlyMap<ProjectId, Attempt>
}

/** What was done to a disk, and what was said while it was done. */
export interface Workload {
  readonly recording: Recording
  readonly timeline: Timeline
}

const mostLives = 3
const mostSteps = 200

/** Random commands to a server that is killed, or closed, and started again on the same disk a few times. */
export const runWorkload = async ({ settings, random, start, before }: WorkloadOptions): Promise<Workload> => {
  const chance = chanceOf(random)
  const turns = new Turns(chance)
  const disk = new SimulatedDisk(start, turns.turn)
  const timeline = new Timeline(() => disk.operations.length, before)
  const client = new Client(chance, timeline, settings.fsync === 'always')
  const scene: Scene = { settings, random, chance, turns, disk, timeline, client, clock: clockOf(chance) }
  for (let lives = chance.int(1, mostLives); lives > 0; lives -= 1) await live(scene)
  return { recording: disk, timeline }
}

interface Scene {
  readonly settings: Settings
  readonly random: Random
  readonly chance: Chance
  readonly turns: Turns
  readonly disk: SimulatedDisk
  readonly timeline: Timeline
  readonly client: Client
  readonly clock: () => number
}

/** From start to end of one process. */
const live = async (scene: Scene): Promise<void> => {
  const { chance, turns, client } = scene
  const fs = new FaultyFileSystem(scene.disk)
  const server = await begin(scene, fs)
  server
    .start()
    .then(server.compare)
    .catch((error: unknown) => client.failures.push(error))
  // Mostly short, so that there are many.
  for (let steps = chance.int(1, chance.int(1, mostSteps)); steps > 0; steps -= 1) {
    if (chance.happens(0.01)) fillDisk(fs, chance)
    if (chance.happens(0.002)) fs.plan('datasync', { code: 'EIO' }, 1, segments)
    if (chance.happens(0.2)) client.ask(server.store, chance.happens(0.5) ? chance.int(2, 6) : 1)
    else await turns.next()
  }
  if (chance.happens(0.3)) await turns.until(server.close().catch(client.note))
  turns.abandon()
  if (client.failures.length > 0) throw new AggregateError(client.failures, 'something failed as nothing should')
}

/** Starts a server. What it shows from then on is promised, as is what it publishes. */
const begin = async (scene: Scene, fs: FaultyFileSystem): Promise<SimulatedServer> => {
  const { settings, turns, timeline, random, disk, clock } = scene
  const opening = openServer({
    ...{ ...settings, fs, clock },
    nextRecordId: createRecordIds(random),
    pause: turns.pause,
    defer: turns.defer,
    watchLog: (log) => witnessedLog(log, timeline, settings.fsync),
    watchSnapshots: (snapshots) => witnessedSnapshots(snapshots, timeline),
  })
  const server = await turns.until(opening)
  const expected = afterKill(timeline.at(disk.operations.length))
  for (const [id, last] of recoveredBy(server, expected)) timeline.recovered(id, last)
  if (settings.fsync === 'always') {
    server.store.subscribe((commits) => {
      for (const { projectId, next } of commits) timeline.acknowledge(projectId, next)
    })
  }
  return server
}

const segments = /\/log\/.*\.jsonl$/

/** The next write to a log finds room for so many bytes only, and for a while there is no more for anybody. */
const fillDisk = (fs: FaultyFileSystem, chance: Chance): void => {
  fs.plan('appendSync', { take: chance.int(1, 2000) }, 1, segments)
  fs.plan('appendSync', { code: 'ENOSPC' }, 1, segments)
  fs.plan('appendSync', { code: 'ENOSPC' }, chance.int(1, 4))
}

/** A clock that mostly goes on, and now and then jumps back. */
const clockOf = (chance: Chance): (() => number) => {
  let now = 1_700_000_000_000
  return () => {
    now += chance.happens(0.05) ? -1000 : chance.int(0, 20)
    return now
  }
}
