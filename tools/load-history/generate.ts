import type { Change, Comment, Fields, Relation, SourceStatus } from './change.ts'
import { createRandom, type Random } from './random.ts'
import { textOf, titleOf } from './texts.ts'

/** What the generator remembers of a task. */
interface Made {
  readonly id: string
  /** The optional fields that are set, and so can be cleared. */
  readonly set: Set<keyof Fields>
  comments: readonly Comment[]
}

const statuses: ReadonlyArray<readonly [SourceStatus, number]> = [
  ['open', 40],
  ['closed', 40],
  ['in_progress', 8],
  ['blocked', 4],
  ['hooked', 2],
  ['deferred', 2],
  ['pinned', 2],
  ['done', 2],
]
const issueTypes = ['task', 'bug', 'feature', 'epic', 'chore', 'message']
const people = ['alice', 'bob', 'amp', 'agent/worker 7', '山田']
const labels = ['---', 'compaction', 'epic', 'haiku', 'v1.1', 'ünïcode', '🏷️']

/** Fields that a task may have none of, with how often a new one has it, and how often an update touches it. */
const optional: ReadonlyArray<readonly [Exclude<keyof Fields, 'title' | 'status'>, number, number]> = [
  ['description', 0.4, 0.35],
  ['priority', 0.98, 0.33],
  ['issue_type', 0.98, 0.15],
  ['dependencies', 0.15, 0.15],
  ['labels', 0.03, 0.05],
  ['notes', 0.03, 0.06],
  ['assignee', 0.03, 0.05],
  ['comments', 0.02, 0.04],
  ['close_reason', 0.02, 0.03],
]

/** How often an update of a field that is set clears it. */
const clearing = 0.3

const firstCommit = Date.UTC(2025, 9, 12, 18, 25, 29)

/**
 * A history of the shape of the recorded one, without an end: batches that share a time, Markdown in all scripts, relations
 * to tasks that come later or never, cycles, deletions, ids that are created again. The rarer kinds are somewhat more
 * frequent, so that a few hundred changes have them all. The same seed gives the same history.
 */
export function* generateHistory(seed: number): Generator<Change> {
  const random = createRandom(seed)
  const cast = new Cast(random)
  for (let at = firstCommit; ; at += random.int(1, 7200) * 1000) {
    for (let left = random.int(1, 40); left > 0; left -= 1) yield cast.next(at)
  }
}

/** The tasks of a generated history, and what happens to them next. */
class Cast {
  readonly #random: Random
  readonly #living: Made[] = []
  readonly #deleted: string[] = []
  /** The last relation that an existing task declared, by the id that it names: its reverse is a cycle. */
  readonly #named = new Map<string, string>()
  #created = 0

  constructor(random: Random) {
    this.#random = random
  }

  next(at: number): Change {
    const random = this.#random
    const kind = random.weighted([
      ['create', this.#living.length < 5 ? 100 : 42],
      ['update', 55],
      ['delete', 3],
    ] as const)
    if (kind === 'create' || this.#living.length === 0) return this.#create(at)
    const index = random.chance(0.5) ? random.int(0, this.#living.length - 1) : this.#recent()
    const task = random.pick(this.#living.slice(index, index + 1))
    if (kind === 'update') return { at, op: 'update', id: task.id, set: this.#update(task) }
    this.#living.splice(index, 1)
    this.#deleted.push(task.id)
    return { at, op: 'delete', id: task.id }
  }

  #recent(): number {
    return this.#living.length - this.#random.int(1, Math.min(10, this.#living.length))
  }

  #create(at: number): Change {
    const random = this.#random
    const again = this.#deleted.length > 0 && random.chance(0.08) ? this.#deleted.shift() : undefined
    const task: Made = { id: again ?? this.#newId(), set: new Set(), comments: [] }
    const set: Fields & { title: string } = { title: titleOf(random), status: random.weighted(statuses) }
    for (const [field, share] of optional) if (random.chance(share)) Object.assign(set, this.#valueOf(field, task))
    this.#living.push(task)
    return { at, op: 'create', id: task.id, set }
  }

  #newId(): string {
    this.#created += 1
    return `bd-${this.#created}`
  }

  #update(task: Made): Fields {
    const random = this.#random
    const set: Fields = {}
    if (random.chance(0.4)) set.title = titleOf(random)
    if (random.chance(0.3)) set.status = random.weighted(statuses)
    for (const [field, , share] of optional) {
      if (!random.chance(share)) continue
      if (task.set.has(field) && random.chance(clearing)) Object.assign(set, this.#cleared(field, task))
      else Object.assign(set, this.#valueOf(field, task))
    }
    return Object.keys(set).length === 0 ? { title: titleOf(random) } : set
  }

  #cleared(field: keyof Fields, task: Made): Fields {
    task.set.delete(field)
    if (field === 'comments') task.comments = []
    return { [field]: null }
  }

  #valueOf(field: (typeof optional)[number][0], task: Made): Fields {
    const random = this.#random
    task.set.add(field)
    switch (field) {
      case 'description':
        return { description: textOf(random) }
      case 'priority':
        return { priority: random.int(0, 4) }
      case 'issue_type':
        return { issue_type: random.pick(issueTypes) }
      case 'labels':
        return { labels: [random.pick(labels), random.pick(labels)] }
      case 'notes':
        return { notes: textOf(random) }
      case 'assignee':
        return { assignee: random.pick(people) }
      case 'comments':
        task.comments = [...task.comments, { author: random.pick(people), text: textOf(random) }]
        return { comments: [...task.comments] }
      case 'close_reason':
        return { close_reason: `Fixed: ${textOf(random)}` }
      case 'dependencies':
        return { dependencies: Array.from({ length: random.int(1, 3) }, () => this.#relation(task)) }
    }
  }

  #relation({ id }: Made): Relation {
    const random = this.#random
    const other = this.#other(id)
    this.#named.set(other, id)
    const type = random.weighted([
      ['parent-child', 54],
      ['blocks', 40],
      ['discovered-from', 5],
      ['related', 1],
    ] as const)
    return { id: other, type }
  }

  /** What a task relates to: one that is there, one that will be, one that never is, or one that relates to it already. */
  #other(id: string): string {
    const random = this.#random
    const source = random.weighted([
      ['there', 70],
      ['later', 15],
      ['never', 5],
      ['back', 10],
    ] as const)
    if (source === 'never') return `bd-${random.pick(['wisp', 'gone', '𝔵'])}-${random.int(1, 9)}`
    if (source === 'later' || this.#living.length === 0) return `bd-${this.#created + random.int(1, 15)}`
    return (source === 'back' ? this.#named.get(id) : undefined) ?? random.pick(this.#living).id
  }
}
