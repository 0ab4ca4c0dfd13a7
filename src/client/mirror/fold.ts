import { type EventRecord, type Position, start } from '../../../events/index.ts'
import { type Change, evolve, ProjectState, rebuild } from '../../../projections/index.ts'

/**
 * The state of one project as it is made from its records. It is not shown before it has caught up with what the log was when
 * the following began; until then it is made in place, which is several times as fast and changes what it holds.
 */
export class ProjectFold {
  readonly state: ProjectState
  #position: Position
  #goal: number
  #isShown = false

  /** `goal` is the offset after the last record there was; `state` is what was true at `position`, and nobody else's. */
  constructor(goal: number, state: ProjectState = new ProjectState(), position: Position = start) {
    this.state = state
    this.#position = position
    this.#goal = goal
    this.#look()
  }

  /** After the last record that is in the state. */
  get position(): Position {
    return this.#position
  }

  /** Whether the state can be looked at. Once it can, its entities are never written to again. */
  get isShown(): boolean {
    return this.#isShown
  }

  /** The log has this many records by now. */
  expect(goal: number): void {
    this.#goal = goal
    this.#look()
  }

  /** Takes the next record in. What it changes is told of a state that is shown. */
  take(record: EventRecord): readonly Change[] {
    this.#position = { offset: record.offset + 1, hash: record.hash }
    if (!this.#isShown) {
      rebuild(this.state, record)
      this.#look()
      return []
    }
    const changes = evolve(this.state, record)
    this.state.apply(changes, record.offset)
    return changes
  }

  #look(): void {
    if (this.#position.offset >= this.#goal) this.#isShown = true
  }
}
