import type { EventRecord } from '../../../events/index.ts'
import { evolve, rebuild, unshared } from '../../../projections/evolve.ts'
import type { Change, ProjectState } from '../../../projections/index.ts'
import { nearestState } from '../../../src/store/history.ts'
import { type Waypoint, Waypoints } from '../../../src/store/waypoints.ts'
import { deedOf, whoOf } from '../../story/sentence.ts'
import { recordAt } from '../../support/past.ts'
import type { ReadOnlyLog } from '../../support/read-only-log.ts'

/** A record and what it did. */
export interface Stop {
  readonly record: EventRecord
  /** Who did what. */
  readonly sentence: string
  readonly changes: readonly Change[]
  /** What is true after it. Only good until the next stop. */
  readonly state: ProjectState
}

/** How many states of the whole log are remembered, if there is room. */
const places = 8
/** How many records back a step is quick. */
const nearby = 256

/**
 * Goes to any record of a log, and back and forth. Memory holds one state and what a few others are different in, so a step
 * back folds a few records, and a jump an eighth of the log at most, once somebody has been there.
 */
export class Walk {
  readonly #log: ReadOnlyLog
  readonly #onRecord: (offset: number) => void
  readonly #far = new Waypoints()
  /** A little before the last stop, over one of the far ones. Not written to any more either. */
  #near: Waypoint | undefined
  /** Over the near one, and the only one that is written to. */
  #now: Waypoint | undefined

  constructor(log: ReadOnlyLog, onRecord: (offset: number) => void = () => {}) {
    this.#log = log
    this.#onRecord = onRecord
  }

  async goTo(offset: number): Promise<Stop> {
    const { state } = await this.#before(offset)
    const record = await recordAt(this.#log, offset)
    const scene = { state, length: 200 }
    const sentence = `${whoOf(record.actor, scene)} ${deedOf(record, scene)}`
    const changes = evolve(state, record)
    // What the changes show must not be written to by records that come later, nor must the places below.
    state.apply(changes.map(unshared), record.offset)
    this.#now = { offset: offset + 1, state }
    return { record, sentence, changes, state }
  }

  /** A state that can be written to. */
  async #before(offset: number): Promise<Waypoint> {
    const now = this.#now
    this.#now = undefined
    if (now !== undefined && now.offset <= offset && offset - now.offset <= nearby) return this.#fold(now, offset)
    const near = this.#near
    if (near !== undefined && near.offset <= offset && offset - near.offset <= 2 * nearby) {
      return this.#fold(layerOver(near), offset)
    }
    const far = await this.#nearestFar(offset)
    this.#near = await this.#fold(layerOver(far), Math.max(far.offset, offset - nearby))
    return this.#fold(layerOver(this.#near), offset)
  }

  /** The last far place before an offset; makes those that are missing on the way. */
  async #nearestFar(offset: number): Promise<Waypoint> {
    const { projectId, head } = this.#log
    const distance = Math.ceil(head.offset / places)
    let far = this.#far.nearest(projectId, offset)
    if (offset - far.offset > distance) far = (await this.#fromSnapshot(offset, far.offset + distance)) ?? far
    while (far.offset + distance <= offset) {
      const next = await this.#fold(layerOver(far), far.offset + distance)
      far = this.#far.add(projectId, far, next, 0)
    }
    return far
  }

  /** What a snapshot on disk has, if it is of use. */
  async #fromSnapshot(most: number, least: number): Promise<Waypoint | undefined> {
    const { projectId, snapshots } = this.#log
    const { state, from } = await nearestState(snapshots, projectId, most)
    return from < least ? undefined : this.#far.begin(projectId, { offset: from, state }, 0)
  }

  async #fold({ offset, state }: Waypoint, to: number): Promise<Waypoint> {
    for await (const { record } of this.#log.records(offset, to)) {
      rebuild(state, record)
      this.#onRecord(record.offset)
    }
    return { offset: to, state }
  }
}

const layerOver = ({ offset, state }: Waypoint): Waypoint => ({ offset, state: state.layer() })
