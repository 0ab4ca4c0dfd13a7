import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Distribution } from '../../../src/platform/metrics.ts'

describe('a distribution', () => {
  it('counts every value once, under the first bound that it does not exceed', () => {
    const bounds = fc.uniqueArray(fc.integer({ min: 0, max: 100 }), { minLength: 1, maxLength: 8 })
    fc.assert(
      fc.property(bounds, fc.array(fc.integer({ min: 0, max: 120 })), (given, values) => {
        const ascending = given.toSorted((a, b) => a - b)
        const distribution = new Distribution(ascending)
        for (const value of values) distribution.observe(value)
        const [lows, highs] = [
          [Number.NEGATIVE_INFINITY, ...ascending],
          [...ascending, Number.POSITIVE_INFINITY],
        ]
        const expected = highs.map((high, i) => values.filter((v) => v <= high && v > Number(lows[i])).length)
        expect([...distribution.counts]).toEqual(expected)
        expect(distribution.sum).toBe(values.reduce((sum, value) => sum + value, 0))
      }),
    )
  })
})
