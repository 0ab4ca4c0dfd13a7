import type { Project, ProjectId, Session, SessionId, Task, TaskId } from '../../../events/index.ts'
import type { ErrorCode } from '../../../src/errors.ts'

/**
 * What the contract says that the server does, written down a second time, as plainly as can be: arrays that are searched
 * and objects that are changed in place. It knows nothing of records, folds or layers, so that it cannot share their
 * mistakes. All of it is data that `structuredClone` copies.
 */
export interface World {
  readonly projects: ModelProject[]
  /** What requests with an idempotency key have created projects. */
  readonly creations: Map<string, Done>
}

export interface ModelProject {
  readonly id: ProjectId
  /** Undefined once it has been deleted. */
  project: Kept<Project> | undefined
  /** In creation order, as are sessions. */
  tasks: Array<Kept<Task>>
  sessions: Array<Kept<Session>>
  /** Offset of the next record, and time of the last one. */
  offset: number
  at: number
  readonly keys: Map<string, Done>
  /** The hash of the state before each offset. */
  readonly hashes: string[]
}

export interface Kept<T> {
  readonly entity: T
  /** Offset of the record that changed it last. */
  version: number
}

/** A request that was carried out: what it was, and how it was answered. */
export interface Done {
  readonly digest: string
  readonly answer: Answered
}

/** The answer to a command that was not refused. */
export interface Answered {
  readonly outcome: 'appended' | 'unchanged' | 'replayed'
  /** Undefined when it is no more. */
  readonly entity: Project | Task | Session | undefined
  readonly version: number
  /** Offset after the record that the answer rests on. */
  readonly receipt: number
}

/** When a change happens, and what its new ids are made of. */
export interface Stamp {
  readonly at: number
  readonly offset: number
  /** The random part of the record's id, in lower case. */
  readonly random: string
}

/** What a command does, once it is clear that it may: changes entities, and tells which one the answer shows. */
export type Deed = (stamp: Stamp) => void

/** What the contract refuses. */
export class Refusal extends Error {
  readonly code: ErrorCode
  readonly details: unknown

  constructor(code: ErrorCode, details?: unknown, message = '') {
    super(message)
    this.code = code
    this.details = details
  }
}

export const taskIn = ({ tasks }: ModelProject, id: TaskId): Kept<Task> => {
  const kept = tasks.find(({ entity }) => entity.id === id)
  if (kept === undefined) throw new Refusal('TASK_NOT_FOUND', undefined, 'Task not found')
  return kept
}

export const sessionIn = ({ sessions }: ModelProject, id: SessionId): Kept<Session> => {
  const kept = sessions.find(({ entity }) => entity.id === id)
  if (kept === undefined) throw new Refusal('SESSION_NOT_FOUND', undefined, 'Session not found')
  return kept
}

/** Tasks that a command mentions beside the one it is about. */
export const mustHaveTasks = ({ tasks }: ModelProject, ids: readonly TaskId[]): void => {
  for (const taskId of ids) {
    if (!tasks.some(({ entity }) => entity.id === taskId)) throw new Refusal('TASK_NOT_FOUND', { taskId })
  }
}

export const mustHaveSessions = ({ sessions }: ModelProject, ids: readonly SessionId[]): void => {
  for (const sessionId of ids) {
    if (!sessions.some(({ entity }) => entity.id === sessionId)) throw new Refusal('SESSION_NOT_FOUND', { sessionId })
  }
}

/** The fields of a change that are given and are not so already. */
export const news = <T extends object>(
  entity: T,
  fields: { readonly [K in keyof T]?: T[K] | undefined },
): Partial<T> => {
  const changes: Partial<T> = {}
  for (const name in fields) {
    const value = fields[name]
    if (value !== undefined && !equal(value, entity[name])) changes[name] = value
  }
  return changes
}

/** Whether two JSON values are equal, in whatever order their keys stand. */
export const equal = (a: unknown, b: unknown): boolean => {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b
  const [left, right] = [Object.entries(a), new Map(Object.entries(b))]
  return (
    Array.isArray(a) === Array.isArray(b) &&
    left.length === right.size &&
    left.every(([key, value]) => right.has(key) && equal(value, right.get(key)))
  )
}

export const unique = <T>(list: readonly T[]): T[] => [...new Set(list)]
