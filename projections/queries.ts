import { type Session, SessionStatus, type Task, type TaskId, TaskStatus } from '../events/index.ts'
import type { Row } from './row.ts'
import { isOver } from './session.ts'
import { type ProjectState, sessionGroup, taskGroup } from './state.ts'
import { childrenOf } from './task.ts'

export interface TaskFilter {
  readonly status?: TaskStatus | undefined
  /** `null` means the roots. */
  readonly parentId?: TaskId | null | undefined
}

export interface SessionFilter {
  readonly status?: SessionStatus | undefined
  readonly taskId?: TaskId | undefined
  /** True leaves out the completed and the failed. */
  readonly active?: boolean | undefined
}

/** Tasks in creation order. Looks at nothing that it does not return. */
export const listTasks = (state: ProjectState, { status, parentId }: TaskFilter): Row<Task>[] => {
  if (status === undefined && parentId === undefined) return [...state.task.rows()]
  const wanted = status === undefined ? TaskStatus.options : [status]
  return inCreationOrder(
    wanted.flatMap((one) => [
      ...(parentId === undefined ? state.task.find('status', one) : state.task.find('group', taskGroup(parentId, one))),
    ]),
    (id) => state.task.get(id),
  )
}

/** Sessions in creation order. Looks at nothing that it does not return. */
export const listSessions = (state: ProjectState, { status, taskId, active }: SessionFilter): Row<Session>[] => {
  if (status === undefined && taskId === undefined && active !== true) return [...state.session.rows()]
  const wanted = SessionStatus.options.filter(
    (one) => (status === undefined || one === status) && !(active === true && isOver(one)),
  )
  return inCreationOrder(
    wanted.flatMap((one) => [
      ...(taskId === undefined
        ? state.session.find('status', one)
        : state.session.find('group', sessionGroup(taskId, one))),
    ]),
    (id) => state.session.get(id),
  )
}

/** The children of a task, in creation order. */
export const listChildren = (state: ProjectState, parentId: TaskId): Row<Task>[] =>
  childrenOf(state, parentId)
    .map((id) => state.task.get(id))
    .filter((row) => row !== undefined)

const inCreationOrder = <Id, T extends object>(ids: readonly Id[], rowOf: (id: Id) => Row<T> | undefined): Row<T>[] =>
  ids
    .map(rowOf)
    .filter((row) => row !== undefined)
    .sort((a, b) => a.created - b.created)
