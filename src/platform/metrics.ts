/**
 * What is measured while it happens. Whoever measures is given one of these and adds to it, which costs some nanoseconds;
 * names, labels and formats are for whoever shows it. Times are in seconds.
 */

/** A number that only grows. */
export class Count {
  #value = 0

  get value(): number {
    return this.#value
  }

  add(amount = 1): void {
    this.#value += amount
  }
}

/** How many values there were of each size, and their sum: what a histogram is made of. */
export class Distribution {
  /** Ascending. A value belongs to the first bound that it does not exceed. */
  readonly bounds: readonly number[]
  /** By bound, and at the end those beyond the last one. */
  readonly counts: Float64Array
  #sum = 0

  constructor(bounds: readonly number[]) {
    this.bounds = bounds
    this.counts = new Float64Array(bounds.length + 1)
  }

  get sum(): number {
    return this.#sum
  }

  observe(value: number): void {
    const { bounds, counts } = this
    let i = 0
    while (i < bounds.length && value > (bounds[i] ?? 0)) i += 1
    counts[i] = (counts[i] ?? 0) + 1
    this.#sum += value
  }
}

/** A class of statuses, such as `2xx`. */
export type StatusClass = `${number}xx`

/** How long requests took: by method, by the path of their route, and by the class of the status that they ended with. */
export class RequestDurations {
  readonly #byPath = new Map<string, Map<string, Array<Distribution | undefined>>>()
  readonly #bounds: readonly number[]

  constructor(bounds: readonly number[]) {
    this.#bounds = bounds
  }

  observe(method: string, path: string, status: number, seconds: number): void {
    const byMethod = entryOf(this.#byPath, path, () => new Map())
    const byClass = entryOf(byMethod, method, () => [])
    const index = Math.floor(status / 100)
    const known = byClass[index]
    const distribution = known ?? new Distribution(this.#bounds)
    if (known === undefined) byClass[index] = distribution
    distribution.observe(seconds)
  }

  *entries(): Generator<{
    readonly method: string
    readonly path: string
    readonly status: StatusClass
    readonly distribution: Distribution
  }> {
    for (const [path, byMethod] of this.#byPath) {
      for (const [method, byClass] of byMethod) {
        for (const [index, distribution] of byClass.entries()) {
          if (distribution !== undefined) yield { method, path, status: `${index}xx`, distribution }
        }
      }
    }
  }
}

const entryOf = <K, V>(map: Map<K, V>, key: K, make: () => V): V => {
  const known = map.get(key)
  if (known !== undefined) return known
  const made = make()
  map.set(key, made)
  return made
}

/** From what a cached answer takes to what nobody waits for, s. */
const latencies = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
/** Work in the background may take longer, s. */
const backgroundTimes = [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300]
const batchSizes = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000]

/** All that is measured while it happens, in one server. */
export interface Meters {
  readonly requests: RequestDurations
  /** Writes that were refused because there was too much of something. */
  readonly refusedWrites: { readonly writes: Count; readonly bytes: Count; readonly loopDelay: Count }
  /** From the order to append a batch until it is durable. */
  readonly appends: Distribution
  /** Written to log files. */
  readonly appendedBytes: Count
  /** Appends that the log did not carry out. */
  readonly refusedAppends: Count
  /** Records of an append. */
  readonly batches: Distribution
  /** Syncs of log files. */
  readonly syncs: Distribution
  readonly snapshots: Distribution
  readonly failedSnapshots: Count
  readonly loopDelays: Distribution
}

export const createMeters = (): Meters => ({
  requests: new RequestDurations(latencies),
  refusedWrites: { writes: new Count(), bytes: new Count(), loopDelay: new Count() },
  appends: new Distribution(latencies),
  appendedBytes: new Count(),
  refusedAppends: new Count(),
  batches: new Distribution(batchSizes),
  syncs: new Distribution(latencies),
  snapshots: new Distribution(backgroundTimes),
  failedSnapshots: new Count(),
  loopDelays: new Distribution(latencies),
})
