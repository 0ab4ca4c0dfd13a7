import type { ProjectId } from '../../events/index.ts'
import type { Stopwatch } from '../platform/clock.ts'

/** How far a start is. */
export interface LoadTotals {
  /** The project that is being read. */
  readonly projectId: ProjectId
  readonly snapshots: number
  readonly records: number
}

/** How many records are read between two looks at the clock, each of which takes as long as a part of reading one. */
export const recordsPerLook = 256
/** After this long a start says how far it is, and then again, ms. */
const every = 1_000

/** Counts what is read at start, and says how far it is when that takes long. */
export class LoadProgress {
  readonly #stopwatch: Stopwatch
  readonly #say: (totals: LoadTotals) => void
  #said: number
  #snapshots = 0
  #records = 0

  constructor(stopwatch: Stopwatch, say: (totals: LoadTotals) => void) {
    this.#stopwatch = stopwatch
    this.#say = say
    this.#said = stopwatch()
  }

  get records(): number {
    return this.#records
  }

  /** A record was read. */
  record(projectId: ProjectId): void {
    this.#records += 1
    if (this.#records % recordsPerLook === 0) this.#sayIfDue(projectId)
  }

  /** A snapshot was read. */
  restored(projectId: ProjectId): void {
    this.#snapshots += 1
    this.#sayIfDue(projectId)
  }

  #sayIfDue(projectId: ProjectId): void {
    const now = this.#stopwatch()
    if (now - this.#said < every) return
    this.#said = now
    this.#say({ projectId, snapshots: this.#snapshots, records: this.#records })
  }
}
