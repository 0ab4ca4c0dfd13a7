import fc from 'fast-check'
import { applyPatch } from 'rfc6902'
import { describe, expect, it } from 'vitest'
import { type Patch, patchBetween } from '../../../projections/history.ts'

/** A copy of a document to which a patch has been applied, by a library that knows nothing of how it was made. */
const patched = (before: object, patch: Patch): unknown => {
  const document = structuredClone(before)
  expect(applyPatch(document, structuredClone([...patch]))).toEqual(patch.map(() => null))
  return document
}

const keys = fc.constantFrom('a', 'b', 'id', '_t', '_0', '0', 'a/b', 'm~n', '', 'toString', 'hasOwnProperty', 'length')
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    fc.constantFrom<unknown>('', 'x', 'y', 'a longer text '.repeat(20), 0, 1, -1.5, true, false, null),
    fc.array(tie('value'), { maxLength: 6 }),
    fc.dictionary(keys, tie('value'), { maxKeys: 5, noNullPrototype: true }),
    // Things with names, of which few are told apart by it.
    fc.array(fc.record({ id: fc.constantFrom('p', 'q', 'r', 's'), value: tie('value') }), { maxLength: 6 }),
  ),
}))
const documents = fc.dictionary(keys, value, { maxKeys: 6, noNullPrototype: true })

describe('the patch between two documents', () => {
  it('turns the one into the other, whatever they are', () => {
    fc.assert(
      fc.property(documents, documents, (before, after) => {
        expect(patched(before, patchBetween(before, after))).toEqual(after)
      }),
      { numRuns: 2000 },
    )
  })

  it('is empty between equal ones, also when they are not the same objects', () => {
    fc.assert(
      fc.property(documents, (one) => {
        expect(patchBetween(one, structuredClone(one))).toEqual([])
      }),
    )
  })

  it('writes to neither of them', () => {
    fc.assert(
      fc.property(documents, documents, (before, after) => {
        const copies = structuredClone([before, after])
        patchBetween(before, after)
        expect([before, after]).toEqual(copies)
      }),
    )
  })

  it('goes into what has the same id', () => {
    const before = {
      subtasks: [
        { id: 's1', title: 'A' },
        { id: 's2', title: 'B' },
      ],
    }
    const after = {
      subtasks: [
        { id: 's0', title: 'Z' },
        { id: 's2', title: 'C' },
      ],
    }
    expect(patchBetween(before, after)).toEqual([
      { op: 'remove', path: '/subtasks/0' },
      { op: 'add', path: '/subtasks/0', value: { id: 's0', title: 'Z' } },
      { op: 'replace', path: '/subtasks/1/title', value: 'C' },
    ])
  })

  it('removes and adds keys that every object inherits', () => {
    const one = { env: { constructor: 'x', toString: 'y' } }
    const patch = patchBetween({ env: {} }, one)
    expect(patched({ env: {} }, patch)).toEqual(one)
    expect(patchBetween(one, { env: {} })).toEqual([
      { op: 'remove', path: '/env/constructor' },
      { op: 'remove', path: '/env/toString' },
    ])
  })
})

describe('long lists', () => {
  const entries = (count: number, prefix = 'evt') =>
    Array.from({ length: count }, (_, i) => ({ id: `${prefix}_${i}`, message: `Entry ${i}` }))

  it('that have grown by an entry cost one step', () => {
    const timeline = entries(10_000)
    const more = [...timeline, { id: 'evt_new', message: 'New' }]
    const step = { op: 'add', path: '/timeline/10000', value: { id: 'evt_new', message: 'New' } }
    expect(patchBetween({ timeline }, { timeline: more })).toEqual([step])
    expect(patchBetween({ timeline: more }, { timeline })).toEqual([{ op: 'remove', path: '/timeline/10000' }])
    // The same entries, read twice.
    expect(patchBetween({ timeline: entries(10_000) }, { timeline: more })).toEqual([step])
  })

  it('that have nothing in common are replaced', () => {
    const [before, after] = [{ events: entries(10_000, 'a') }, { events: entries(10_000, 'b') }]
    expect(patchBetween(before, after)).toEqual([{ op: 'replace', path: '/events', value: after.events }])
    const deep = { metadata: { numbers: [Array.from({ length: 5000 }, (_, i) => i)] } }
    const other = { metadata: { numbers: [Array.from({ length: 5000 }, (_, i) => -i - 1)] } }
    expect(patched(deep, patchBetween(deep, other))).toEqual(other)
  })

  it('that differ in their middle only keep both ends', () => {
    const timeline = entries(10_000)
    const changed = timeline.toSpliced(5000, 2, { id: 'evt_other', message: 'Other' })
    expect(patchBetween({ timeline }, { timeline: changed })).toHaveLength(3)
  })
})
