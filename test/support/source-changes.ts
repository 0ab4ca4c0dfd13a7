import fc from 'fast-check'
import { type Change, type Fields, type Relation, SourceStatus } from '../../tools/load-history/history/change.ts'
import { type Entry, entriesOf } from '../../tools/load-history/history/entries.ts'

/** The time of all changes: the mapping makes nothing of it. */
const at = 1_760_000_000_000

/** With its id as the title, if none is given. */
export const created = (id: string, { title = id, ...set }: Fields = {}): Change => ({
  at,
  op: 'create',
  id,
  set: { title, ...set },
})
export const updated = (id: string, set: Fields): Change => ({ at, op: 'update', id, set })
export const deleted = (id: string): Change => ({ at, op: 'delete', id })

export const childOf = (id: string): Relation => ({ id, type: 'parent-child' })
export const blockedBy = (id: string): Relation => ({ id, type: 'blocks' })

export const entriesFor = (changes: readonly Change[], from = 1): AsyncGenerator<Entry> =>
  entriesOf(
    { origin: { kind: 'generated', seed: 0 }, length: changes.length, changes: () => changes },
    { from, limit: changes.length },
  )

const id = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f')
const text = fc.constantFrom('', ' ', 'one', 'two', '\u2028"\\')
const cleared = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null })
const relation = fc.record({ id, type: fc.constantFrom('parent-child', 'blocks', 'blocks', 'related') })

const fields: fc.Arbitrary<Fields> = fc.record(
  {
    title: fc.constantFrom('one', 'two', 'three'),
    description: cleared(text),
    status: cleared(fc.constantFrom(...SourceStatus.options)),
    priority: cleared(fc.nat({ max: 4 })),
    assignee: cleared(fc.constantFrom('ann', 'bob', ' ')),
    labels: cleared(fc.array(text, { maxLength: 2 })),
    notes: cleared(text),
    comments: cleared(fc.array(fc.record({ author: fc.constantFrom('ann', 'bob'), text }), { maxLength: 3 })),
    close_reason: cleared(text),
    dependencies: cleared(fc.array(relation, { maxLength: 4 })),
  },
  { requiredKeys: [] },
)

/** Histories of a few tasks that have much to do with each other, and in which anything may come at any time. */
export const histories = (maxLength: number): fc.Arbitrary<Change[]> =>
  fc.array(
    fc.oneof(
      { weight: 4, arbitrary: fc.tuple(id, fields).map(([name, set]) => created(name, set)) },
      { weight: 6, arbitrary: fc.tuple(id, fields).map(([name, set]) => updated(name, set)) },
      { weight: 1, arbitrary: id.map(deleted) },
    ),
    { maxLength, size: 'max' },
  )
