/*
 * Timelines and the events of sessions only grow, one entry at a time, and every version of an entity has its own. Copied, a
 * list of ten thousand entries would cost more than all else that a request does. So versions share their entries: each sees as
 * many as it had, and everybody else takes what it sees for an ordinary array.
 */

/** From this length on a list is shared; below, a copy costs less. */
const shareFrom = 64

/** How long the text of a block of items gets, characters. */
const blockLength = 16 * 1024

/** What the versions of one list have in common: items are put behind the last one, and never changed. */
class Shared {
  readonly items: unknown[]
  /** The JSON texts of the first `written` items, made when they are first asked for: many in a block, and the last by themselves. */
  readonly #blocks: string[] = []
  #latest: string[] = []
  #latestLength = 0
  #written = 0

  constructor(items: unknown[]) {
    this.items = items
  }

  /** The JSON texts of the first items, one or more in each. */
  textsOf(length: number): string[] {
    if (length < this.#written) return this.items.slice(0, length).map((item) => JSON.stringify(item))
    for (; this.#written < length; this.#written += 1) this.#write(JSON.stringify(this.items[this.#written]))
    return [...this.#blocks, ...this.#latest]
  }

  #write(text: string): void {
    this.#latest.push(text)
    this.#latestLength += text.length
    if (this.#latestLength < blockLength) return
    this.#blocks.push(this.#latest.join(','))
    this.#latest = []
    this.#latestLength = 0
  }
}

const index = /^(?:0|[1-9]\d*)$/

/** Shows the first items of what is shared as an array. */
class View implements ProxyHandler<unknown[]> {
  readonly shared: Shared
  readonly length: number

  constructor(shared: Shared, length: number) {
    this.shared = shared
    this.length = length
  }

  get(target: unknown[], key: string | symbol, receiver: unknown): unknown {
    if (key === 'length') return this.length
    return this.#has(key) ? this.shared.items[Number(key)] : Reflect.get(target, key, receiver)
  }

  has(target: unknown[], key: string | symbol): boolean {
    return this.#has(key) || Reflect.has(target, key)
  }

  ownKeys(): string[] {
    return [...Array.from({ length: this.length }, (_, i) => String(i)), 'length']
  }

  getOwnPropertyDescriptor(target: unknown[], key: string | symbol): PropertyDescriptor | undefined {
    if (key === 'length') return { value: this.length, writable: true, enumerable: false, configurable: false }
    if (!this.#has(key)) return Reflect.getOwnPropertyDescriptor(target, key)
    return { value: this.shared.items[Number(key)], writable: true, enumerable: true, configurable: true }
  }

  // Others see the same entries.
  set(): boolean {
    return false
  }

  defineProperty(): boolean {
    return false
  }

  deleteProperty(): boolean {
    return false
  }

  #has(key: string | symbol): boolean {
    return typeof key === 'string' && index.test(key) && Number(key) < this.length
  }
}

const views = new WeakMap<object, View>()

/** A list with more at its end. The list itself stays as it is, and so does what others have made of it. */
export const appended = <T>(list: readonly T[], more: readonly T[]): T[] => {
  const length = list.length + more.length
  if (length < shareFrom) return [...list, ...more]
  const view = views.get(list)
  // Where somebody else has gone on from the same list, the way parts.
  const goesOn = view !== undefined && view.shared.items.length === view.length
  const shared = goesOn ? view.shared : new Shared([...list])
  for (const item of more) shared.items.push(item)
  return proxyOf(new View(shared, length))
}

const proxyOf = <T>(view: View): T[] => {
  const list = new Proxy<T[]>([], view)
  views.set(list, view)
  return list
}

/** The JSON text of an entity. What it has in common with earlier versions is not written anew. */
export const jsonOf = (entity: object): string => {
  const [name, { shared, length }] = longListIn(entity) ?? [undefined, none]
  if (name === undefined) return JSON.stringify(entity)
  const [before, after] = aroundOf(entity, name)
  const texts = shared.textsOf(length)
  // In one go, since each step on the way would copy all of it.
  return [`${before}"${name}":[`, ...texts.flatMap((text, i) => (i === 0 ? [text] : [',', text])), `]${after}`].join('')
}

/** Whether an entity has much in common with its earlier versions, so that its JSON text costs little to make again. */
export const isShared = (entity: object): boolean => longListIn(entity) !== undefined

/** The same entity with a list of its own, which is quicker to look at item by item. */
export const unshared = <T extends object>(entity: T): T => {
  const [name, { shared, length }] = longListIn(entity) ?? [undefined, none]
  return name === undefined ? entity : { ...entity, [name]: shared.items.slice(0, length) }
}

const none = new View(new Shared([]), 0)

/** The list of an entity that it shares with its other versions, and under which name it has it. */
const longListIn = (entity: object): readonly ['timeline' | 'events', View] | undefined => {
  const timeline = 'timeline' in entity ? viewOf(entity.timeline) : undefined
  if (timeline !== undefined) return ['timeline', timeline]
  const events = 'events' in entity ? viewOf(entity.events) : undefined
  return events && ['events', events]
}

const viewOf = (value: unknown): View | undefined =>
  typeof value === 'object' && value !== null ? views.get(value) : undefined

/** The JSON text of an object before and after one of its fields. */
const aroundOf = (entity: object, name: string): readonly [string, string] => {
  const [before, after]: [Record<string, unknown>, Record<string, unknown>] = [{}, {}]
  let part = before
  for (const [key, value] of Object.entries(entity)) {
    if (key === name) part = after
    else part[key] = value
  }
  const [head, tail] = [JSON.stringify(before), JSON.stringify(after)]
  return [head === '{}' ? '{' : `${head.slice(0, -1)},`, tail === '{}' ? '}' : `,${tail.slice(1)}`]
}
