import type { Entities, EntityKind } from '../../events/index.ts'
import { asText, type Heads, type Ids, type Indexed, indexedOf, Row, UnparsedEntity } from '../../projections/index.ts'
import type { StoredRow } from '../log/snapshots.ts'

/** What there is to know of an entity without parsing it. */
type Head<K extends EntityKind> = Pick<Row<Entities[K]>, 'version' | 'created'> & Indexed[K] & { readonly id: Ids[K] }

/** An entity that is ready to be put where it was. */
export type EntityRow = {
  readonly [K in EntityKind]: {
    readonly kind: 'entity'
    readonly of: K
    readonly id: Ids[K]
    readonly row: Row<Entities[K], Indexed[K]>
  }
}[EntityKind]

type Columns<T> = { readonly [Field in keyof T]: ReadonlyArray<T[Field]> }

/**
 * The heads of the entities that stand in the next rows, as columns: JSON that says each name once, and not for each of a hundred
 * thousand entities, is read in half the time.
 */
export type Page = {
  readonly [K in EntityKind]: { readonly kind: 'page'; readonly of: K } & Columns<Head<K>>
}[EntityKind]

/** How many entities a page has at most. Few enough to be made without a rest. */
const pageLength = 500

const headOf: { readonly [K in EntityKind]: (row: Row<Entities[K]>) => Head<K> } = {
  project: ({ version, created, entity: { id } }) => ({ id, version, created }),
  task: ({ version, created, entity }) => ({ id: entity.id, version, created, ...indexedOf.task(entity) }),
  session: ({ version, created, entity }) => ({ id: entity.id, version, created, ...indexedOf.session(entity) }),
}

/** Entities in pages: the row of a page, and then a row of each entity, each to be made when it is its turn. */
export function* pagesOf<K extends EntityKind>(of: K, rows: ReadonlyArray<Row<Entities[K]>>): Generator<() => string> {
  for (let i = 0; i < rows.length; i += pageLength) {
    const page = rows.slice(i, i + pageLength)
    yield () => JSON.stringify({ kind: 'page', of, ...columnsOf(page.map(headOf[of])) })
    for (const row of page) yield () => asText(row.passingJson)
  }
}

const columnsOf = (items: readonly object[]): Record<string, readonly unknown[]> => {
  const names = Object.keys(items[0] ?? {})
  return Object.fromEntries(names.map((name) => [name, items.map((item) => Reflect.get(item, name))]))
}

/** A page that is being read. */
export interface OpenPage {
  /** How many entities there are on it. */
  readonly length: number
  /** One of them, by its place on the page and that of its JSON. */
  entityAt(i: number, json: StoredRow): EntityRow
}

export const openPage = (page: Page): OpenPage => {
  const rowAt = <T extends I, I extends object>(i: number, { bytes, start, end }: StoredRow, heads: Heads<I>) =>
    new Row<T, I>(new UnparsedEntity(bytes, start, end, heads, i), at(page.version, i), at(page.created, i))
  switch (page.of) {
    case 'project': {
      const { of, id } = page
      const heads: Heads<Indexed['project']> = { indexedAt: () => ({}) }
      return pageWith(id, (i, json) => ({ kind: 'entity', of, id: at(id, i), row: rowAt(i, json, heads) }))
    }
    case 'task': {
      const { of, id, parentId, status, dependencies } = page
      const heads: Heads<Indexed['task']> = {
        indexedAt: (i) => ({ parentId: at(parentId, i), status: at(status, i), dependencies: at(dependencies, i) }),
      }
      return pageWith(id, (i, json) => ({ kind: 'entity', of, id: at(id, i), row: rowAt(i, json, heads) }))
    }
    case 'session': {
      const { of, id, taskIds, status } = page
      const heads: Heads<Indexed['session']> = {
        indexedAt: (i) => ({ taskIds: at(taskIds, i), status: at(status, i) }),
      }
      return pageWith(id, (i, json) => ({ kind: 'entity', of, id: at(id, i), row: rowAt(i, json, heads) }))
    }
  }
}

const pageWith = ({ length }: { readonly length: number }, entityAt: OpenPage['entityAt']): OpenPage => ({
  length,
  entityAt,
})

const at = <T>(column: readonly T[], i: number): T => {
  const value = column[i]
  if (value === undefined) throw new Error('the columns of a page differ in length')
  return value
}
