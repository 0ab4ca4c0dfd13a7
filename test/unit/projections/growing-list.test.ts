import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { GrowingLists, type JsonText, sharedFrom } from '../../../projections/growing-list.ts'
import { asText } from '../../../projections/index.ts'

interface Entry {
  readonly text: string
}
interface Log {
  readonly title: string
  readonly entries: Entry[]
  readonly note?: string | undefined
}

const listsOfLogs = (): GrowingLists<Log, Entry> =>
  new GrowingLists<Log, Entry>({
    name: 'entries',
    items: ({ entries }) => entries,
    replaced: (log, entries) => ({ ...log, entries }),
  })

const entriesFrom = (from: number, count: number): Entry[] =>
  Array.from({ length: count }, (_, i) => ({ text: `${from + i}` }))
const logOf = (count: number): Log => ({ title: 'Log', entries: entriesFrom(0, count) })
const same = (log: Log): Log => log

/** A log that shares its entries. */
const shared = (lists: GrowingLists<Log, Entry>, count = sharedFrom + 1): Log =>
  lists.next(logOf(count - 1), same, entriesFrom(count - 1, 1))

const textIn = (json: JsonText | undefined): string | undefined => json && asText(json)

const text = fc.string({ unit: fc.constantFrom('a', '"', '\\', '\u2028', 'é', '😀', '\ud800') })
const step = fc.record({
  /** Which version is gone on from: how many before the last one. */
  back: fc.oneof({ weight: 6, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(9) }),
  title: fc.option(text, { nil: undefined }),
  more: fc.array(fc.record({ text }), { maxLength: 3 }),
  /** Which version is looked at then, and how. */
  looked: fc.nat(9),
  how: fc.constantFrom('at its JSON', 'at its entries', 'not at all'),
})

describe('versions of an entity with a list that grows', () => {
  it('are each as it was, and in JSON, whoever went on from which of them and looked at which', () => {
    const around = fc.constantFrom<Omit<Log, 'title' | 'entries'>>({}, { note: 'entries' }, { note: undefined })
    fc.assert(
      fc.property(
        fc.integer({ min: sharedFrom - 5, max: sharedFrom + 5 }),
        around,
        fc.array(step),
        (count, rest, steps) => {
          const lists = listsOfLogs()
          const first = { ...logOf(count), ...rest }
          // Every version ever made, beside what it should be.
          const versions: Array<readonly [Log, Log]> = [[first, structuredClone(first)]]
          const versionAt = (back: number) => versions[Math.max(0, versions.length - 1 - back)] ?? [first, first]
          for (const { back, title, more, looked, how } of steps) {
            const [before, model] = versionAt(back)
            const change = (log: Log): Log => (title === undefined ? log : { ...log, title })
            versions.push([
              lists.next(before, change, more),
              { ...change(model), entries: [...model.entries, ...structuredClone(more)] },
            ])
            const [seen, expected] = versionAt(looked)
            if (how === 'at its JSON')
              expect(textIn(lists.jsonOf(seen)) ?? JSON.stringify(seen)).toBe(JSON.stringify(expected))
            if (how === 'at its entries') expect(seen.entries).toEqual(expected.entries)
          }
          for (const [version, expected] of versions) {
            expect(textIn(lists.jsonOf(version)) ?? JSON.stringify(version)).toBe(JSON.stringify(expected))
            expect(version).toEqual(expected)
            expect(JSON.stringify(version)).toBe(JSON.stringify(expected))
          }
        },
      ),
    )
  })

  it('share it once it is long, and copy it before', () => {
    const lists = listsOfLogs()
    const [short, long] = [logOf(sharedFrom - 1), logOf(sharedFrom)]
    expect(lists.has(lists.next(short, same, entriesFrom(0, 1)))).toBe(false)
    const next = lists.next(long, same, entriesFrom(0, 1))
    expect(lists.has(next)).toBe(true)
    expect(lists.has(lists.next(next, same, []))).toBe(true)
    // Nothing is put on it, so that there is nothing to copy.
    expect(lists.next(long, (log) => ({ ...log, title: 'Other' }), []).entries).toBe(long.entries)
  })

  it('are plain objects whose list is an ordinary array, and the same one at every look', () => {
    const log = shared(listsOfLogs())
    expect(log.entries).toBe(log.entries)
    expect(Object.getPrototypeOf(log.entries)).toBe(Array.prototype)
    expect(Object.keys(log)).toEqual(['title', 'entries'])
    expect({ ...log }).toEqual(logOf(sharedFrom + 1))
    expect(structuredClone(log)).toEqual(logOf(sharedFrom + 1))
  })

  it('write no entry as JSON a second time', () => {
    const lists = listsOfLogs()
    let written = 0
    const counted = (n: number): Entry => ({
      get text() {
        written += 1
        return `${n}`
      },
    })
    const first = lists.next(
      { title: 'Log', entries: Array.from({ length: sharedFrom }, (_, i) => counted(i)) },
      same,
      [counted(sharedFrom)],
    )
    const second = lists.next(first, same, [counted(sharedFrom + 1)])
    const third = lists.next(second, same, [counted(sharedFrom + 2)])
    lists.jsonOf(second)
    expect(written).toBe(sharedFrom + 2)
    lists.jsonOf(first)
    lists.jsonOf(third)
    lists.jsonOf(second)
    expect(written).toBe(sharedFrom + 3)
  })
})
