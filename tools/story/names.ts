import { SessionId, type SubtaskId, TaskId } from '../../events/index.ts'
import type { ProjectState } from '../../projections/index.ts'
import { quoted } from '../support/shown.ts'

/** What a story is told from. */
export interface Scene {
  /** Knows the names of tasks and sessions. */
  readonly state: ProjectState
  /** The id of what the story is about: everybody knows it, so it is called "it". */
  readonly self?: string
  /** How much of what somebody said is told. */
  readonly length?: number
}

/** What a task or a session is called, in quotes; the id of what has no name, or none any more. */
export const called = (id: string, scene: Scene): string => {
  if (id === scene.self) return 'it'
  const name = nameOf(id, scene.state)
  return name === undefined ? id : quoted(name)
}

export const calledSession = (id: string, scene: Scene): string =>
  id === scene.self ? 'it' : `session ${called(id, scene)}`

export const nameOf = (id: string, state: ProjectState): string | undefined => {
  const task = TaskId.safeParse(id)
  const session = SessionId.safeParse(id)
  return (
    (task.success ? state.task.get(task.data)?.entity.title : undefined) ??
    (session.success ? state.session.get(session.data)?.entity.name : undefined)
  )
}

/** A few of them: all of two, else how many. */
export const calledAll = (ids: readonly string[], scene: Scene, noun: string): string =>
  ids.length <= 2 ? ids.map((id) => called(id, scene)).join(' and ') : `${ids.length} ${noun}s`

export const calledSubtask = (taskId: TaskId, subtaskId: SubtaskId, scene: Scene): string => {
  const subtask = scene.state.task.get(taskId)?.entity.subtasks.find(({ id }) => id === subtaskId)
  return subtask === undefined ? subtaskId : quoted(subtask.title)
}
