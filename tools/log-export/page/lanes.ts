import type { EventRecord, SessionId, SessionStatus, TaskId, TaskStatus } from '../../../events/index.ts'
import { effectsOf, type ProjectState } from '../../../projections/index.ts'

export type Status = TaskStatus | SessionStatus

/** From one record on, up to another one, a status was true. Without `to` it still is at the end. */
export interface Span {
  readonly status: Status
  readonly from: number
  readonly to: number | undefined
}

/** The life of one task or session. */
export interface Lane {
  readonly kind: 'task' | 'session'
  readonly id: string
  /** What it was called last. */
  readonly name: string
  /** In order, and none overlaps another. */
  readonly spans: readonly Span[]
  /** Offsets of the records that did something to it. */
  readonly touches: readonly number[]
}

interface Growing extends Lane {
  name: string
  readonly spans: Span[]
  readonly touches: number[]
}

/** Draws the lanes of a log, fed with all of its records. */
export class Lanes {
  readonly #lanes = new Map<string, Growing>()

  /** In the order in which they came: sessions first, then tasks. */
  list(): readonly Lane[] {
    const lanes = [...this.#lanes.values()]
    return [...lanes.filter(({ kind }) => kind === 'session'), ...lanes.filter(({ kind }) => kind === 'task')]
  }

  /** Takes a record; `fold` brings the state, which is the one before it, to the one after it. */
  add(state: ProjectState, record: EventRecord, fold: () => void): void {
    const effects = effectsOf(state, record)
    fold()
    for (const { kind, id } of effects) {
      if (kind === 'task') this.#touch(kind, id, record.offset, taskNow(state, id))
      else if (kind === 'session') this.#touch(kind, id, record.offset, sessionNow(state, id))
    }
  }

  #touch(kind: Lane['kind'], id: string, offset: number, now: Now | undefined): void {
    const lane = this.#lanes.get(id) ?? (now && { kind, id, name: now.name, spans: [], touches: [] })
    if (lane === undefined) return
    this.#lanes.set(id, lane)
    lane.touches.push(offset)
    if (now !== undefined) lane.name = now.name
    const last = lane.spans.at(-1)
    const isOpen = last !== undefined && last.to === undefined
    if (isOpen && last.status === now?.status) return
    if (isOpen) lane.spans.splice(-1, 1, { ...last, to: offset })
    if (now !== undefined) lane.spans.push({ status: now.status, from: offset, to: undefined })
  }
}

interface Now {
  readonly name: string
  readonly status: Status
}

const taskNow = (state: ProjectState, id: TaskId): Now | undefined => {
  const task = state.task.get(id)?.entity
  return task && { name: task.title, status: task.status }
}

const sessionNow = (state: ProjectState, id: SessionId): Now | undefined => {
  const session = state.session.get(id)?.entity
  return session && { name: session.name, status: session.status }
}

/** What was true of a lane after a record; undefined where there was nothing. */
export const statusAt = ({ spans }: Lane, offset: number): Status | undefined => {
  const span = spans.findLast(({ from }) => from <= offset)
  return span !== undefined && (span.to === undefined || offset < span.to) ? span.status : undefined
}

/** Whether somebody should be doing something there. */
export const isAtWork = (status: Status | undefined): boolean =>
  status === 'in_progress' || status === 'blocked' || status === 'spawning' || status === 'running'
