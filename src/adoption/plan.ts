import type { z } from 'zod'
import { Project, type ProjectId, Session, Task, type TaskId } from '../../events/index.ts'
import type { Left } from './entity-file-list.ts'
import { createdAtOf, type Stamp, startedAtOf } from './fields.ts'
import { agreed, type Members } from './links.ts'
import type { OldEntity } from './old-entity.ts'
import { oldProject } from './project.ts'
import { type Adopted, type AdoptedProject, fits, projectEvent, sessionEvent, taskEvent } from './records.ts'
import { oldSession } from './session.ts'
import { oldTask } from './task.ts'
import { untaken } from './untaken.ts'

/** What will be adopted, and what of the files will not. */
export interface Plan {
  readonly projects: readonly AdoptedProject[]
  readonly left: readonly Left[]
}

/**
 * Decides what becomes of every entity that was found, and touches nothing. `stamp` gives one record after the other its
 * id and time.
 */
export const planAdoption = (found: readonly OldEntity[], stamp: () => Stamp): Plan => new Planner(found, stamp).plan()

const tooLarge = 'is too large for a record'

class Planner {
  readonly #found: readonly OldEntity[]
  readonly #stamp: () => Stamp
  readonly #left: Left[] = []
  /** The tasks that are adopted by now: one that is in two projects belongs to the first. */
  readonly #tasks = new Set<TaskId>()

  constructor(found: readonly OldEntity[], stamp: () => Stamp) {
    this.#found = found
    this.#stamp = stamp
  }

  plan(): Plan {
    const tasks = grouped(this.#found, 'task', ({ folder }) => folder)
    const sessions = grouped(this.#found, 'session', ({ fields }) => fields.projectId)
    const projects: AdoptedProject[] = []
    for (const old of this.#found.filter(({ kind }) => kind === 'project')) {
      const project = this.#project(old)
      if (project === undefined) continue
      const members = this.#members(project.entity.id, tasks.get(old.id) ?? [], sessions.get(old.id) ?? [])
      tasks.delete(old.id)
      sessions.delete(old.id)
      projects.push({ project, ...members })
    }
    for (const { path } of [...tasks.values(), ...sessions.values()].flat()) {
      this.#left.push({ path, reason: 'belongs to no project that is adopted' })
    }
    return { projects, left: this.#left }
  }

  #project(old: OldEntity): Adopted<Project> | undefined {
    const project = this.#take(old, Project, oldProject)
    if (project === undefined || fits(projectEvent(project))) return project
    this.#left.push({ path: old.path, reason: tooLarge })
    return undefined
  }

  #members(
    projectId: ProjectId,
    tasks: readonly OldEntity[],
    sessions: readonly OldEntity[],
  ): Members<Adopted<Task>, Adopted<Session>> {
    const members = this.#sized({
      tasks: inOrder(tasks, createdAtOf).flatMap((old) => this.#task(old, projectId) ?? []),
      sessions: inOrder(sessions, startedAtOf).flatMap((old) => this.#take(old, Session, oldSession) ?? []),
    })
    for (const { entity } of members.tasks) this.#tasks.add(entity.id)
    return members
  }

  #task(old: OldEntity, projectId: ProjectId): Adopted<Task> | undefined {
    const task = this.#take(old, Task, oldTask)
    if (task === undefined) return undefined
    const home = task.entity.projectId === projectId
    if (home && !this.#tasks.has(task.entity.id)) return task
    const reason = home
      ? 'has the id of a task that another project has'
      : 'has a projectId that is not the folder it is in'
    this.#left.push({ path: old.path, reason })
    return undefined
  }

  #take<T>(
    old: OldEntity,
    schema: z.ZodType<T>,
    fill: (old: OldEntity, stamp: Stamp) => object,
  ): Adopted<T> | undefined {
    const stamp = this.#stamp()
    const parsed = schema.safeParse(fill(old, stamp))
    if (parsed.success) {
      return { path: old.path, entity: parsed.data, stamp, untaken: untaken(old.fields, parsed.data) }
    }
    this.#left.push({ path: old.path, reason: `does not hold a ${old.kind}: ${told(parsed.error)}` })
    return undefined
  }

  /** Links can make an entity too large for a record. It is left alone, and what only it said of links does not count. */
  #sized(members: Members<Adopted<Task>, Adopted<Session>>): Members<Adopted<Task>, Adopted<Session>> {
    const { tasks, sessions } = agreed(members)
    const large = [
      ...tasks.filter((task) => !fits(taskEvent(task))),
      ...sessions.filter((session) => !fits(sessionEvent(session))),
    ]
    if (large.length === 0) return { tasks, sessions }
    this.#left.push(...large.map(({ path }) => ({ path, reason: tooLarge })))
    const paths = new Set(large.map(({ path }) => path))
    return this.#sized({
      tasks: members.tasks.filter(({ path }) => !paths.has(path)),
      sessions: members.sessions.filter(({ path }) => !paths.has(path)),
    })
  }
}

/** Entities of a kind by the project that they say is theirs. */
const grouped = (
  found: readonly OldEntity[],
  kind: OldEntity['kind'],
  projectOf: (old: OldEntity) => unknown,
): Map<unknown, OldEntity[]> => {
  const groups = new Map<unknown, OldEntity[]>()
  for (const old of found) {
    if (old.kind !== kind) continue
    const group = groups.get(projectOf(old))
    if (group === undefined) groups.set(projectOf(old), [old])
    else group.push(old)
  }
  return groups
}

/** The order in which they came into being, which is that of the log and so of every list. */
const inOrder = (found: readonly OldEntity[], beganAt: (old: OldEntity, at: number) => unknown): OldEntity[] =>
  found
    .map((old) => ({ old, at: timeOr(Number.POSITIVE_INFINITY, beganAt(old, Number.POSITIVE_INFINITY)) }))
    .sort((a, b) => a.at - b.at || (a.old.id < b.old.id ? -1 : 1))
    .map(({ old }) => old)

const timeOr = (otherwise: number, value: unknown): number =>
  typeof value === 'number' && Number.isFinite(value) ? value : otherwise

/** The first things that a schema has against a value, in one line. Never quotes the value. */
const told = ({ issues }: z.ZodError): string =>
  issues
    .slice(0, 3)
    .map(({ path, message }) => `${path.join('.')} ${message}`)
    .join('; ')
