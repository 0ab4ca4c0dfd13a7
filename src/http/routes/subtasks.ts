import { z } from 'zod'
import { Subtask, SubtaskId, TaskId } from '../../../events/index.ts'
import type { JsonText, Sight } from '../../../projections/index.ts'
import { none, type Operation, operation } from '../operation.ts'
import { found } from '../refusals.ts'
import { deletedText, entityText, ofAnswer } from '../reply.ts'
import { CreateSubtaskBody, Deleted, UpdateSubtaskBody } from '../schemas.ts'

const all = {
  tag: 'Subtasks',
  path: '/api/tasks/:taskId/subtasks',
  params: z.object({ taskId: TaskId }),
  missing: { taskId: 'TASK_NOT_FOUND' },
  query: none,
} as const
const one = {
  tag: 'Subtasks',
  path: '/api/tasks/:taskId/subtasks/:id',
  params: z.object({ taskId: TaskId, id: SubtaskId }),
  missing: { taskId: 'TASK_NOT_FOUND', id: 'SUBTASK_NOT_FOUND' },
  query: none,
} as const

export const subtaskOperations: readonly Operation[] = [
  operation({
    ...all,
    method: 'get',
    name: 'listSubtasks',
    summary: 'List the subtasks of a task',
    body: none,
    answers: z.array(Subtask),
    versioned: true,
    run: ({ store, params }) => {
      const { entity, version } = found(store.task(params.taskId), 'TASK_NOT_FOUND')
      return { text: JSON.stringify(entity.subtasks), version }
    },
  }),
  operation({
    ...all,
    method: 'post',
    name: 'createSubtask',
    summary: 'Create a subtask',
    body: CreateSubtaskBody,
    status: 201,
    answers: Subtask,
    run: async ({ store, params: { taskId }, body, request }) =>
      ofAnswer(
        await store.onTask(taskId, { type: 'create-subtask', taskId, ...body }, request),
        (sight) => subtaskText(sight, newest),
        (sight) => {
          const subtask = subtaskIn(sight, newest)
          return subtask && `/api/tasks/${taskId}/subtasks/${subtask.id}`
        },
      ),
  }),
  operation({
    ...one,
    method: 'patch',
    name: 'updateSubtask',
    summary: 'Change the given fields of a subtask',
    body: UpdateSubtaskBody,
    answers: Subtask,
    run: async ({ store, params: { taskId, id }, body, request }) =>
      ofAnswer(
        await store.onTask(taskId, { type: 'update-subtask', taskId, subtaskId: id, ...body }, request),
        (sight) => subtaskText(sight, (subtasks) => subtasks.find((subtask) => subtask.id === id)),
      ),
  }),
  operation({
    ...one,
    method: 'delete',
    name: 'deleteSubtask',
    summary: 'Delete a subtask',
    body: none,
    answers: Deleted,
    run: async ({ store, params: { taskId, id }, request }) =>
      ofAnswer(await store.onTask(taskId, { type: 'delete-subtask', taskId, subtaskId: id }, request), () =>
        deletedText(id),
      ),
  }),
]

type Pick = (subtasks: readonly Subtask[]) => Subtask | undefined

/** Right after a subtask was created it is the last one. */
const newest: Pick = (subtasks) => subtasks.at(-1)

const subtaskIn = (sight: Sight, pick: Pick): Subtask | undefined =>
  sight.kind === 'task' && sight.entity !== undefined ? pick(sight.entity.subtasks) : undefined

const subtaskText = (sight: Sight, pick: Pick): JsonText => {
  const subtask = subtaskIn(sight, pick)
  return subtask === undefined ? entityText(sight) : JSON.stringify(subtask)
}
