import { type EventOf, type NewEntry, type Task, type TaskChanges, taskIdOf } from '../../events/index.ts'
import { childrenOf, type ProjectState } from '../../projections/index.ts'
import { AppError } from '../errors.ts'
import type { AddTimelineEntry, CreateTask, DeleteTask, Moment, UpdateTask } from './command.ts'
import { checkSessions, checkTasks, existingProject, existingTask } from './existing.ts'
import { type Asked, changed, given, isEmpty } from './fields.ts'
import { checkDependencies, checkParent } from './hierarchy.ts'
import { checkTransition } from './lifecycle.ts'
import { relink } from './links.ts'

type CommonFields = Pick<
  Task,
  'description' | 'initialPrompt' | 'priority' | 'parentId' | 'dependencies' | 'skillIds' | 'agentIds'
>
type Fields = CommonFields & Pick<Task, 'title' | 'status'>

/** The fields that creating and updating have in common, with each dependency once. */
const commonFields = (command: CreateTask | UpdateTask): Asked<CommonFields> => ({
  description: command.description,
  initialPrompt: command.initialPrompt,
  priority: command.priority,
  parentId: command.parentId,
  dependencies: command.dependencies && [...new Set(command.dependencies)],
  skillIds: command.skillIds && [...command.skillIds],
  agentIds: command.agentIds && [...command.agentIds],
})

/** Throws TASK_NOT_FOUND for a parent or a dependency. */
export const createTask = (
  command: CreateTask,
  state: ProjectState,
  { recordId, now }: Moment,
): EventOf<'task:created'> => {
  const fields = given<CommonFields>(commonFields(command))
  checkMentioned(state, fields)
  return { type: 'task:created', data: { taskId: taskIdOf(recordId, now), title: command.title, ...fields } }
}

/** Checks in this order: that everything named exists, that there are no cycles, and the lifecycle. */
export const updateTask = (
  command: UpdateTask,
  state: ProjectState,
  moment: Moment,
): EventOf<'task:updated'> | undefined => {
  const { taskId, title, status, timeline = [] } = command
  const task = existingTask(state, taskId)
  const fields = changed<Fields>(task, { ...commonFields(command), title, status })
  const links = relink(task.sessionIds, command.sessionIds)
  checkMentioned(state, fields)
  checkSessions(state, links?.asked ?? [])
  if (fields.parentId !== undefined && fields.parentId !== null) checkParent(state, taskId, fields.parentId)
  if (fields.dependencies !== undefined) checkDependencies(state, taskId, fields.dependencies)
  if (fields.status !== undefined) {
    checkTransition(existingProject(state, moment).lifecycle, task.status, fields.status)
  }

  if (isEmpty(fields) && links === undefined && timeline.length === 0) return undefined
  const changes = { ...fields, ...given({ sessionIds: links?.order }), ...firstTimes(task, fields.status, moment.now) }
  const entries = timeline.length === 0 ? {} : { entries: timeline.map(newEntry) }
  return { type: 'task:updated', data: { taskId, changes, ...links?.changes, ...entries } }
}

const checkMentioned = (state: ProjectState, { parentId, dependencies = [] }: Partial<CommonFields>): void => {
  if (parentId !== undefined && parentId !== null) checkTasks(state, [parentId])
  checkTasks(state, dependencies)
}

/** A task starts once and is completed once, however often its status changes. */
const firstTimes = (
  task: Task,
  status: Task['status'] | undefined,
  now: number,
): Pick<TaskChanges, 'startedAt' | 'completedAt'> => {
  if (status === 'in_progress' && task.startedAt === null) return { startedAt: now }
  if (status === 'completed' && task.completedAt === null) return { completedAt: now }
  return {}
}

/** Throws TASK_HAS_CHILDREN, unless the whole subtree is to go. */
export const deleteTask = ({ taskId, cascade }: DeleteTask, state: ProjectState): EventOf<'task:deleted'> => {
  existingTask(state, taskId)
  const children = cascade ? 0 : childrenOf(state, taskId).length
  if (children > 0) {
    throw new AppError('TASK_HAS_CHILDREN', `Cannot delete task with ${children} existing child task(s)`)
  }
  return { type: 'task:deleted', data: { taskId, cascade } }
}

export const addTimelineEntry = (
  { taskId, entry }: AddTimelineEntry,
  state: ProjectState,
): EventOf<'task:timeline_added'> => {
  existingTask(state, taskId)
  return { type: 'task:timeline_added', data: { taskId, entry: newEntry(entry) } }
}

const newEntry = ({ type, message, sessionId }: NewEntry): NewEntry => ({ type, ...given({ message, sessionId }) })
