import type { EventRecord } from '../../../events/index.ts'
import { evolve, rebuild, unshared } from '../../../projections/evolve.ts'
import { type Change, ProjectState } from '../../../projections/index.ts'

/** A record, what it did, and what is true after it. */
export interface Stop {
  readonly record: EventRecord
  readonly changes: readonly Change[]
  /** Only good until the next stop. */
  readonly state: ProjectState
}

/** The state before the record at an offset. */
interface Place {
  readonly offset: number
  readonly state: ProjectState
}

/** How many checkpoints there are at most: each is a layer over the one before, and a look goes through all of them. */
const mostCheckpoints = 8
const leastSpacing = 64

/** How many records should lie between two checkpoints of so many records. */
export const spacingOf = (records: number): number => Math.max(leastSpacing, Math.ceil(records / mostCheckpoints))

/**
 * Goes to any record of a log that is in memory, back and forth. States at equal distances are kept, each as the changes since
 * the one before, so a step back folds no more records than lie between two of them.
 */
export class Past {
  readonly #records: readonly EventRecord[]
  readonly #spacing: number
  /** In order of their offsets; never written to. */
  readonly #checkpoints: Place[] = [{ offset: 0, state: new ProjectState() }]
  /** Over the last checkpoint before it, and the only state that is written to. */
  #now: Place = { offset: 0, state: new ProjectState() }

  /** The records may still grow. */
  constructor(records: readonly EventRecord[], spacing: number) {
    this.#records = records
    this.#spacing = spacing
  }

  /** Throws RangeError where there is no such record. */
  goTo(offset: number): Stop {
    const record = this.#records[offset]
    if (record === undefined) throw new RangeError(`no record ${offset}`)
    const state = this.before(offset)
    const changes = evolve(state, record)
    // What the changes show must not be written to by records that come later.
    state.apply(changes.map(unshared), offset)
    this.#arrive({ offset: offset + 1, state })
    return { record, changes, state }
  }

  /** The state before a record, or after the last one. Only good until the next question. */
  before(offset: number): ProjectState {
    const checkpoint = this.#checkpoints.findLast((place) => place.offset <= offset) ?? this.#now
    if (this.#now.offset > offset || this.#now.offset < checkpoint.offset) this.#now = layerOver(checkpoint)
    while (this.#now.offset < offset) this.#step()
    return this.#now.state
  }

  #step(): void {
    const { offset, state } = this.#now
    const record = this.#records[offset]
    if (record === undefined) throw new RangeError(`no record ${offset}`)
    rebuild(state, record)
    this.#arrive({ offset: offset + 1, state })
  }

  /** A checkpoint is left as it is from then on. */
  #arrive(place: Place): void {
    const isDue = place.offset === (this.#checkpoints.at(-1)?.offset ?? 0) + this.#spacing
    if (isDue) this.#checkpoints.push(place)
    this.#now = isDue ? layerOver(place) : place
  }
}

const layerOver = ({ offset, state }: Place): Place => ({ offset, state: state.layer() })
