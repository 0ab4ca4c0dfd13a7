/** From so many items on, versions of an entity share its list. To copy a shorter one costs less than to share it. */
export const sharedFrom = 128
/** How much larger than needed the memory for JSON is made, so that it is seldom made anew. */
const spare = 1.5

/** JSON as text; or where most of it is known already, as what comes one after the other, in UTF-8. */
export type JsonText = string | readonly Uint8Array[]

const encoder = new TextEncoder()

/** Items that versions of an entity have in common: each version has as many of them, from the first on, as it had. */
class SharedItems<T extends object> {
  readonly #items: T[]
  /** JSON of the items from the first on, a comma between two; as far as somebody has asked for it. Only ever added to. */
  #json = new Uint8Array(0)
  /** Where in it each item ends. */
  readonly #ends: number[] = []

  constructor(items: readonly T[]) {
    this.#items = [...items]
  }

  /** The first `length` items with more after them: these very items, unless somebody has gone on from there already. */
  with(length: number, more: readonly T[]): SharedItems<T> {
    const shared = length === this.#items.length ? this : new SharedItems(this.first(length))
    for (const item of more) shared.#items.push(item)
    return shared
  }

  first(length: number): T[] {
    return this.#items.slice(0, length)
  }

  /** JSON of the first `length` items, without brackets. */
  jsonOf(length: number): Uint8Array {
    for (const item of this.#items.slice(this.#ends.length, length)) {
      this.#write(encoder.encode(`${this.#ends.length === 0 ? '' : ','}${JSON.stringify(item)}`))
    }
    return this.#json.subarray(0, this.#ends[length - 1])
  }

  #write(text: Uint8Array): void {
    const begin = this.#ends.at(-1) ?? 0
    const end = begin + text.length
    if (end > this.#json.length) {
      const larger = new Uint8Array(Math.ceil(end * spare))
      larger.set(this.#json)
      this.#json = larger
    }
    this.#json.set(text, begin)
    this.#ends.push(end)
  }
}

/** What stands behind a version of an entity that shares its list. */
interface Version<E, T extends object> {
  /** The entity without what is in its list. */
  readonly body: E
  readonly shared: SharedItems<T>
  readonly length: number
}

/** The list in entities of one kind. */
interface ListOf<E, T> {
  readonly name: keyof E & string
  readonly items: (entity: E) => readonly T[]
  /** The entity with other items in its list. */
  readonly replaced: (entity: E, items: T[]) => E
}

/**
 * Versions of entities of one kind, whose list only ever grows at its end. Once it is long, to copy it would cost more than
 * all else that an append does. Versions then share one list and say how much of it they have; what they show is made into
 * an array at the first look at it. Whoever wants the next version, or JSON, need not look.
 */
export class GrowingLists<E extends object, T extends object> {
  readonly #list: ListOf<E, T>
  readonly #versions = new WeakMap<object, Version<E, T>>()

  constructor(list: ListOf<E, T>) {
    this.#list = list
  }

  /** What `change` makes of an entity, with more at the end of its list. `change` must not look at the list. */
  next(before: E, change: (entity: E) => E, more: readonly T[]): E {
    const version = this.#versions.get(before) ?? this.#first(before, more)
    if (version === undefined) {
      const after = change(before)
      return more.length === 0 ? after : this.#list.replaced(after, [...this.#list.items(after), ...more])
    }
    const { body, shared, length } = version
    return this.#entityOf({ body: change(body), shared: shared.with(length, more), length: length + more.length })
  }

  /** Whether an entity shares its list with its other versions. */
  has(entity: object): boolean {
    return this.#versions.has(entity)
  }

  /** JSON of an entity that shares its list; undefined for any other. */
  jsonOf(entity: object): JsonText | undefined {
    const version = this.#versions.get(entity)
    if (version === undefined) return undefined
    const { body, shared, length } = version
    const [before, after] = this.#around(body)
    return [encoder.encode(before), shared.jsonOf(length), encoder.encode(after)]
  }

  /** An entity as one that shares its list, if that is long enough and about to grow. */
  #first(entity: E, more: readonly T[]): Version<E, T> | undefined {
    const items = this.#list.items(entity)
    if (more.length === 0 || items.length < sharedFrom) return undefined
    return { body: this.#list.replaced(entity, []), shared: new SharedItems(items), length: items.length }
  }

  #entityOf(version: Version<E, T>): E {
    let items: T[] | undefined
    const get = (): T[] => {
      items ??= version.shared.first(version.length)
      return items
    }
    const property = { get, enumerable: true, configurable: true }
    const entity = Object.defineProperty({ ...version.body }, this.#list.name, property)
    this.#versions.set(entity, version)
    return entity
  }

  /** JSON of an entity before and after what is in its list. */
  #around(body: E): readonly [string, string] {
    const members = Object.entries(body)
    const at = members.findIndex(([name]) => name === this.#list.name)
    const [before, after] = [members.slice(0, at), members.slice(at + 1)].map(membersText)
    return [`{${before === '' ? '' : `${before},`}"${this.#list.name}":[`, `]${after === '' ? '' : `,${after}`}}`]
  }
}

/** As JSON has them between the braces of an object. */
const membersText = (members: ReadonlyArray<readonly [string, unknown]>): string =>
  JSON.stringify(Object.fromEntries(members)).slice(1, -1)
