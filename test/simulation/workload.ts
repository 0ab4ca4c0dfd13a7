import fc from 'fast-check'
import type { ProjectId, RequestMark } from '../../events/index.ts'
import type { ProjectState } from '../../projections/index.ts'
import type { Command } from '../../src/commands/command.ts'
import { AppError } from '../../src/errors.ts'
import { sha256 } from '../../src/platform/hash.ts'
import { createRecordIds } from '../../src/platform/ids.ts'
import type { Random } from '../../src/platform/random.ts'
import type { Answer, Request } from '../../src/store/request.ts'
import { type Chance, chanceOf } from '../../tools/load-history/chance.ts'
import { FaultyFileSystem } from '../support/faulty-file-system.ts'
import { commandOf } from '../support/histories.ts'
import { type Intent, intents } from '../support/intents.ts'
import type { DiskState } from '../support/simulated-disk/disk-state.ts'
import type { Recording } from '../support/simulated-disk/recorder.ts'
import { SimulatedDisk } from '../support/simulated-disk/simulated-disk.ts'
import type { Attempt } from './attempt.ts'
import { recoveredBy } from './recovered.ts'
import { openServer, type Settings, type SimulatedServer } from './server.ts'
import { Timeline } from './timeline.ts'
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
const mostSteps = 60
const mostProjects = 3

/** Random commands to a server that is killed, or closed, and started again on the same disk a few times. */
export const runWorkload = async ({ settings, random, start, before }: WorkloadOptions): Promise<Workload> => {
  const chance = chanceOf(random)
  const turns = new Turns(chance)
  const disk = new SimulatedDisk(start, turns.turn)
  const timeline = new Timeline(() => disk.operations.length, before)
  const session = { settings, random, chance, turns, disk, timeline, plans: plansOf(chance), clock: clockOf(chance) }
  for (let lives = chance.int(1, mostLives); lives > 0; lives -= 1) await live(session)
  return { recording: disk, timeline }
}

interface Session {
  readonly settings: Settings
  readonly random: Random
  readonly chance: Chance
  readonly turns: Turns
  readonly disk: SimulatedDisk
  readonly timeline: Timeline
  readonly plans: Iterator<Intent>
  readonly clock: () => number
}

/** From start to end of one process. */
const live = async (session: Session): Promise<void> => {
  const { chance, turns, disk, timeline, settings } = session
  const faulty = new FaultyFileSystem(disk)
  const failures: unknown[] = []
  const server = await turns.until(open(session, faulty))
  for (const [id, last] of recoveredBy(server, timeline.at(disk.operations.length))) timeline.recovered(id, last)
  if (settings.fsync === 'always') {
    server.store.subscribe((commits) => {
      for (const { projectId, next } of commits) timeline.acknowledge(projectId, next)
    })
  }
  const isOver = (error: unknown): unknown => failures.push(error)
  server.start().then(server.compare).catch(isOver)
  for (let steps = chance.int(1, mostSteps); steps > 0; steps -= 1) {
    if (chance.happens(0.03)) fillDisk(faulty, chance)
    if (chance.happens(0.2)) askAtOnce(session, server, failures)
    else await turns.next()
  }
  if (chance.happens(0.3)) await turns.until(server.close())
  turns.abandon()
  if (failures.length > 0) throw new AggregateError(failures, 'a command failed as none should')
}

const open = ({ settings, turns, timeline, random, clock }: Session, fs: FaultyFileSystem): Promise<SimulatedServer> =>
  openServer({
    ...{ ...settings, fs, clock },
    nextRecordId: createRecordIds(random),
    pause: turns.pause,
    defer: turns.defer,
    watchLog: (log) => witnessedLog(log, timeline, settings.fsync),
    watchSnapshots: (snapshots) => witnessedSnapshots(snapshots, timeline),
  })

/** Now and then several commands come at once, and go into one write. */
const askAtOnce = (session: Session, server: SimulatedServer, failures: unknown[]): void => {
  const { chance } = session
  const most = server.store.projects().length === 0 ? 2 : 6
  for (let count = chance.happens(0.3) ? chance.int(1, most) : 1; count > 0; count -= 1) ask(session, server, failures)
}

/** Gives the server a command and does not wait for the answer. */
const ask = (session: Session, { store }: SimulatedServer, failures: unknown[]): void => {
  const { chance, timeline, settings, plans } = session
  const request: Request = { actor: { kind: 'user' }, mark: chance.happens(0.3) ? markOf(chance) : undefined }
  const ids = store.projects().map(({ entity }) => entity.id)
  const isNew = ids.length === 0 || (ids.length < mostProjects && chance.happens(0.05))
  const id = isNew ? undefined : chance.pick(ids)
  const state = id && store.stateOf(id)
  const answer =
    id === undefined || state === undefined
      ? store.createProject({ name: 'Project' }, request)
      : store.inProject(id, commandLike(plans.next().value, state, chance), request)
  const told = ({ receipt, sight }: Answer): void => {
    const home = sight.kind === 'project' ? sight.id : id
    if (settings.fsync === 'always' && home !== undefined) timeline.acknowledge(home, receipt)
  }
  answer.then(told).catch((error: unknown) => {
    if (!(error instanceof AppError)) failures.push(error)
  })
}

/** More is deleted than usual, since that is what files are easily left behind by; and some records fill several sectors. */
const commandLike = (intent: Intent, state: ProjectState, chance: Chance): Command => {
  const type = chance.happens(0.15) ? chance.pick(['delete-task', 'delete-session'] as const) : intent.type
  const command = commandOf({ ...intent, type }, state)
  const isLong = command.type === 'create-task' && chance.happens(0.3)
  return isLong ? { ...command, description: 'long '.repeat(chance.int(1, 400)) } : command
}

/** Few keys, so that some are used twice. */
const markOf = (chance: Chance): RequestMark => {
  const key = `key-${chance.int(1, 40)}`
  return { key, digest: sha256(key) }
}

/** The next write of a log finds room for so many bytes only, and for a while there is no more for anybody. */
const fillDisk = (faulty: FaultyFileSystem, chance: Chance): void => {
  faulty.plan('appendSync', { take: chance.int(1, 3000) }, 1, /\/log\/.*\.jsonl$/)
  faulty.plan('appendSync', { code: 'ENOSPC' }, 1, /\/log\/.*\.jsonl$/)
  faulty.plan('appendSync', { code: 'ENOSPC' }, chance.int(1, 4))
}

/** Commands to make, without end. */
function* plansOf(chance: Chance): Generator<Intent, never> {
  for (;;) yield* fc.sample(intents(40), { seed: chance.int(0, 2 ** 31 - 1), numRuns: 5 }).flat()
}

/** A clock that mostly goes on, and now and then jumps back. */
const clockOf = (chance: Chance): (() => number) => {
  let now = 1_700_000_000_000
  return () => {
    now += chance.happens(0.05) ? -1000 : chance.int(0, 20)
    return now
  }
}
