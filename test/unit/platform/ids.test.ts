import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RecordId } from '../../../events/index.ts'
import { createRecordIds } from '../../../src/platform/ids.ts'
import { mulberry32 } from '../../../tools/load-history/chance.ts'
import { timeAt } from '../../support/vocabulary.ts'

const now = timeAt(0)
const processOf = (seed: number) => createRecordIds(mulberry32(seed))

describe('the ids of records', () => {
  it('grow within a millisecond, and from one to the next', () => {
    const next = processOf(1)
    const ids = Array.from({ length: 1000 }, (_, i) => next(now + Math.floor(i / 400)))
    expect(ids.toSorted()).toEqual(ids)
    expect(new Set(ids).size).toBe(1000)
  })

  it('grow from the last one of a log, whatever the clock says and whoever made that', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), fc.integer({ min: -1000, max: 1000 }), (one, two, jump) => {
        let last = processOf(one)(now)
        const next = processOf(two)
        for (let i = 0; i < 20; i += 1) {
          const id = next(now + jump, last)
          expect(id > last).toBe(true)
          last = id
        }
      }),
    )
  })

  it.each(['ZZZZZZZZ', 'ZZZZZZZY', '00000000', 'G0000000'])('grow from one that ends with %s', (end) => {
    const last = RecordId.parse(`01HF7YAT00ABCDEFGH${end}`)
    for (let seed = 0; seed < 100; seed += 1) {
      const id = processOf(seed)(1, last)
      expect(id > last).toBe(true)
      expect(id.slice(0, 17)).toBe(last.slice(0, 17))
    }
  })

  it('that a later process makes from the last one of a log are not those that an earlier one made for other logs', () => {
    for (let seed = 0; seed < 200; seed += 1) {
      const earlier = processOf(seed)
      const last = earlier(now)
      const elsewhere = new Set(Array.from({ length: 50 }, () => earlier(now)))
      const later = processOf(1000 + seed)
      let id = last
      for (let i = 0; i < 50; i += 1) {
        id = later(now, id)
        expect(elsewhere.has(id)).toBe(false)
      }
    }
  })
})
