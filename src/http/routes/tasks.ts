import { z } from 'zod'
import { Task, TaskId } from '../../../events/index.ts'
import { listTasks } from '../../../projections/index.ts'
import { childrenAt, entityAt, listAt, pastRefusals } from '../at.ts'
import { none, type Operation, operation } from '../operation.ts'
import { AtQuery } from '../past-schemas.ts'
import { found } from '../refusals.ts'
import { ofAnswer, ofRow, ofRows } from '../reply.ts'
import { CreateTaskBody, Deleted, DeleteTaskQuery, noId, TaskQuery, TimelineBody, UpdateTaskBody } from '../schemas.ts'

const one = {
  tag: 'Tasks',
  path: '/api/tasks/:id',
  params: z.object({ id: TaskId }),
  missing: { id: 'TASK_NOT_FOUND' },
  query: none,
} as const
const all = { tag: 'Tasks', path: '/api/tasks', params: none } as const

export const taskOperations: readonly Operation[] = [
  operation({
    ...all,
    method: 'get',
    name: 'listTasks',
    summary: 'List tasks, all or those that match every filter given',
    query: TaskQuery.extend(AtQuery.shape),
    body: none,
    answers: z.array(Task),
    versioned: true,
    refuses: ['PROJECT_NOT_FOUND', ...pastRefusals],
    run: (input) => {
      const { store, query } = input
      const { projectId, parentId, status, at } = query
      if (projectId === noId || parentId === noId) return ofRows([])
      if (at !== undefined) return listAt(projectId, at, (state) => listTasks(state, { status, parentId }), input)
      return ofRows(store.tasks(projectId, { status, parentId }))
    },
  }),
  operation({
    ...all,
    method: 'post',
    name: 'createTask',
    summary: 'Create a task',
    query: none,
    body: CreateTaskBody,
    status: 201,
    answers: Task,
    refuses: ['PROJECT_NOT_FOUND', 'TASK_NOT_FOUND'],
    run: async ({ store, body, request }) =>
      ofAnswer(
        await store.inProject(body.projectId, { type: 'create-task', ...body }, request),
        undefined,
        ({ id }) => `/api/tasks/${id}`,
      ),
  }),
  operation({
    ...one,
    method: 'get',
    name: 'getTask',
    summary: 'Get a task',
    query: AtQuery,
    body: none,
    answers: Task,
    versioned: true,
    refuses: pastRefusals,
    run: (input) => {
      const { store, params, query } = input
      if (query.at !== undefined) return entityAt({ kind: 'task', id: params.id }, query.at, input)
      const row = found(store.task(params.id), 'TASK_NOT_FOUND')
      return ofRow(row, store.standingOf(row.entity.projectId)?.redaction)
    },
  }),
  operation({
    ...one,
    method: 'patch',
    name: 'updateTask',
    summary: 'Change the given fields of a task; sessionIds replaces its links, timeline is appended',
    body: UpdateTaskBody,
    answers: Task,
    refuses: ['SESSION_NOT_FOUND', 'INVALID_TRANSITION'],
    run: async ({ store, params, body, request }) =>
      ofAnswer(await store.onTask(params.id, { type: 'update-task', taskId: params.id, ...body }, request)),
  }),
  operation({
    ...one,
    method: 'delete',
    name: 'deleteTask',
    summary: 'Delete a task; with cascade=true, all below it too',
    query: DeleteTaskQuery,
    body: none,
    answers: Deleted,
    refuses: ['TASK_HAS_CHILDREN'],
    run: async ({ store, params, query, request }) =>
      ofAnswer(
        await store.onTask(
          params.id,
          { type: 'delete-task', taskId: params.id, cascade: query.cascade ?? false },
          request,
        ),
      ),
  }),
  operation({
    ...one,
    path: '/api/tasks/:id/children',
    method: 'get',
    name: 'listChildTasks',
    summary: 'List the children of a task',
    query: AtQuery,
    body: none,
    answers: z.array(Task),
    versioned: true,
    refuses: pastRefusals,
    run: (input) => {
      const { store, params, query } = input
      if (query.at !== undefined) return childrenAt(params.id, query.at, input)
      found(store.task(params.id), 'TASK_NOT_FOUND')
      return ofRows(store.children(params.id))
    },
  }),
  operation({
    ...one,
    path: '/api/tasks/:id/timeline',
    method: 'post',
    name: 'addTimelineEntry',
    summary: 'Append an entry to the timeline of a task',
    body: TimelineBody,
    answers: Task,
    run: async ({ store, params, body, request }) =>
      ofAnswer(await store.onTask(params.id, { type: 'add-timeline-entry', taskId: params.id, entry: body }, request)),
  }),
]
