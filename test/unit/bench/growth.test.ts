import { describe, expect, it } from 'vitest'
import { type Curve, exponentOf, keepsShape } from '../../../bench/growth/curve.ts'
import { growthText } from '../../../bench/growth/run.ts'
import { svgOf } from '../../../bench/growth/svg.ts'

const sizes = [100, 1_000, 10_000, 100_000]
const curve = (shape: Curve['shape'], y: (x: number) => number): Curve => ({
  ...{ name: 'a < b', unit: 's', shape },
  points: sizes.map((x) => ({ x, y: y(x) })),
})

describe('the power that a curve grows with', () => {
  it.each<[string, (x: number) => number, number]>([
    ['nothing', () => 7, 0],
    ['as much', (x) => 3 * x, 1],
    ['the square', (x) => x * x, 2],
    ['a root', Math.sqrt, 0.5],
  ])('is that of %s', (_, y, power) => {
    expect(exponentOf(curve('flat', y))).toBeCloseTo(power)
  })

  it('says whether a curve has the shape that it should have', () => {
    expect(keepsShape(curve('flat', () => 7))).toBe(true)
    expect(keepsShape(curve('flat', Math.sqrt))).toBe(false)
    expect(keepsShape(curve('linear', (x) => x))).toBe(true)
    expect(keepsShape(curve('linear', () => 7))).toBe(true)
    expect(keepsShape(curve('linear', (x) => x * x))).toBe(false)
  })
})

const picture = {
  ...{ name: 'tasks', title: 'Over tasks', x: 'tasks' },
  curves: [curve('flat', () => 0.001), { ...curve('linear', (x) => x * 1000), name: 'memory', unit: 'bytes' as const }],
}

describe('a picture', () => {
  const svg = svgOf(picture)

  it('has a panel for each unit, with every curve by its name, and every point', () => {
    expect(svg.match(/<polyline /g)).toHaveLength(2)
    expect(svg.match(/<circle /g)).toHaveLength(2 * sizes.length)
    for (const text of ['a &lt; b', 'memory', '100,000', '1 ms', '1 MB', 'Over tasks'])
      expect(svg).toContain(`>${text}<`)
  })

  it('has level lines for what is flat, and nothing outside of its edges', () => {
    const [level = ''] = svg.match(/(?<=polyline points=")[^"]+/) ?? []
    expect(new Set(level.split(' ').map((point) => point.split(',')[1])).size).toBe(1)
    const [, width, height] = /viewBox="0 0 (\d+) (\d+)"/.exec(svg) ?? []
    for (const [, x, y] of svg.matchAll(/c?x1?="([\d.-]+)" c?y1?="([\d.-]+)"/g)) {
      expect(Number(x)).toBeGreaterThanOrEqual(0)
      expect(Number(x)).toBeLessThanOrEqual(Number(width))
      expect(Number(y)).toBeGreaterThanOrEqual(0)
      expect(Number(y)).toBeLessThanOrEqual(Number(height))
    }
    expect(svg).not.toContain('NaN')
  })
})

describe('the table of a picture', () => {
  it('has a line for each curve, with its figures, its power, and whether that is as it should be', () => {
    expect(growthText([picture])).toBe(
      [
        '|  | Over tasks: tasks | 100 | 1,000 | 10,000 | 100,000 | grows with power |',
        '|---|---|---|---|---|---|---|',
        '| ✓ | a < b | 1 ms | 1 ms | 1 ms | 1 ms | flat: 0.00 |',
        '| ✓ | memory | 100 kB | 1 MB | 10 MB | 100 MB | linear: 1.00 |',
        '',
      ].join('\n'),
    )
  })
})
