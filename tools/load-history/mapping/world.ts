import type { Comment, Relation } from '../history/change.ts'
import type { Handle, TaskFields } from './step.ts'

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

/** A task as the server has it once all steps so far are carried out. */
export interface WorldTask extends Mutable<TaskFields> {
  /** Its id in the history. */
  readonly id: string
  readonly handle: Handle
  /** What the history says of its relations, possible or not. */
  declared: readonly Relation[]
  session: Handle | undefined
  comments: readonly Comment[]
}

/** Those of a task's declared relations that can be, and every task that had to be looked at to know. */
export interface Possible {
  readonly parent: Handle | null
  readonly dependencies: readonly Handle[]
  readonly looked: ReadonlySet<Handle>
}

/** Why a declared relation is not one on the server. */
export type Unmade = 'missing-task' | 'cycle' | 'second-parent' | 'other-kind'

const parentKind = 'parent-child'
const dependencyKind = 'blocks'

/** The tasks that exist at a point of the history, and how they relate. */
export class World {
  readonly #byId = new Map<string, WorldTask>()
  readonly #byHandle = new Map<Handle, WorldTask>()
  /** For each id, whether there is such a task or not, the tasks that declare a relation to it. */
  readonly #declarers = new Map<string, Set<WorldTask>>()

  task(id: string): WorldTask | undefined {
    return this.#byId.get(id)
  }

  add(task: WorldTask): void {
    this.#byId.set(task.id, task)
    this.#byHandle.set(task.handle, task)
    this.#note(task)
  }

  declare(task: WorldTask, declared: readonly Relation[]): void {
    this.#forget(task)
    task.declared = declared
    this.#note(task)
  }

  declarersOf(id: string): WorldTask[] {
    return [...(this.#declarers.get(id) ?? [])]
  }

  /**
   * The relations that the server would accept now: to tasks that exist, without a cycle. The parent is the first one
   * declared or none, so that it does not depend on which of several comes first.
   */
  possible({ handle, declared }: Pick<WorldTask, 'handle' | 'declared'>): Possible {
    const looked = new Set<Handle>()
    const accepted = (id: string, next: Edges): Handle[] => {
      const other = this.#byId.get(id)
      if (other === undefined) return []
      const met = this.#walk(other, next)
      for (const one of met) looked.add(one)
      return met.has(handle) ? [] : [other.handle]
    }
    const [parent] = idsOf(declared, parentKind)
    return {
      parent: (parent === undefined ? [] : accepted(parent, parents))[0] ?? null,
      dependencies: idsOf(declared, dependencyKind).flatMap((id) => accepted(id, dependencies)),
      looked,
    }
  }

  /** Takes a task and all below it away, and out of the dependencies of others; tells which went and which lost one. */
  remove(root: WorldTask): { gone: readonly WorldTask[]; dependents: readonly WorldTask[] } {
    const gone = new Set([root])
    // A set yields what is added while it is gone over: it is the list of what is still to visit as well.
    for (const task of gone) {
      for (const child of this.declarersOf(task.id)) if (child.parent === task.handle) gone.add(child)
    }
    const handles = new Set([...gone].map(({ handle }) => handle))
    const dependents = new Set<WorldTask>()
    for (const task of gone) {
      for (const one of this.declarersOf(task.id)) if (one.dependencies.includes(task.handle)) dependents.add(one)
      this.#forget(task)
      this.#byId.delete(task.id)
      this.#byHandle.delete(task.handle)
    }
    const left = [...dependents].filter((one) => !gone.has(one))
    for (const one of left) one.dependencies = one.dependencies.filter((handle) => !handles.has(handle))
    return { gone: [...gone], dependents: left }
  }

  /** How many declared relations of the tasks that exist are not made, by reason. */
  unmade(): Record<Unmade, number> {
    const counts = { 'missing-task': 0, cycle: 0, 'second-parent': 0, 'other-kind': 0 }
    for (const task of this.#byId.values()) {
      for (const relation of task.declared) {
        const why = this.#whyUnmade(task, relation)
        if (why !== undefined) counts[why] += 1
      }
    }
    return counts
  }

  #whyUnmade(task: WorldTask, { id, type }: Relation): Unmade | undefined {
    if (type !== parentKind && type !== dependencyKind) return 'other-kind'
    if (type === parentKind && idsOf(task.declared, parentKind)[0] !== id) return 'second-parent'
    const other = this.#byId.get(id)
    if (other === undefined) return 'missing-task'
    const made = type === parentKind ? task.parent === other.handle : task.dependencies.includes(other.handle)
    return made ? undefined : 'cycle'
  }

  /** A task and all that it leads to. */
  #walk(from: WorldTask, next: Edges): Set<Handle> {
    const met = new Set([from.handle])
    for (const handle of met) {
      const task = this.#byHandle.get(handle)
      for (const one of task === undefined ? [] : next(task)) met.add(one)
    }
    return met
  }

  #note(task: WorldTask): void {
    for (const { id } of task.declared) {
      const declarers = this.#declarers.get(id)
      if (declarers === undefined) this.#declarers.set(id, new Set([task]))
      else declarers.add(task)
    }
  }

  #forget(task: WorldTask): void {
    for (const { id } of task.declared) {
      const declarers = this.#declarers.get(id)
      declarers?.delete(task)
      if (declarers?.size === 0) this.#declarers.delete(id)
    }
  }
}

type Edges = (task: WorldTask) => readonly Handle[]
const parents: Edges = ({ parent }) => (parent === null ? [] : [parent])
const dependencies: Edges = (task) => task.dependencies

/** The ids that relations of one kind name, each once. */
const idsOf = (declared: readonly Relation[], kind: string): string[] => [
  ...new Set(declared.filter(({ type }) => type === kind).map(({ id }) => id)),
]
