import type { EventRecord, ProjectId } from '../../events/index.ts'
import { reachesFurther, touches } from '../../projections/history.ts'
import { ProjectState, rebuild } from '../../projections/index.ts'
import type { History } from './history.ts'

/** For records of which it is enough to look at them. */
const nothing = new ProjectState()

/**
 * Tells which records touch an entity, of those that it is shown one after the other. A deletion may do so without naming
 * it: only when one comes is the state of then looked up, and kept up from there on.
 */
export class EntityFilter {
  readonly #history: Pick<History, 'stateBefore'>
  readonly #projectId: ProjectId
  readonly #id: string
  #state: ProjectState | undefined

  constructor(history: Pick<History, 'stateBefore'>, projectId: ProjectId, id: string) {
    this.#history = history
    this.#projectId = projectId
    this.#id = id
  }

  async lets(record: EventRecord): Promise<boolean> {
    const isNamed = touches(nothing, record, this.#id)
    if (!isNamed && reachesFurther(record)) {
      this.#state ??= await this.#history.stateBefore(this.#projectId, record.offset)
    }
    const isTouched = isNamed || (this.#state !== undefined && touches(this.#state, record, this.#id))
    if (this.#state !== undefined) rebuild(this.#state, record)
    return isTouched
  }
}
