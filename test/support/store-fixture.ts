import { canonical, type ProjectId, type RequestMark, type SessionId, type TaskId } from '../../events/index.ts'
import { type ProjectState, type Row, type Subject, stateHash } from '../../projections/index.ts'
import type { Command } from '../../src/commands/command.ts'
import type { AppError } from '../../src/errors.ts'
import type { Log } from '../../src/log/log.ts'
import type { Snapshots } from '../../src/log/snapshots.ts'
import { createHasher, sha256 } from '../../src/platform/hash.ts'
import { createRecordIds } from '../../src/platform/ids.ts'
import { type Logger, silentLogger } from '../../src/platform/logger.ts'
import type { Pace } from '../../src/platform/pace.ts'
import type { LoadVisitor } from '../../src/store/load-visitor.ts'
import type { Answer, Request } from '../../src/store/request.ts'
import { Snapshotter } from '../../src/store/snapshotter.ts'
import { Store } from '../../src/store/store.ts'
import { mulberry32 } from '../../tools/load-history/chance.ts'
import { createProject, createSession, createTask } from './commands.ts'
import { GatedLog } from './gated-log.ts'
import { MemoryLog, type MemoryLogStorage } from './memory-log.ts'
import { type MemorySnapshotStorage, MemorySnapshots } from './memory-snapshots.ts'
import { machine, timeAt } from './vocabulary.ts'

export interface StoreFixtureOptions {
  /** What outlives a server: its log and its snapshots. Stores that share them are servers over one database. */
  readonly storage?: MemoryLogStorage
  readonly snapshotStorage?: MemorySnapshotStorage
  /** Instead of those in memory. */
  readonly log?: Log
  readonly snapshots?: Snapshots
  /** Makes the randomness of ids: servers that live at the same time have different ones. */
  readonly seed?: number
  /** When what is staged is written; at once if not given. */
  readonly defer?: (run: () => void) => void
  readonly visitor?: LoadVisitor
}

/** A store over logs and snapshots in memory, with a clock that a test sets and a gate before every append. */
export class StoreFixture {
  readonly store: Store
  readonly log: GatedLog
  readonly snapshots: Snapshots
  readonly storage: MemoryLogStorage
  readonly snapshotStorage: MemorySnapshotStorage
  /** What the clock says, ms. */
  now = timeAt(0)

  constructor(options: StoreFixtureOptions = {}) {
    const { storage = new Map(), snapshotStorage = new Map(), seed = 1, defer = (run) => run() } = options
    this.storage = storage
    this.snapshotStorage = snapshotStorage
    this.log = new GatedLog(options.log ?? new MemoryLog(storage))
    this.snapshots = options.snapshots ?? new MemorySnapshots(snapshotStorage)
    this.store = new Store({
      ...{ log: this.log, snapshots: this.snapshots, clock: () => this.now },
      ...{ nextRecordId: createRecordIds(mulberry32(seed)), sha256, machine, defer, pace: noRest },
    })
  }

  /** Sends a command where the HTTP routes send it. */
  send(projectId: ProjectId, command: Command, request: Request = byUser): Promise<Answer> {
    switch (command.type) {
      case 'create-project':
        return this.store.createProject(command, request)
      case 'update-project':
      case 'delete-project':
      case 'create-task':
      case 'create-session':
      case 'spawn-session':
        return this.store.inProject(projectId, command, request)
      case 'update-session':
      case 'delete-session':
      case 'add-session-event':
      case 'link-task':
      case 'unlink-task':
        return this.store.onSession(command.sessionId, command, request)
      default:
        return this.store.onTask(command.taskId, command, request)
    }
  }

  async givenProject(name = 'Project'): Promise<ProjectId> {
    const { sight } = await this.store.createProject(createProject({ name }), byUser)
    if (sight.kind !== 'project') throw new Error('no project')
    return sight.id
  }

  async givenTask(projectId: ProjectId, title = 'Task', parentId?: TaskId): Promise<TaskId> {
    const { sight } = await this.send(projectId, createTask({ title, parentId }))
    if (sight.kind !== 'task') throw new Error('no task')
    return sight.id
  }

  async givenSession(projectId: ProjectId, taskIds: readonly TaskId[] = []): Promise<SessionId> {
    const { sight } = await this.send(projectId, createSession({ taskIds }))
    if (sight.kind !== 'session') throw new Error('no session')
    return sight.id
  }

  /** What is durable of a project. */
  stateOf(projectId: ProjectId): ProjectState {
    const state = this.store.stateOf(projectId)
    if (state === undefined) throw new Error(`no project ${projectId}`)
    return state
  }

  stateHash(projectId: ProjectId): string {
    return stateHash(this.stateOf(projectId), sha256)
  }

  /** Takes a snapshot of a project as it is now; the files of what is `gone` may still be there. */
  async snapshot(projectId: ProjectId, gone: readonly Subject[] = []): Promise<void> {
    const { store, snapshots } = this
    const snapshotter = new Snapshotter({
      ...{ snapshots, sha256, createHasher, ...noRest, logger: strictLogger },
      capture: (id) => store.capture(id),
      outstanding: () => gone,
      limits: { records: 1, bytes: 1 },
    })
    snapshotter.replayed(projectId)
    await snapshotter.close()
  }

  /** Another server over the same log and snapshots: the next one, or one beside this. */
  another(options: StoreFixtureOptions = {}): Promise<StoreFixture> {
    const { storage, snapshotStorage } = this
    return openStore({ storage, snapshotStorage, seed: 2, ...options })
  }
}

/** A store that has loaded what there is. */
export const openStore = async (options: StoreFixtureOptions = {}): Promise<StoreFixture> => {
  const fixture = new StoreFixture(options)
  await fixture.store.load(options.visitor)
  return fixture
}

/** Work in the background that is never held up. */
export const noRest: Pace = { pause: async () => {}, stopwatch: () => 0 }

/** For what must go well. */
export const strictLogger: Logger = {
  ...silentLogger,
  warn: (fields, message) => {
    throw new Error(`${message}: ${JSON.stringify(fields)}`)
  },
}

export const byUser: Request = { actor: { kind: 'user' } }
/** A request with an idempotency key; requests with the same text are the same request. */
export const withKey = (key: string, text = ''): Request & { readonly mark: RequestMark } => ({
  ...byUser,
  mark: { key, digest: sha256(text) },
})
export const ifMatch = (...versions: number[]): Request => ({ ...byUser, ifMatch: versions })

/** What became of a request so far. */
export interface Watched {
  readonly promise: Promise<Answer>
  answer?: Answer
  refusal?: AppError
}

/** Watches a request without waiting for it. */
export const watch = (promise: Promise<Answer>): Watched => {
  const watched: Watched = { promise }
  promise.then(
    (answer) => {
      watched.answer = answer
    },
    (refusal: AppError) => {
      watched.refusal = refusal
    },
  )
  return watched
}

/** In memory everything that follows from what a test did has happened after one turn of the event loop. */
export const quiet = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** All that there is to see of an entity: itself, its version, and its place in creation order. */
export const visible = (rows: Iterable<Row<object>>): string[] =>
  [...rows].map(({ entity, version, created }) => canonical({ entity, version, created }))

/** All that there is to see in a project, with lists in their order. */
export const allOf = ({ project, task, session }: ProjectState): string[] =>
  [project.rows(), task.rows(), session.rows()].flatMap(visible)
