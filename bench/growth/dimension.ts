import type { Bench } from '../bench.ts'
import type { Curve, Picture } from './curve.ts'

/** Something that there may be more and more of, and what is measured over it. */
export interface Dimension {
  readonly name: string
  readonly title: string
  /** What the horizontal axis says. */
  readonly x: string
  readonly sizes: readonly number[]
  /** How each of the figures may grow. Those of memory are in bytes, all others in seconds. */
  readonly shapes: Readonly<Record<string, Curve['shape']>>
  readonly measure: (bench: Bench, size: number) => Promise<Readonly<Record<string, number>>>
}

/** Measures a dimension at each of its sizes. */
export const picture = async (dimension: Dimension, bench: Bench): Promise<Picture> => {
  const { name, title, x, sizes, shapes, measure } = dimension
  const figures = new Map<number, Readonly<Record<string, number>>>()
  for (const size of sizes) {
    bench.progress(`growth: ${size.toLocaleString('en-US')} ${x}`)
    try {
      figures.set(size, await measure(bench, size))
    } finally {
      await bench.end()
    }
  }
  const curves = Object.entries(shapes).map(
    ([curve, shape]): Curve => ({
      ...{ name: curve, shape, unit: curve.includes('memory') ? 'bytes' : 's' },
      points: [...figures].map(([size, found]) => ({ x: size, y: found[curve] ?? Number.NaN })),
    }),
  )
  return { name, title, x, curves }
}
