import { describe, expect, it } from 'vitest'
import { createExposition } from '../../../src/metrics/registry.ts'
import { Count, Distribution, RequestDurations } from '../../../src/platform/metrics.ts'
import { allFamilies } from '../../support/metric-families.ts'

describe('an exposition', () => {
  it('shows gauges and counters as they are when it is asked for', async () => {
    const count = new Count()
    const sizes = new Map([['small', 3]])
    const exposition = createExposition([
      { kind: 'counter', name: 'things_total', help: 'Things.', read: () => [{ value: count.value }] },
      {
        kind: 'gauge',
        name: 'sizes',
        help: 'Sizes.',
        labels: ['size'],
        read: () => [...sizes].map(([size, value]) => ({ labels: { size }, value })),
      },
    ])
    count.add()
    expect(await exposition.text()).toBe(
      '# HELP things_total Things.\n# TYPE things_total counter\nthings_total 1\n\n' +
        '# HELP sizes Sizes.\n# TYPE sizes gauge\nsizes{size="small"} 3\n',
    )
    count.add(2)
    sizes.delete('small')
    sizes.set('a "large" one', 0)
    expect(await exposition.text()).toMatch(/^things_total 3$[\s\S]*^sizes\{size="a \\"large\\" one"\} 0$/m)
    expect(await exposition.text()).not.toContain('small')
  })

  it('shows a histogram with buckets that each hold the smaller ones too', async () => {
    const durations = new RequestDurations([1, 2])
    for (const seconds of [0.5, 1, 1.5, 7]) durations.observe('GET', '/a', 204, seconds)
    durations.observe('GET', '/a', 404, 3)
    const exposition = createExposition([
      {
        kind: 'histogram',
        name: 'took_seconds',
        help: 'Took.',
        labels: ['method', 'path', 'status'],
        read: function* () {
          for (const { distribution, ...labels } of durations.entries()) yield { distribution, labels }
        },
      },
    ])
    const samples = (await exposition.text()).split('\n').filter((line) => line.includes('2xx'))
    expect(samples).toEqual([
      'took_seconds_bucket{le="1",method="GET",path="/a",status="2xx"} 2',
      'took_seconds_bucket{le="2",method="GET",path="/a",status="2xx"} 3',
      'took_seconds_bucket{le="+Inf",method="GET",path="/a",status="2xx"} 4',
      'took_seconds_sum{method="GET",path="/a",status="2xx"} 10',
      'took_seconds_count{method="GET",path="/a",status="2xx"} 4',
    ])
  })

  it('shows a histogram without labels also before anything has happened', async () => {
    const distribution = new Distribution([1])
    const exposition = createExposition([
      { kind: 'histogram', name: 'empty', help: 'Empty.', read: () => [{ distribution }] },
    ])
    expect(await exposition.text()).toContain('empty_bucket{le="+Inf"} 0\nempty_sum 0\nempty_count 0')
  })
})

describe('the metrics of the server', () => {
  const families = allFamilies()

  it('have names as Prometheus wants them: a prefix, a unit in the plural, _total for what only grows', () => {
    for (const { name, kind } of families) {
      expect(name).toMatch(/^(?:maestro|process|nodejs)(?:_[a-z]+)+$/)
      expect(name.endsWith('_total')).toBe(kind === 'counter')
      if (kind === 'histogram') expect(name).toMatch(/_(?:seconds|records)$/)
    }
    expect(new Set(families.map(({ name }) => name)).size).toBe(families.length)
  })

  it('say in a sentence what they are', () => {
    for (const { help } of families) expect(help).toMatch(/^[A-Z].*\.$/)
  })
})
