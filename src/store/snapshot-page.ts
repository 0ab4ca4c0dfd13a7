import type { Entities, EntityKind } from '../../events/index.ts'
import { asText, type Ids, type Indexed, indexedOf, type Row } from '../../projections/index.ts'

/** What there is to know of an entity without parsing it. */
export type Head<K extends EntityKind> = Pick<Row<Entities[K]>, 'version' | 'created'> &
  Indexed[K] & { readonly kind: K; readonly id: Ids[K] }
export type AnyHead = { [K in EntityKind]: Head<K> }[EntityKind]

/** All of a head that a column holds. */
type Fields<K extends EntityKind> = Omit<Head<K>, 'kind'>

type Columns<T> = { readonly [Field in keyof T]: ReadonlyArray<T[Field]> }

/**
 * The heads of the entities that stand in the next rows, as columns: JSON that says each name once, and not for each of a hundred
 * thousand entities, is read in half the time.
 */
export type Page = {
  readonly [K in EntityKind]: { readonly kind: 'page'; readonly of: K } & Columns<Fields<K>>
}[EntityKind]

/** How many entities a page has at most. Few enough to be made without a rest. */
const pageLength = 500

const fieldsOf: { readonly [K in EntityKind]: (row: Row<Entities[K]>) => Fields<K> } = {
  project: ({ version, created, entity: { id } }) => ({ id, version, created }),
  task: ({ version, created, entity }) => ({ id: entity.id, version, created, ...indexedOf.task(entity) }),
  session: ({ version, created, entity }) => ({ id: entity.id, version, created, ...indexedOf.session(entity) }),
}

/** Entities in pages: the row of a page, and then a row of each entity, each to be made when it is its turn. */
export function* pagesOf<K extends EntityKind>(of: K, rows: ReadonlyArray<Row<Entities[K]>>): Generator<() => string> {
  for (let i = 0; i < rows.length; i += pageLength) {
    const page = rows.slice(i, i + pageLength)
    yield () => JSON.stringify({ kind: 'page', of, ...columnsOf(page.map(fieldsOf[of])) })
    for (const row of page) yield () => asText(row.passingJson)
  }
}

const columnsOf = (items: readonly object[]): Record<string, readonly unknown[]> => {
  const names = Object.keys(items[0] ?? {})
  return Object.fromEntries(names.map((name) => [name, items.map((item) => Reflect.get(item, name))]))
}

/** The heads on a page, in order. */
export function* headsOf(page: Page): Generator<AnyHead, void> {
  for (const i of page.id.keys()) yield headAt(page, i)
}

const headAt = (page: Page, i: number): AnyHead => {
  const [version, created] = [at(page.version, i), at(page.created, i)]
  switch (page.of) {
    case 'project':
      return { kind: page.of, id: at(page.id, i), version, created }
    case 'task': {
      const { parentId, status, dependencies } = page
      const indexed = { parentId: at(parentId, i), status: at(status, i), dependencies: at(dependencies, i) }
      return { kind: page.of, id: at(page.id, i), version, created, ...indexed }
    }
    case 'session': {
      const { taskIds, status } = page
      return { kind: page.of, id: at(page.id, i), version, created, taskIds: at(taskIds, i), status: at(status, i) }
    }
  }
}

const at = <T>(column: readonly T[], i: number): T => {
  const value = column[i]
  if (value === undefined) throw new Error('the columns of a page differ in length')
  return value
}
