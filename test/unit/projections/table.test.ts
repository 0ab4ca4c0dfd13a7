import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Row, UnparsedEntity } from '../../../projections/index.ts'
import { Table } from '../../../projections/table.ts'

interface Note {
  tags: string[]
}
const ids = ['a', 'b', 'c', 'd'] as const
type Id = (typeof ids)[number]
const tags = ['red', 'green', 'blue']

const emptyTable = (): Table<Id, Note, 'tag'> =>
  new Table({ names: ['tag'], keys: { tag: ({ tags }) => tags }, pick: ({ tags }) => ({ tags }) })

/** JSON among other bytes, as it is in a snapshot, of something of which the tags are known. */
const unparsed = (json: string, tags: string[]): UnparsedEntity<Note> => {
  const [before, bytes] = ['{"é":1},', Buffer.from(json)]
  const start = Buffer.byteLength(before)
  const heads = { indexedAt: (i: number) => ({ tags: i === 7 ? tags : [] }) }
  return new UnparsedEntity(Buffer.from(`${before}${json},[]`), start, start + bytes.length, heads, 7)
}

/** What a table should be: rows in a map, and no index. */
type Model = Map<Id, Row<Note>>

interface Write {
  readonly id: Id
  readonly note: Note | undefined
}

const put = (model: Model, { id, note }: Write, version: number): void => {
  if (note === undefined) model.delete(id)
  else model.set(id, new Row(note, version, model.get(id)?.created ?? version))
}

const write = (table: Table<Id, Note, 'tag'>, { id, note }: Write, version: number): void => {
  if (note === undefined) table.delete(id, version)
  else table.set(id, note, version)
}

/** Changes an entity where it is, as a rebuild does. */
const mutate = (table: Table<Id, Note, 'tag'>, id: Id, { tags }: Note, version: number): void =>
  table.mutate(
    id,
    version,
    (own) => {
      own.tags = tags
    },
    (own) => ({ ...own }),
  )

const expectSame = (table: Table<Id, Note, 'tag'>, model: Model): void => {
  expect({
    size: table.size,
    rows: ids.map((id) => table.get(id)),
    found: tags.map((tag) => [...table.find('tag', tag)].sort()),
    counted: tags.map((tag) => table.count('tag', tag)),
  }).toEqual({
    size: model.size,
    rows: ids.map((id) => model.get(id)),
    found: tags.map((tag) => ids.filter((id) => model.get(id)?.entity.tags.includes(tag))),
    counted: tags.map((tag) => ids.filter((id) => model.get(id)?.entity.tags.includes(tag)).length),
  })
}

const note = fc.record({ tags: fc.uniqueArray(fc.constantFrom(...tags)) })
const change = fc.record<Write>({
  id: fc.constantFrom(...ids),
  note: fc.option(note, { nil: undefined, freq: 3 }),
})

describe('a table', () => {
  it('finds what a search through all rows would find, and keeps the order of creation', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 40 }), (changes) => {
        const table = emptyTable()
        const model: Model = new Map()
        for (const [version, next] of changes.entries()) {
          write(table, next, version)
          put(model, next, version)
          expectSame(table, model)
          expect([...table.rows()]).toEqual([...model.values()])
          expect([...table.ids()]).toEqual([...model.keys()])
        }
      }),
    )
  })

  it('keeps its indexes in step with changes in place, from the first look into them on, whenever that is', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 40 }), fc.nat({ max: 20 }), (changes, firstLook) => {
        const table = emptyTable()
        const model: Model = new Map()
        for (const [version, { id, note }] of changes.entries()) {
          const row = table.get(id)
          if (row === undefined || note === undefined) {
            write(table, { id, note }, version)
          } else {
            mutate(table, id, note, version)
            expect(table.get(id)?.entity).toBe(row.entity)
          }
          put(model, { id, note }, version)
          if (version >= firstLook) expectSame(table, model)
          expect([...table.rows()]).toEqual([...model.values()])
          expect([...table.ids()]).toEqual([...model.keys()])
        }
      }),
    )
  })

  it.each(['before', 'after'])(
    'takes in rows as JSON, %s a look into an index, and parses those that are looked at',
    (when) => {
      const table = emptyTable()
      if (when === 'after') expect(table.count('tag', 'red')).toBe(0)
      const json = '{"tags":["red"],"more":1}'
      table.restore('a', new Row<Note, Note>(unparsed(json, ['red']), 3, 1))
      table.restore('b', new Row<Note, Note>(unparsed('never parsed', ['blue']), 4, 2))
      expect([...table.find('tag', 'red'), ...table.find('tag', 'blue')]).toEqual(['a', 'b'])
      const layer = table.layer()
      layer.delete('b', 5)
      expect([layer.count('tag', 'red'), layer.count('tag', 'blue')]).toEqual([1, 0])
      expect([table.get('a')?.json, table.get('b')?.json]).toEqual([json, 'never parsed'])
      expect(table.get('a')).toEqual(new Row({ tags: ['red'], more: 1 }, 3, 1))
      expect(table.get('a')?.entity).toBe(table.get('a')?.entity)
      mutate(table, 'a', { tags: ['green'] }, 5)
      expect([...table.find('tag', 'red'), ...table.find('tag', 'green')]).toEqual(['a'])
      expect(table.get('a')?.json).toBe('{"tags":["green"],"more":1}')
      table.delete('b', 6)
      expect([...table.find('tag', 'blue')]).toEqual([])
    },
  )

  it('does nothing in place to a row that it does not have', () => {
    const table = emptyTable()
    const fail = (): never => {
      throw new Error('there is nothing to change')
    }
    table.mutate('a', 1, fail, fail)
    expect(table.size).toBe(0)
  })
})

