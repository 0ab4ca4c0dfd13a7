import { changed, isEmpty } from '../../../src/commands/fields.ts'
import type { Fields } from '../history/change.ts'
import type { Entry } from '../history/entries.ts'
import { entriesOf, fieldsOf, initial, isBlank } from './fields.ts'
import type { Action, Handle, Step, TaskFields, Touched } from './step.ts'
import { type Unmade, World, type WorldTask } from './world.ts'

/** Why a change makes no request. */
export type Skipped = 'no-such-task' | 'exists-already' | 'nothing-to-send'

export type Mapped =
  | { readonly kind: 'steps'; readonly steps: readonly Step[] }
  | { readonly kind: 'skipped'; readonly reason: Skipped }

/**
 * Turns a history into steps, change by change; the same history gives the same steps. It knows what every step leaves
 * behind, so that the server refuses none (a relation to a missing task, a cycle) and none leaves everything as it is.
 * Repeats depend on the latter: the server knows a request again by the record that it made, and one that made none would
 * be carried out again, over whatever came later.
 */
export class Mapping {
  readonly #world = new World()
  /** The session of each assignee. */
  readonly #sessions = new Map<string, Handle>()

  next({ place, key, change }: Entry): Mapped {
    const task = this.#world.task(change.id)
    const steps = new Steps(key)
    switch (change.op) {
      case 'create':
        if (task !== undefined) return { kind: 'skipped', reason: 'exists-already' }
        this.#create(change.id, `${change.id}@${place}`, change.set, steps)
        break
      case 'update':
        if (task === undefined) return { kind: 'skipped', reason: 'no-such-task' }
        this.#update(task, change.set, steps)
        break
      case 'delete':
        if (task === undefined) return { kind: 'skipped', reason: 'no-such-task' }
        this.#delete(task, steps)
        break
      default:
        change satisfies never
    }
    return steps.list.length === 0
      ? { kind: 'skipped', reason: 'nothing-to-send' }
      : { kind: 'steps', steps: steps.list }
  }

  /** How many relations that the tasks of now declare are not made, by reason. */
  unmade(): Record<Unmade, number> {
    return this.#world.unmade()
  }

  /** The server takes a status only for a task that exists; so that, and what else cannot be given, is updated at once. */
  #create(id: string, handle: Handle, set: Fields & Pick<TaskFields, 'title'>, steps: Steps): void {
    const declared = set.dependencies ?? []
    const task: WorldTask = { id, handle, title: set.title, ...initial, declared, session: undefined, comments: [] }
    const { looked, ...relations } = this.#world.possible(task)
    const { description, priority } = fieldsOf(set)
    const fields = changed<Partial<TaskFields>>(initial, { description, priority, ...relations })
    steps.add({ kind: 'create-task', task: handle, fields: { title: set.title, ...fields } }, [...looked], [handle])
    this.#world.add(Object.assign(task, fields))
    this.#update(task, set, steps)
    for (const other of this.#world.declarersOf(id)) this.#patch(other, {}, true, steps)
  }

  #update(task: WorldTask, set: Fields, steps: Steps): void {
    if (set.dependencies !== undefined) this.#world.declare(task, set.dependencies ?? [])
    this.#patch(task, fieldsOf(set), set.dependencies !== undefined, steps)
    for (const entry of entriesOf(set, task.comments)) {
      steps.add({ kind: 'add-entry', task: task.handle, ...entry }, [], [task.handle])
    }
    if (set.comments !== undefined) task.comments = set.comments ?? []
    if (set.assignee !== undefined) this.#assign(task, set.assignee, steps)
  }

  /** `relate`: whether to look again at what the task declares. */
  #patch(task: WorldTask, fields: ReturnType<typeof fieldsOf>, relate: boolean, steps: Steps): void {
    const related = relate ? relatedTo(task) : []
    const { looked = [], ...relations } = relate ? this.#world.possible(task) : {}
    const changes = changed<TaskFields>(task, { ...fields, ...relations })
    if (isEmpty(changes)) return
    steps.add({ kind: 'update-task', task: task.handle, changes }, [...related, ...looked], [task.handle])
    Object.assign(task, changes)
  }

  #assign(task: WorldTask, assignee: string | null, steps: Steps): void {
    const session = isBlank(assignee) ? undefined : this.#sessionOf(assignee, steps)
    if (session === task.session) return
    const link = (kind: 'link-session' | 'unlink-session', one: Handle | undefined): void => {
      if (one !== undefined) steps.add({ kind, session: one, task: task.handle }, [], [one, task.handle])
    }
    link('unlink-session', task.session)
    link('link-session', session)
    task.session = session
  }

  #sessionOf(assignee: string, steps: Steps): Handle {
    const known = this.#sessions.get(assignee)
    if (known !== undefined) return known
    const session = `${assignee}@session`
    this.#sessions.set(assignee, session)
    steps.add({ kind: 'create-session', session, name: assignee }, [], [session])
    return session
  }

  #delete(task: WorldTask, steps: Steps): void {
    const { gone, dependents } = this.#world.remove(task)
    const handles = gone.map(({ handle }) => handle)
    const sessions = gone.flatMap(({ session }) => (session === undefined ? [] : [session]))
    const writes = [...handles, ...dependents.map(({ handle }) => handle), ...sessions]
    steps.add({ kind: 'delete-task', task: task.handle, gone: handles }, gone.flatMap(relatedTo), writes)
  }
}

/**
 * What a task is related to. A step that ends a relation reads its other end, so that nobody deletes that one before, with
 * all that still hangs on it.
 */
const relatedTo = ({ parent, dependencies }: WorldTask): Handle[] => [
  ...(parent === null ? [] : [parent]),
  ...dependencies,
]

/** Each once, and what is written is not named as read as well. */
const touchedOnce = (reads: readonly Handle[], writes: readonly Handle[]): Touched => {
  const written = new Set(writes)
  return { reads: [...new Set(reads)].filter((handle) => !written.has(handle)), writes: [...written] }
}

/** The steps of one change, each with a key of its own. */
class Steps {
  readonly list: Step[] = []
  readonly #key: string

  constructor(key: string) {
    this.#key = key
  }

  add(action: Action, reads: readonly Handle[], writes: readonly Handle[]): void {
    this.list.push({ key: `${this.#key}:${this.list.length}`, action, ...touchedOnce(reads, writes) })
  }
}
