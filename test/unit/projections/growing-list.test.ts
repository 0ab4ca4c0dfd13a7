import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { appended, jsonOf, unshared } from '../../../projections/growing-list.ts'

interface Entry {
  readonly n: number
}
const entries = (from: number, to: number): Entry[] => Array.from({ length: to - from }, (_, i) => ({ n: from + i }))

/** Long enough to be shared. */
const long = 100
const shared = (length = long): Entry[] => appended(entries(0, length - 1), entries(length - 1, length))

describe('a list that others share', () => {
  it('is like an array of its own, whatever is asked of it', () => {
    const list = shared()
    const plain = entries(0, long)
    expect(list).toEqual(plain)
    expect(plain).toEqual(list)
    expect(Array.isArray(list)).toBe(true)
    expect(list.length).toBe(long)
    expect([...list]).toEqual(plain)
    expect([list[0], list[99], list[100], list.at(-1), list.at(100)]).toEqual([
      { n: 0 },
      { n: 99 },
      undefined,
      { n: 99 },
      undefined,
    ])
    expect(list.map(({ n }) => n)).toEqual(plain.map(({ n }) => n))
    expect(list.slice(40, 60)).toEqual(plain.slice(40, 60))
    expect([0].concat(list.map(({ n }) => n))).toHaveLength(long + 1)
    expect(list.findLast(({ n }) => n % 7 === 0)).toEqual({ n: 98 })
    expect(Object.keys(list)).toEqual(Object.keys(plain))
    expect(Object.entries(list)).toEqual(Object.entries(plain))
    expect({ ...list }).toEqual({ ...plain })
    expect(['7' in list, '99' in list, '100' in list, '-1' in list, '07' in list, 'length' in list]).toEqual([
      ...[true, true, false, false, false, true],
    ])
    expect(JSON.stringify(list)).toBe(JSON.stringify(plain))
    expect(list.toSorted((a, b) => b.n - a.n)).toEqual(plain.toReversed())
  })

  it('cannot be written to, since others see the same entries', () => {
    const list = shared()
    expect(() => list.push({ n: 100 })).toThrow(TypeError)
    expect(() => list.splice(0)).toThrow(TypeError)
    expect(() => {
      list[0] = { n: 1 }
    }).toThrow(TypeError)
    expect(() => {
      list.length = 0
    }).toThrow(TypeError)
    expect(list).toEqual(entries(0, long))
  })

  it('stays as it is when others go on from it, each in its own way', () => {
    // Every version ever made, with what it should hold.
    const grow = fc.array(fc.tuple(fc.nat(30), fc.nat(4)), { maxLength: 40 })
    fc.assert(
      fc.property(fc.nat(130), grow, (length, steps) => {
        const versions: Array<{ list: Entry[]; plain: Entry[] }> = [
          { list: entries(0, length), plain: entries(0, length) },
        ]
        let n = 1000
        for (const [which, count] of steps) {
          const { list, plain } = versions[Math.max(0, versions.length - 1 - which)] ?? { list: [], plain: [] }
          const more = entries(n, n + count)
          n += count
          versions.push({ list: appended(list, more), plain: [...plain, ...more] })
        }
        for (const { list, plain } of versions) {
          expect(list.length).toBe(plain.length)
          expect([...list]).toEqual(plain)
        }
      }),
    )
  })
})

describe('the text of an entity', () => {
  const text = fc.record(
    { id: fc.string(), note: fc.option(fc.string(), { nil: undefined }) },
    { requiredKeys: ['id'] },
  )
  const name = fc.constantFrom('timeline', 'events')

  it('is what JSON makes of it, of every version in any order, whichever fields are around the list', () => {
    fc.assert(
      fc.property(text, text, name, fc.array(fc.nat(150), { minLength: 1 }), (before, after, field, asked) => {
        const lists: Entry[][] = [entries(0, 30)]
        for (let i = 0; i < 150; i += 1) lists.push(appended(lists.at(-1) ?? [], entries(30 + i, 31 + i)))
        for (const which of asked) {
          const list = lists[which] ?? []
          const entity = { ...before, [field]: list, ...after }
          expect(jsonOf(entity)).toBe(JSON.stringify({ ...before, [field]: [...list], ...after }))
          expect(unshared(entity)).toEqual({ ...before, [field]: [...list], ...after })
        }
      }),
    )
  })

  it('is what JSON makes of it when there is nothing around the list', () => {
    expect(jsonOf({ timeline: shared() })).toBe(JSON.stringify({ timeline: entries(0, long) }))
    expect(jsonOf({ a: undefined, events: shared() })).toBe(JSON.stringify({ events: entries(0, long) }))
    expect(jsonOf({ metadata: { events: [] }, events: shared() })).toBe(
      JSON.stringify({ metadata: { events: [] }, events: entries(0, long) }),
    )
  })
})
