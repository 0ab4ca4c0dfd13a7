import { Row } from './row.ts'

/** In a layer: hides a row of the table below since the event at `version`. */
interface Deleted {
  readonly version: number
}

/** For each index, under which keys an entity stands in it. */
export type IndexKeys<T, Name extends string> = Readonly<Record<Name, (entity: T) => readonly string[]>>

/** The indexes of a table. */
export interface Indexes<Indexed, Name extends string> {
  readonly names: readonly Name[]
  readonly keys: IndexKeys<Indexed, Name>
  /** All that they are made of, and nothing else of an entity. */
  readonly pick: (entity: Indexed) => Indexed
}

/** Of each index, the ids under each key. */
type Buckets<Id, Name extends string> = ReadonlyMap<Name, Map<string, Set<Id>>>

/**
 * Entities by id, with indexes that are made when something is first looked up in one, and kept in step from then on: when a
 * million records are read at start, each entity gets into them once, and not at every change. They are made of a part of an
 * entity, `Indexed`. A table may lie over another: it then shows the other's rows except where it has its own, which is how changes that are not durable yet lie
 * over those that are.
 */
export class Table<Id extends string, T extends Indexed, Name extends string, Indexed extends object = T> {
  readonly #rows = new Map<Id, Row<T, Indexed> | Deleted>()
  readonly #indexes: Indexes<Indexed, Name>
  readonly #keys: IndexKeys<Indexed, Name>
  readonly #names: readonly Name[]
  /** Missing as long as nothing was looked up. */
  #buckets: Buckets<Id, Name> | undefined
  readonly #base: Table<Id, T, Name, Indexed> | undefined

  constructor(indexes: Indexes<Indexed, Name>, base?: Table<Id, T, Name, Indexed>) {
    this.#indexes = indexes
    this.#keys = indexes.keys
    this.#names = indexes.names
    this.#base = base
  }

