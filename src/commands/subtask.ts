import { type EventOf, type Subtask, subtaskIdOf, type Task } from '../../events/index.ts'
import type { ProjectState } from '../../projections/index.ts'
import type { CreateSubtask, DeleteSubtask, Moment, UpdateSubtask } from './command.ts'
import { existingSubtask, existingTask } from './existing.ts'
import { changed, given, isEmpty } from './fields.ts'

/** Without an order it goes to the end. */
export const createSubtask = (
  { taskId, title, description, completed, order }: CreateSubtask,
  state: ProjectState,
  { recordId, now }: Moment,
): EventOf<'subtask:created'> => {
  const task = existingTask(state, taskId)
  return {
    type: 'subtask:created',
    data: {
      taskId,
      subtaskId: subtaskIdOf(recordId, now),
      title,
      order: order ?? nextOrder(task),
      ...given({ description, completed }),
    },
  }
}

const nextOrder = ({ subtasks }: Task): number =>
  subtasks.length === 0 ? 0 : subtasks.reduce((highest, { order }) => Math.max(highest, order), -Infinity) + 1

type Fields = Pick<Subtask, 'title' | 'description' | 'completed' | 'order'>

export const updateSubtask = (
  { taskId, subtaskId, title, description, completed, order }: UpdateSubtask,
  state: ProjectState,
): EventOf<'subtask:updated'> | undefined => {
  const subtask = existingSubtask(existingTask(state, taskId), subtaskId)
  const changes = changed<Fields>(subtask, { title, description, completed, order })
  return isEmpty(changes) ? undefined : { type: 'subtask:updated', data: { taskId, subtaskId, changes } }
}

export const deleteSubtask = (
  { taskId, subtaskId }: DeleteSubtask,
  state: ProjectState,
): EventOf<'subtask:deleted'> => {
  existingSubtask(existingTask(state, taskId), subtaskId)
  return { type: 'subtask:deleted', data: { taskId, subtaskId } }
}
