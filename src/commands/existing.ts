import type { Project, Session, SessionId, Subtask, SubtaskId, Task, TaskId } from '../../events/index.ts'
import type { ProjectState } from '../../projections/index.ts'
import { AppError } from '../errors.ts'
import type { Moment } from './command.ts'

/** The project of a command, for those that are about it or make something in it. Throws PROJECT_NOT_FOUND. */
export const existingProject = (state: ProjectState, { projectId }: Pick<Moment, 'projectId'>): Project => {
  const row = state.project.get(projectId)
  if (row === undefined) throw new AppError('PROJECT_NOT_FOUND', 'Project not found')
  return row.entity
}

/** For commands that need it to be there and nothing of it: throws PROJECT_NOT_FOUND. */
export const checkProject = (state: ProjectState, moment: Pick<Moment, 'projectId'>): void => {
  existingProject(state, moment)
}

/** The task that a command is about. Throws TASK_NOT_FOUND. */
export const existingTask = (state: ProjectState, id: TaskId): Task => {
  const row = state.task.get(id)
  if (row === undefined) throw new AppError('TASK_NOT_FOUND', 'Task not found')
  return row.entity
}

/** The session that a command is about. Throws SESSION_NOT_FOUND. */
export const existingSession = (state: ProjectState, id: SessionId): Session => {
  const row = state.session.get(id)
  if (row === undefined) throw new AppError('SESSION_NOT_FOUND', 'Session not found')
  return row.entity
}

/** Throws SUBTASK_NOT_FOUND. */
export const existingSubtask = (task: Task, id: SubtaskId): Subtask => {
  const subtask = task.subtasks.find((one) => one.id === id)
  if (subtask === undefined) throw new AppError('SUBTASK_NOT_FOUND', 'Subtask not found')
  return subtask
}

/** For tasks that a command only mentions: throws TASK_NOT_FOUND with the one that is missing, since there may be several. */
export const checkTasks = (state: ProjectState, ids: Iterable<TaskId>): void => {
  for (const taskId of ids) {
    if (state.task.get(taskId) === undefined) {
      throw new AppError('TASK_NOT_FOUND', 'Task not found', { details: { taskId } })
    }
  }
}

/** For sessions that a command only mentions: throws SESSION_NOT_FOUND with the one that is missing. */
export const checkSessions = (state: ProjectState, ids: Iterable<SessionId>): void => {
  for (const sessionId of ids) {
    if (state.session.get(sessionId) === undefined) {
      throw new AppError('SESSION_NOT_FOUND', 'Session not found', { details: { sessionId } })
    }
  }
}