  /** An empty table over this one. */
  layer(): Table<Id, T, Name, Indexed> {
    return new Table(this.#indexes, this)
  }

  /** How many entities there are; for a layer, found by going over its own rows, which are few. */
  get size(): number {
    if (this.#base === undefined) return this.#rows.size
    let size = this.#base.size
    for (const [id, own] of this.#rows) size += Number('created' in own) - Number(this.#base.get(id) !== undefined)
    return size
  }

  get(id: Id): Row<T, Indexed> | undefined {
    const own = this.#rows.get(id)
    if (own === undefined) return this.#base?.get(id)
    return 'created' in own ? own : undefined
  }

  /** Rows in creation order. */
  *rows(): Iterable<Row<T, Indexed>> {
    if (this.#base !== undefined) for (const [, row] of this.entries()) yield row
    // The same, and sooner: whoever takes a snapshot of all there is keeps everybody waiting meanwhile.
    else yield* this.own()
  }

  /** Rows by id, in creation order. */
  *entries(): Iterable<readonly [Id, Row<T, Indexed>]> {
    if (this.#base === undefined) return yield* this.#newcomers()
    for (const table of this.#fromBelow()) {
      for (const [id, newcomer] of table.#newcomers()) {
        const row = table === this ? newcomer : this.get(id)
        // One that a higher table has deleted and created again comes in its place there.
        if (row?.created === newcomer.created) yield [id, row]
      }
    }
  }

  /** Ids, in creation order. */
  ids(): Iterable<Id> {
    return this.#base === undefined ? this.#rows.keys() : Array.from(this.entries(), ([id]) => id)
  }

  /** The rows that this table has itself, and does not only show. */
  *own(): Iterable<Row<T, Indexed>> {
    for (const own of this.#rows.values()) if ('created' in own) yield own
  }

  /** Ids under a key of an index, in no particular order. */
  *find(name: Name, key: string): Iterable<Id> {
    if (this.#base !== undefined) {
      for (const id of this.#base.find(name, key)) if (!this.#rows.has(id)) yield id
    }
    yield* this.#indexed().get(name)?.get(key) ?? []
  }

  /** How many ids `find` gives; for a layer, found by going over its own rows, which are few. */
  count(name: Name, key: string): number {
    const own = this.#indexed().get(name)?.get(key)?.size ?? 0
    if (this.#base === undefined) return own
    let hidden = 0
    for (const id of this.#rows.keys()) {
      const below = this.#base.get(id)
      if (below !== undefined && this.#keys[name](below.indexed).includes(key)) hidden += 1
    }
    return this.#base.count(name, key) - hidden + own
  }

  /** Puts in what an entity is since the event at `version`. */
  set(id: Id, entity: T, version: number): void {
    const known = this.get(id)
    this.#unindex(id)
    // What is created again comes last, and not where it was before.
    if (known === undefined) this.#rows.delete(id)
    this.#rows.set(id, new Row(entity, version, known?.created ?? version))
    if (this.#buckets !== undefined) this.#index(this.#buckets, id, entity)
  }

  /** Puts in a row as it was kept elsewhere. Rows come in creation order. */
  restore(id: Id, row: Row<T, Indexed>): void {
    this.#rows.set(id, row)
    if (this.#buckets !== undefined) this.#index(this.#buckets, id, row.indexed)
  }

  delete(id: Id, version: number): void {
    this.#unindex(id)
    if (this.#base === undefined) this.#rows.delete(id)
    else this.#rows.set(id, { version })
  }

  /**
   * Changes a row's entity in place; one of the table below is copied first, and stays as it is there. Only while nobody else
   * can hold the entity: on rebuild. `change` replaces the lists that an index is made of and does not write into them, or it
   * could not be told what they were.
   */
  mutate(id: Id, version: number, change: (entity: T) => void, copy: (entity: T) => T): void {
    const row = this.#rows.get(id)
    if (row === undefined) this.#mutateCopy(id, version, change, copy)
    if (row === undefined || !('created' in row)) return
    const { entity } = row
    const buckets = this.#buckets
    const before = buckets && this.#indexes.pick(entity)
    change(entity)
    this.#rows.set(id, new Row(entity, version, row.created))
    // Of most changes no index sees anything, and to find that out takes less than its keys do.
    if (buckets === undefined || before === undefined || hasFields(entity, before)) return
    for (const name of this.#names) {
      const [old, now] = [this.#keys[name](before), this.#keys[name](entity)]
      if (sameKeys(old, now)) continue
      remove(buckets.get(name), id, old)
      add(buckets.get(name), id, now)
    }
  }

  /** For a layer: the table below has taken over the event at `version`, so only later changes stay in this one. */
  settle(id: Id, version: number): void {
    const own = this.#rows.get(id)
    if (own === undefined || own.version > version) return
    this.#unindex(id)
    this.#rows.delete(id)
  }

  #mutateCopy(id: Id, version: number, change: (entity: T) => void, copy: (entity: T) => T): void {
    const below = this.#base?.get(id)
    if (below === undefined) return
    const entity = copy(below.entity)
    change(entity)
    this.set(id, entity, version)
  }

  /** The lowest table first, this one last. */
  #fromBelow(): ReadonlyArray<Table<Id, T, Name, Indexed>> {
    const tables: Table<Id, T, Name, Indexed>[] = []
    for (let table: Table<Id, T, Name, Indexed> | undefined = this; table !== undefined; table = table.#base)
      tables.push(table)
    return tables.reverse()
  }

  /** The rows of entities that the table below does not have, in creation order, which is the order in which they came. */
  *#newcomers(): Iterable<readonly [Id, Row<T, Indexed>]> {
    const base = this.#base
    for (const [id, own] of this.#rows) {
      if ('created' in own && (base === undefined || base.get(id)?.created !== own.created)) yield [id, own]
    }
  }

  #indexed(): Buckets<Id, Name> {
    if (this.#buckets !== undefined) return this.#buckets
    const buckets = new Map(this.#names.map((name) => [name, new Map<string, Set<Id>>()]))
    for (const [id, own] of this.#rows) if ('created' in own) this.#index(buckets, id, own.indexed)
    this.#buckets = buckets
    return buckets
  }

  #index(buckets: Buckets<Id, Name>, id: Id, indexed: Indexed): void {
    for (const name of this.#names) add(buckets.get(name), id, this.#keys[name](indexed))
  }

  #unindex(id: Id): void {
    const own = this.#rows.get(id)
    if (this.#buckets === undefined || own === undefined || !('created' in own)) return
    for (const name of this.#names) remove(this.#buckets.get(name), id, this.#keys[name](own.indexed))
  }
}

const add = <Id>(buckets: Map<string, Set<Id>> | undefined, id: Id, keys: readonly string[]): void => {
  for (const key of keys) {
    const bucket = buckets?.get(key)
    if (bucket === undefined) buckets?.set(key, new Set([id]))
    else bucket.add(id)
  }
}

const remove = <Id>(buckets: Map<string, Set<Id>> | undefined, id: Id, keys: readonly string[]): void => {
  for (const key of keys) {
    const bucket = buckets?.get(key)
    bucket?.delete(id)
    if (bucket?.size === 0) buckets?.delete(key)
  }
}

const hasFields = <T extends object>(entity: T, fields: T): boolean => {
  for (const field in fields) if (entity[field] !== fields[field]) return false
  return true
}

const sameKeys = (a: readonly string[], b: readonly string[]): boolean =>
  a === b || (a.length === b.length && a.every((key, i) => key === b[i]))
