import { describe, expect, it } from 'vitest'
import type { Result } from '../../../bench/measure.ts'
import { amount } from '../../../bench/support/amount.ts'
import { tableOf } from '../../../bench/table.ts'

describe('the table', () => {
  it('is one on a terminal and on a page: figures, spread of the ratio, target, and what was reached', () => {
    const spread = (median: number) => ({ min: median / 2, median, max: median * 2 })
    const results: Result[] = [
      {
        ...{ kind: 'measured', name: 'a', group: 'g', unit: '/s', what: 'POST', reference: 'echo' },
        ...{ ours: spread(20_000), beside: spread(10_000), ratio: spread(2), passed: true },
        target: { atLeast: 1.8 },
      },
      {
        ...{ kind: 'measured', name: 'b', group: 'g', unit: 's', what: 'start', ours: spread(0.75), passed: false },
        target: { atMost: 0.5 },
      },
      {
        kind: 'skipped',
        name: 'c',
        group: 'g',
        unit: '/s',
        what: 'append',
        reference: 'NATS',
        reason: 'not installed',
      },
    ]
    expect(tableOf(results)).toBe(
      [
        '|   | what   | ours                     | beside | rate     | ratio, lowest to highest | target   |',
        '| - | ------ | ------------------------ | ------ | -------- | ------------------------ | -------- |',
        '| ✓ | POST   | 20,000/s                 | echo   | 10,000/s | 2.00 (1.00 to 4.00)      | ≥ 1.8    |',
        '| ✗ | start  | 750 ms (375 ms to 1.5 s) |        |          |                          | ≤ 500 ms |',
        '| – | append |                          | NATS   |          | skipped: not installed   |          |',
        '',
      ].join('\n'),
    )
  })

  it.each([
    [1234.6, '/s', '1,235/s'],
    [56.78, '/s', '56.8/s'],
    [0.1234, 's', '123 ms'],
    [12.34, 's', '12.3 s'],
    [999, 'bytes', '999 B'],
    [123_456, 'bytes', '123 kB'],
    [512e6, 'bytes', '512 MB'],
    [312.4, 'MB/s', '312 MB/s'],
  ])('writes %d of %s as %s', (value, unit, text) => {
    expect(amount(value, unit)).toBe(text)
  })
})
