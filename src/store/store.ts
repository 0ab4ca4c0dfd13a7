import {
  type Position,
  type Project,
  type ProjectId,
  projectIdOf,
  type RequestMark,
  type Session,
  type SessionId,
  start,
  type Task,
  type TaskId,
} from '../../events/index.ts'
import {
  listChildren,
  listSessions,
  listTasks,
  type ProjectState,
  type Row,
  type SessionFilter,
  type TaskFilter,
} from '../../projections/index.ts'
import type { Command, CreateProject } from '../commands/command.ts'
import { AppError } from '../errors.ts'
import type { Block, LogStatus } from '../log/log.ts'
import type { Ailment } from './ailment.ts'
import type { Commit, CommitListener } from './commit.ts'
import { Committed, type Standing } from './committed.ts'
import type { Shared, Surroundings } from './dependencies.ts'
import { Directory } from './directory.ts'
import { createHistory, type History } from './history.ts'
import { KeyTable } from './idempotency.ts'
import { loadProject } from './load-project.ts'
import { type LoadVisitor, noVisitor } from './load-visitor.ts'
import { Moves } from './moves.ts'
import { ProjectStore } from './project-store.ts'
import { RecentCommits } from './recent-commits.ts'
import { readRecords } from './records.ts'
import type { Answer, Request } from './request.ts'
import type { Capture } from './snapshot.ts'

/**
 * All projects: finds the one that a command or a question is about. Reads show durable state only and never wait;
 * writes resolve when they are durable.
 */
export class Store {
  readonly history: History
  readonly recent = new RecentCommits()
  readonly moves = new Moves((id) => this.positionOf(id).offset)
  readonly #directory = new Directory()
  readonly #projects = new Map<ProjectId, ProjectStore>()
  readonly #listeners = new Set<CommitListener>()
  /** Projects that are being created, by idempotency key where the request has one. */
  readonly #creating = new Map<string, Promise<unknown>>()
  readonly #unborn = new Set<ProjectStore>()
  readonly #shared: Shared

