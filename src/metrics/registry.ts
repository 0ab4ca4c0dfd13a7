import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { Distribution } from '../platform/metrics.ts'

type Labels = Readonly<Record<string, string>>

interface Described {
  /** As Prometheus has it: what is measured, then its unit in the plural; `_total` at the end of what only grows. */
  readonly name: string
  /** What it is, in words for people. */
  readonly help: string
  readonly labels?: readonly string[]
}

export interface Sample {
  readonly value: number
  readonly labels?: Labels
}

/** A metric as data. It is read when somebody asks for it, and costs nothing until then. */
export type Family =
  | (Described & { readonly kind: 'gauge' | 'counter'; readonly read: () => Iterable<Sample> })
  | (Described & {
      readonly kind: 'histogram'
      readonly read: () => Iterable<{ readonly distribution: Distribution; readonly labels?: Labels }>
    })

/** All metrics in the text format of Prometheus. */
export interface Exposition {
  readonly contentType: string
  text(): Promise<string>
}

export const createExposition = (families: readonly Family[]): Exposition => {
  const registry = new Registry()
  for (const family of families) registry.registerMetric(metricOf(family))
  return { contentType: registry.contentType, text: () => registry.metrics() }
}

const metricOf = (family: Family): Gauge | Counter | Histogram => {
  const { name, help, labels = [] } = family
  const common = { name, help, labelNames: labels, registers: [] }
  switch (family.kind) {
    case 'gauge':
      return new Gauge({
        ...common,
        collect() {
          this.reset()
          for (const sample of family.read()) this.set(sample.labels ?? {}, sample.value)
        },
      })
    case 'counter':
      return new Counter({
        ...common,
        collect() {
          this.reset()
          for (const sample of family.read()) this.inc(sample.labels ?? {}, sample.value)
        },
      })
    case 'histogram':
      return new FilledHistogram(common, family.read)
  }
}

type HistogramValues = Awaited<ReturnType<Histogram['get']>>
type FilledFamily = Extract<Family, { kind: 'histogram' }>

/** A histogram that others have filled: the library's own looks up its labels at every value, which costs many times more. */
class FilledHistogram extends Histogram {
  /** Tells everything but the values. */
  readonly #empty: Histogram
  readonly #read: FilledFamily['read']

  constructor(description: ConstructorParameters<typeof Histogram>[0], read: FilledFamily['read']) {
    super(description)
    this.#empty = new Histogram(description)
    this.#read = read
  }

  override async get(): Promise<HistogramValues> {
    const empty = await this.#empty.get()
    const values = [...this.#read()].flatMap(({ distribution, labels }) => samplesOf(empty.name, distribution, labels))
    return { ...empty, values }
  }

  /** What a registry asks for in place of `get`. */
  getForPromString(): Promise<HistogramValues> {
    return this.get()
  }
}

const samplesOf = (
  name: string,
  { bounds, counts, sum }: Distribution,
  labels: Labels = {},
): HistogramValues['values'] => {
  let count = 0
  const buckets = [...counts].map((values, i) => {
    count += values
    return { metricName: `${name}_bucket`, labels: { le: bounds[i] ?? '+Inf', ...labels }, value: count }
  })
  return [
    ...buckets,
    { metricName: `${name}_sum`, labels, value: sum },
    { metricName: `${name}_count`, labels, value: count },
  ]
}
