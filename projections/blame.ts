import type { Entity } from '../events/index.ts'
import { commonHead } from './common-head.ts'
import { type Mark, markOf, type Touch } from './follow.ts'
import { sameJson } from './same-json.ts'

/** Who last set what of an entity. */
export interface BlameEntry extends Mark {
  readonly field: string
  /**
   * What of the field: the id of a timeline entry, an event or a subtask, a member of a list of names, or a key of `env` or
   * `metadata`. Without it, the last record that changed anything in the field.
   */
  readonly element?: string
}

interface FieldBlame {
  by: Mark
  readonly elements: Map<string, Mark>
}

/** For every field of an entity the last record that set it. Fed with all that touched the entity, in order. */
export class Blame {
  readonly #fields = new Map<string, FieldBlame>()
  #deleted: Mark | undefined

  /** The record that deleted the entity; the fields are then those that it had last. */
  get deleted(): Mark | undefined {
    return this.#deleted
  }

  add({ record, change: { before, after } }: Touch): void {
    const by = markOf(record)
    this.#deleted = after === undefined ? by : undefined
    if (after === undefined) return
    if (before === undefined) this.#fields.clear()
    const old = before === undefined ? new Map<string, unknown>() : fieldsOf(before)
    for (const [field, value] of fieldsOf(after)) this.#compare(field, old.has(field), old.get(field), value, by)
  }

  /** Fields in the order in which entities have them, each followed by what is in it, in the order in which it came. */
  entries(): BlameEntry[] {
    return [...this.#fields].flatMap(([field, { by, elements }]) => [
      { field, ...by },
      ...[...elements].map(([element, mark]) => ({ field, element, ...mark })),
    ])
  }

  #compare(field: string, isOld: boolean, before: unknown, after: unknown, by: Mark): void {
    const known = this.#fields.get(field)
    if (known !== undefined && isOld && sameJson(before, after)) return
    const elements = known?.elements ?? new Map<string, Mark>()
    this.#fields.set(field, { by, elements })
    compareElements(elements, before, after, by)
  }
}

const fieldsOf = (entity: Entity): Map<string, unknown> => new Map(Object.entries(entity))

const compareElements = (marks: Map<string, Mark>, before: unknown, after: unknown, by: Mark): void => {
  // Of a timeline of ten thousand entries, all but the last one are the very same.
  const head = Array.isArray(before) && Array.isArray(after) ? commonHead(before, after) : 0
  const [old, now] = [elementsOf(before, head), elementsOf(after, head)]
  const missing = [...old.keys()].filter((element) => !now.has(element))
  const all = missing.length === 0 ? now : elementsOf(after, 0)
  for (const element of missing) if (!all.has(element)) marks.delete(element)
  for (const [element, value] of now) {
    if (!old.has(element) || !sameJson(old.get(element), value)) marks.set(element, by)
  }
}

/** The parts of a value that have names of their own; of a list, those from an index on. */
const elementsOf = (value: unknown, from: number): ReadonlyMap<string, unknown> => {
  if (!Array.isArray(value)) return new Map(typeof value === 'object' && value !== null ? Object.entries(value) : [])
  return new Map(
    value.slice(from).flatMap((item: unknown) => {
      const name = nameOf(item)
      return name === undefined ? [] : [[name, item] as const]
    }),
  )
}

const nameOf = (item: unknown): string | undefined => {
  if (typeof item === 'string') return item
  const id = typeof item === 'object' && item !== null && 'id' in item ? item.id : undefined
  return typeof id === 'string' ? id : undefined
}