  constructor(surroundings: Surroundings) {
    this.history = createHistory(surroundings)
    this.#shared = {
      ...surroundings,
      directory: this.#directory,
      recent: this.recent,
      history: this.history,
      creationKeys: new KeyTable(),
      publish: (commits) => this.#publish(commits),
    }
  }

  /** Rebuilds everything from the logs. Once, before anything else. The visitor sees what is read. */
  async load(visitor: LoadVisitor = noVisitor): Promise<void> {
    for (const id of await this.#shared.log.list()) {
      const committed = await loadProject(this.#shared, id, visitor)
      if (committed.creation !== undefined) this.#shared.creationKeys.add(...committed.creation)
      this.#directory.adopt(committed.state, id)
      this.#projects.set(id, new ProjectStore(committed, this.#shared))
    }
  }

  /** Calls `listener` with all that becomes durable from now on, project by project in order. Returns how to stop. */
  subscribe(listener: CommitListener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  projects(): Row<Project>[] {
    return [...this.#projects.values()]
      .map((project) => project.state.project.get(project.id))
      .filter((row) => row !== undefined)
      .sort((a, b) => byId(a.entity, b.entity))
  }

  project(id: ProjectId): Row<Project> | undefined {
    return this.#projects.get(id)?.state.project.get(id)
  }

  task(id: TaskId): Row<Task> | undefined {
    return this.#stateOf(this.#directory.projectOfTask(id))?.task.get(id)
  }

  session(id: SessionId): Row<Session> | undefined {
    return this.#stateOf(this.#directory.projectOfSession(id))?.session.get(id)
  }

  /** Tasks of a project in creation order; of all projects, by id. */
  tasks(projectId: ProjectId | undefined, filter: TaskFilter): Row<Task>[] {
    return this.#list(projectId, (state) => listTasks(state, filter))
  }

  /** Sessions of a project in creation order; of all projects, by id. */
  sessions(projectId: ProjectId | undefined, filter: SessionFilter): Row<Session>[] {
    return this.#list(projectId, (state) => listSessions(state, filter))
  }

  /** The children of a task, in creation order. */
  children(id: TaskId): Row<Task>[] {
    const state = this.#stateOf(this.#directory.projectOfTask(id))
    return state === undefined ? [] : listChildren(state, id)
  }

  /** What is durable of a project, deleted or not. */
  stateOf(id: ProjectId): ProjectState | undefined {
    return this.#projects.get(id)?.state
  }

  /** Where a project stands, deleted or not, as far as it is durable. */
  standingOf(id: ProjectId): Standing | undefined {
    return this.#projects.get(id)?.standing
  }

  /** What a snapshot of a project is made from; undefined when its log takes no writes, and so has nothing new. */
  capture(id: ProjectId): Capture | undefined {
    return this.takesWrites(id) ? this.#projects.get(id)?.standing.capture() : undefined
  }

  /** Whether the log of a project takes writes. If it was damaged, say, its state is what could be read of it. */
  takesWrites(id: ProjectId): boolean {
    return this.statusOf(id).kind === 'open'
  }

  /** The position after the last durable record of a project. */
  positionOf(id: ProjectId): Position {
    return this.#projects.get(id)?.head ?? start
  }

  /** Durable lines of a project as they are in its log, in blocks, from an offset on and at most `limit`. */
  read(id: ProjectId, from: number, limit?: number): AsyncIterable<Block> {
    return this.#shared.log.read(id, from, limit)
  }

  /** Whether the log of a project takes writes, and if not, why. */
  statusOf(id: ProjectId): LogStatus {
    return this.#shared.log.status(id)
  }

  /** The position before the record at `offset`, which is at most the head. */
  async positionAt(id: ProjectId, offset: number): Promise<Position> {
    const head = this.positionOf(id)
    if (offset === 0) return start
    if (offset === head.offset) return head
    for await (const { next } of readRecords(this.#shared.log, this.#shared.sha256, id, offset - 1, 1)) return next
    throw new AppError('LOG_UNAVAILABLE', `The log of project ${id} has no record at offset ${offset - 1}`)
  }

  /** Whether the log of a project has, or had, its head at a position. */
  async hasPosition(id: ProjectId, { offset, hash }: Position): Promise<boolean> {
    return offset <= this.positionOf(id).offset && (await this.positionAt(id, offset)).hash === hash
  }

  /** Every project that has a log, deleted ones included. */
  logs(): ProjectId[] {
    return [...this.#projects.keys()]
  }

  /** The logs that do not take writes. */
  ailments(): Ailment[] {
    const ailments: Ailment[] = []
    for (const [projectId, { trouble }] of this.#projects) {
      const status = this.statusOf(projectId)
      if (status.kind !== 'open') ailments.push({ projectId, status })
      else if (trouble !== undefined) {
        ailments.push({ projectId, status: { kind: 'refusing', reason: trouble.message } })
      }
    }
    return ailments
  }

  /** How many records are decided and not durable yet. */
  get staged(): number {
    let staged = 0
    for (const project of [...this.#projects.values(), ...this.#unborn]) staged += project.staged
    return staged
  }

  /** Creates a project, with a log of its own. */
  async createProject(command: Omit<CreateProject, 'type'>, request: Request): Promise<Answer> {
    const key = request.mark?.key
    // Two projects are two logs, so a repeat of the same request waits for the first here and not in a log's order.
    while (key !== undefined && this.#creating.has(key)) await this.#creating.get(key)
    const created = this.#create({ type: 'create-project', ...command }, request)
    if (key === undefined) return created
    const over = created.then(
      () => this.#creating.delete(key),
      () => this.#creating.delete(key),
    )
    this.#creating.set(key, over)
    return created
  }

  /** A command about a project, or about something new in it. */
  inProject(id: ProjectId, command: Command, request: Request): Promise<Answer> {
    return this.#execute(this.#projects.get(id), command, request, 'PROJECT_NOT_FOUND', 'Project not found')
  }

  /** A command about a task, wherever it is. */
  onTask(id: TaskId, command: Command, request: Request): Promise<Answer> {
    const project = this.#projectOf(this.#directory.projectOfTask(id))
    return this.#execute(project, command, request, 'TASK_NOT_FOUND', 'Task not found')
  }

  /** A command about a session, wherever it is. */
  onSession(id: SessionId, command: Command, request: Request): Promise<Answer> {
    const project = this.#projectOf(this.#directory.projectOfSession(id))
    return this.#execute(project, command, request, 'SESSION_NOT_FOUND', 'Session not found')
  }

  /** Resolves when every write that has been asked for is durable or refused. */
  async idle(): Promise<void> {
    await Promise.all([...this.#projects.values(), ...this.#unborn].map((project) => project.idle()))
  }

  async #create(command: CreateProject, request: Request): Promise<Answer> {
    const { clock, nextRecordId } = this.#shared
    const at = clock()
    const project = new ProjectStore(new Committed(projectIdOf(nextRecordId(at), at)), this.#shared)
    this.#unborn.add(project)
    try {
      // Nobody can find the project before `#publish` puts it in its place, together with its first frame.
      return await project.execute(command, request)
    } finally {
      this.#unborn.delete(project)
    }
  }

  async #execute(
    project: ProjectStore | undefined,
    command: Command,
    request: Request,
    code: 'PROJECT_NOT_FOUND' | 'TASK_NOT_FOUND' | 'SESSION_NOT_FOUND',
    message: string,
  ): Promise<Answer> {
    // What a repeated deletion is about is gone, but the project still knows that it was done.
    const home = project ?? (request.mark && this.#rememberedBy(request.mark))
    if (home === undefined) throw new AppError(code, message)
    return home.execute(command, request)
  }

  #rememberedBy(mark: RequestMark): ProjectStore | undefined {
    for (const project of this.#projects.values()) if (project.remembers(mark)) return project
    return undefined
  }

  #projectOf(id: ProjectId | undefined): ProjectStore | undefined {
    return id === undefined ? undefined : this.#projects.get(id)
  }

  #stateOf(id: ProjectId | undefined): ProjectState | undefined {
    return this.#projectOf(id)?.state
  }

  #list<T extends { readonly id: string }>(
    projectId: ProjectId | undefined,
    list: (state: ProjectState) => Row<T>[],
  ): Row<T>[] {
    if (projectId !== undefined) {
      const state = this.#stateOf(projectId)
      return state === undefined ? [] : list(state)
    }
    return [...this.#projects.values()].flatMap(({ state }) => list(state)).sort((a, b) => byId(a.entity, b.entity))
  }

  #publish(commits: readonly Commit[]): void {
    for (const project of this.#unborn) {
      if (commits[0]?.projectId !== project.id) continue
      this.#projects.set(project.id, project)
      this.#unborn.delete(project)
    }
    for (const listener of this.#listeners) listener(commits)
    this.moves.committed(commits)
  }
}

const byId = (a: { readonly id: string }, b: { readonly id: string }): number => (a.id < b.id ? -1 : 1)
