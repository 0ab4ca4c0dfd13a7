import { type Chance, chanceOf, mulberry32 } from '../chance.ts'
import type { Change, Comment, Fields, Relation } from './change.ts'
import {
  clearing,
  issueTypes,
  kinds,
  labels,
  type Optional,
  optional,
  people,
  relations,
  relatives,
  statuses,
} from './shape.ts'
import { textOf, titleOf } from './texts.ts'

/** What the generator remembers of a task. */
interface Made {
  readonly id: string
  /** The optional fields that are set, and so can be cleared. */
  readonly set: Set<keyof Fields>
  comments: readonly Comment[]
}

const firstCommit = Date.UTC(2025, 9, 12, 18, 25, 29)

/**
 * A history of the shape of the recorded one, without an end: batches that share a time, Markdown in all scripts, relations
 * to tasks that come later or never, cycles, deletions, ids that are created again. The rarer kinds are somewhat more
 * frequent, so that a few hundred changes have them all. The same seed gives the same history.
 */
export function* generateHistory(seed: number): Generator<Change> {
  const chance = chanceOf(mulberry32(seed))
  const cast = new Cast(chance)
  for (let at = firstCommit; ; at += chance.int(1, 7200) * 1000) {
    for (let left = chance.int(1, 40); left > 0; left -= 1) yield cast.next(at)
  }
}

/** The tasks of a generated history, and what happens to them next. */
class Cast {
  readonly #chance: Chance
  readonly #living: Made[] = []
  readonly #deleted: string[] = []
  /** The last relation that an existing task declared, by the id that it names: its reverse is a cycle. */
  readonly #named = new Map<string, string>()
  #created = 0

  constructor(chance: Chance) {
    this.#chance = chance
  }

  next(at: number): Change {
    const index = this.#anyOrRecent()
    const task = this.#living[index]
    if (task === undefined) return this.#create(at)
    switch (this.#chance.weighted(kinds)) {
      case 'create':
        return this.#create(at)
      case 'update':
        return { at, op: 'update', id: task.id, set: this.#update(task) }
      case 'delete':
        this.#living.splice(index, 1)
        this.#deleted.push(task.id)
        return { at, op: 'delete', id: task.id }
    }
  }

  /** Most work is done on what is new. */
  #anyOrRecent(): number {
    const { length } = this.#living
    return this.#chance.int(this.#chance.happens(0.5) ? 0 : Math.max(0, length - 10), length - 1)
  }

  #create(at: number): Change {
    const chance = this.#chance
    const again = this.#deleted.length > 0 && chance.happens(0.08) ? this.#deleted.shift() : undefined
    const task: Made = { id: again ?? this.#newId(), set: new Set(), comments: [] }
    const set: Fields & { title: string } = { title: titleOf(chance), status: chance.weighted(statuses) }
    for (const [field, share] of optional) if (chance.happens(share)) Object.assign(set, this.#valueOf(field, task))
    this.#living.push(task)
    return { at, op: 'create', id: task.id, set }
  }

  #newId(): string {
    this.#created += 1
    return `bd-${this.#created}`
  }

  #update(task: Made): Fields {
    const chance = this.#chance
    const set: Fields = {}
    if (chance.happens(0.4)) set.title = titleOf(chance)
    if (chance.happens(0.3)) set.status = chance.weighted(statuses)
    for (const [field, , share] of optional) {
      if (!chance.happens(share)) continue
      if (task.set.has(field) && chance.happens(clearing)) Object.assign(set, this.#cleared(field, task))
      else Object.assign(set, this.#valueOf(field, task))
    }
    return Object.keys(set).length === 0 ? { title: titleOf(chance) } : set
  }

  #cleared(field: keyof Fields, task: Made): Fields {
    task.set.delete(field)
    if (field === 'comments') task.comments = []
    return { [field]: null }
  }

  #valueOf(field: Optional, task: Made): Fields {
    const chance = this.#chance
    task.set.add(field)
    switch (field) {
      case 'description':
        return { description: textOf(chance) }
      case 'priority':
        return { priority: chance.int(0, 4) }
      case 'issue_type':
        return { issue_type: chance.pick(issueTypes) }
      case 'labels':
        return { labels: [chance.pick(labels), chance.pick(labels)] }
      case 'notes':
        return { notes: textOf(chance) }
      case 'assignee':
        return { assignee: chance.pick(people) }
      case 'comments':
        task.comments = [...task.comments, { author: chance.pick(people), text: textOf(chance) }]
        return { comments: [...task.comments] }
      case 'close_reason':
        return { close_reason: `Fixed: ${textOf(chance)}` }
      case 'dependencies':
        return { dependencies: Array.from({ length: chance.int(1, 3) }, () => this.#relation(task)) }
    }
  }

  #relation({ id }: Made): Relation {
    const chance = this.#chance
    const other = this.#other(id)
    this.#named.set(other, id)
    return { id: other, type: chance.weighted(relations) }
  }

  /** What a task relates to: one that is there, one that will be, one that never is, or one that relates to it already. */
  #other(id: string): string {
    const chance = this.#chance
    const source = chance.weighted(relatives)
    if (source === 'never') return `bd-${chance.pick(['wisp', 'gone', '𝔵'])}-${chance.int(1, 9)}`
    if (source === 'later' || this.#living.length === 0) return `bd-${this.#created + chance.int(1, 15)}`
    return (source === 'back' ? this.#named.get(id) : undefined) ?? chance.pick(this.#living).id
  }
}