/** Staged changes become durable in order, or are dropped together. */
type Step = { readonly kind: 'write'; readonly change: Write } | { readonly kind: 'commit' } | { readonly kind: 'drop' }
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: change.map((next) => ({ kind: 'write' as const, change: next })) },
  { weight: 4, arbitrary: fc.constant({ kind: 'commit' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'drop' as const }) },
)

describe('a table over another', () => {
  it('shows what is staged over what is committed, whatever is in flight', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60, size: 'max' }), (steps) => {
        const committed = emptyTable()
        let staged = committed.layer()
        const below: Model = new Map()
        let above: Model = new Map()
        let inFlight: { readonly change: Write; readonly version: number }[] = []
        let version = 0
        for (const next of steps) {
          if (next.kind === 'write') {
            write(staged, next.change, version)
            put(above, next.change, version)
            inFlight.push({ change: next.change, version })
            version += 1
          } else if (next.kind === 'commit') {
            const first = inFlight.shift()
            if (first === undefined) continue
            write(committed, first.change, first.version)
            put(below, first.change, first.version)
            staged.settle(first.change.id, first.version)
          } else {
            staged = committed.layer()
            above = new Map(below)
            inFlight = []
          }
          expectSame(committed, below)
          expectSame(staged, above)
        }
      }),
      { numRuns: 150 },
    )
  })

  it('stays hidden what was deleted while its creation was in flight', () => {
    const committed = emptyTable()
    const staged = committed.layer()
    staged.set('a', { tags: ['red'] }, 0)
    staged.set('a', { tags: ['blue'] }, 1)
    staged.delete('a', 2)
    committed.set('a', { tags: ['red'] }, 0)
    staged.settle('a', 0)
    expect(staged.get('a')).toBeUndefined()
    expect([...staged.find('tag', 'red')]).toEqual([])
    expect(staged.size).toBe(0)
    expect([...committed.find('tag', 'red')]).toEqual(['a'])
  })

  it('keeps nothing of what is settled', () => {
    const committed = emptyTable()
    const staged = committed.layer()
    for (const table of [staged, committed]) table.set('a', { tags: ['red'] }, 0)
    staged.delete('b', 1)
    staged.settle('a', 0)
    staged.settle('b', 1)
    committed.set('a', { tags: ['blue'] }, 2)
    committed.set('b', { tags: ['blue'] }, 3)
    expect(staged.get('a')).toBe(committed.get('a'))
    expect(staged.get('b')).toBe(committed.get('b'))
    expect([...staged.find('tag', 'blue')]).toEqual(['a', 'b'])
    expect([...staged.find('tag', 'red')]).toEqual([])
  })

  it('counts as new what is created again after its deletion', () => {
    const committed = emptyTable()
    committed.set('a', { tags: [] }, 0)
    const staged = committed.layer()
    staged.delete('a', 1)
    staged.set('a', { tags: [] }, 2)
    expect(staged.get('a')).toMatchObject({ created: 2, version: 2 })
    expect(staged.size).toBe(1)
  })
})

describe('a pile of tables', () => {
  it('shows what one table would, in the order of creation, and none of them changes when there is one more', () => {
    const layers = fc.array(fc.array(change, { maxLength: 12 }), { minLength: 1, maxLength: 5 })
    fc.assert(
      fc.property(layers, (pile) => {
        let table = emptyTable()
        const model: Model = new Map()
        const earlier: Array<readonly [Table<Id, Note, 'tag'>, Model]> = []
        let version = 0
        for (const changes of pile) {
          for (const next of changes) {
            // In place where that is possible: of a row from below, that is a copy.
            const isThere = table.get(next.id) !== undefined
            if (isThere && next.note !== undefined) mutate(table, next.id, next.note, version)
            else write(table, next, version)
            put(model, next, version)
            version += 1
          }
          earlier.push([table, new Map(model)])
          for (const [one, then] of earlier) {
            expectSame(one, then)
            expect([...one.entries()]).toEqual([...then])
            expect([...one.rows()]).toEqual([...then.values()])
            expect([...one.ids()]).toEqual([...then.keys()])
          }
          table = table.layer()
        }
      }),
    )
  })
})
