import { z } from 'zod'
import { Session, SessionId, TaskId } from '../../../events/index.ts'
import { listSessions } from '../../../projections/index.ts'
import { entityAt, listAt, pastRefusals } from '../at.ts'
import { none, type Operation, operation } from '../operation.ts'
import { AtQuery } from '../past-schemas.ts'
import { found } from '../refusals.ts'
import { ofAnswer, ofRow, ofRows } from '../reply.ts'
import {
  Deleted,
  NewSessionBody,
  noId,
  SessionEventBody,
  SessionQuery,
  SessionTimelineBody,
  UpdateSessionBody,
} from '../schemas.ts'

const all = { tag: 'Sessions', path: '/api/sessions', params: none } as const
const one = {
  tag: 'Sessions',
  path: '/api/sessions/:id',
  params: z.object({ id: SessionId }),
  missing: { id: 'SESSION_NOT_FOUND' },
  query: none,
} as const
const link = {
  tag: 'Sessions',
  path: '/api/sessions/:id/tasks/:taskId',
  params: z.object({ id: SessionId, taskId: TaskId }),
  missing: { id: 'SESSION_NOT_FOUND', taskId: 'TASK_NOT_FOUND' },
  query: none,
  body: none,
  answers: Session,
} as const

export const sessionOperations: readonly Operation[] = [
  operation({
    ...all,
    method: 'get',
    name: 'listSessions',
    summary: 'List sessions, all or those that match every filter given',
    query: SessionQuery.extend(AtQuery.shape),
    body: none,
    answers: z.array(Session),
    versioned: true,
    refuses: ['PROJECT_NOT_FOUND', ...pastRefusals],
    run: (input) => {
      const { store, query } = input
      const { projectId, taskId, status, active, at } = query
      if (projectId === noId || taskId === noId) return ofRows([])
      if (at !== undefined)
        return listAt(projectId, at, (state) => listSessions(state, { taskId, status, active }), input)
      return ofRows(store.sessions(projectId, { taskId, status, active }))
    },
  }),
  operation({
    ...all,
    method: 'post',
    name: 'createSession',
    summary: 'Create a session',
    query: none,
    body: NewSessionBody,
    status: 201,
    answers: Session,
    refuses: ['PROJECT_NOT_FOUND', 'TASK_NOT_FOUND', 'SESSION_EXISTS'],
    run: async ({ store, body: { projectId, id, taskId, taskIds, ...fields }, request }) => {
      const tasks = taskIds ?? (taskId === undefined ? [] : [taskId])
      return ofAnswer(
        await store.inProject(projectId, { type: 'create-session', sessionId: id, taskIds: tasks, ...fields }, request),
        undefined,
        (sight) => `/api/sessions/${sight.id}`,
      )
    },
  }),
  operation({
    ...one,
    method: 'get',
    name: 'getSession',
    summary: 'Get a session',
    body: none,
    answers: Session,
    versioned: true,
    query: AtQuery,
    refuses: pastRefusals,
    run: (input) => {
      const { store, params, query } = input
      if (query.at !== undefined) return entityAt({ kind: 'session', id: params.id }, query.at, input)
      const row = found(store.session(params.id), 'SESSION_NOT_FOUND')
      return ofRow(row, store.standingOf(row.entity.projectId)?.redaction)
    },
  }),
  operation({
    ...one,
    method: 'patch',
    name: 'updateSession',
    summary: 'Change the given fields of a session; taskIds replaces its links, env and metadata are merged',
    body: UpdateSessionBody,
    answers: Session,
    refuses: ['TASK_NOT_FOUND'],
    run: async ({ store, params, body, request }) =>
      ofAnswer(await store.onSession(params.id, { type: 'update-session', sessionId: params.id, ...body }, request)),
  }),
  operation({
    ...one,
    method: 'delete',
    name: 'deleteSession',
    summary: 'Delete a session',
    body: none,
    answers: Deleted,
    run: async ({ store, params, request }) =>
      ofAnswer(await store.onSession(params.id, { type: 'delete-session', sessionId: params.id }, request)),
  }),
  operation({
    ...one,
    path: '/api/sessions/:id/events',
    method: 'post',
    name: 'addSessionEvent',
    summary: 'Append an event to a session',
    body: SessionEventBody,
    answers: Session,
    run: async ({ store, params, body, request }) =>
      ofAnswer(
        await store.onSession(params.id, { type: 'add-session-event', sessionId: params.id, event: body }, request),
      ),
  }),
  operation({
    ...one,
    path: '/api/sessions/:id/timeline',
    method: 'post',
    name: 'addSessionMessage',
    summary: 'Append a message to a session, and to the timeline of a task if one is named',
    body: SessionTimelineBody,
    answers: Session,
    refuses: ['TASK_NOT_FOUND'],
    run: async ({ store, params, body: { type, message, taskId }, request }) => {
      const event = { type, data: { message, ...(taskId === undefined ? {} : { taskId }) } }
      const command = { type: 'add-session-event', sessionId: params.id, event, taskId } as const
      return ofAnswer(await store.onSession(params.id, command, request))
    },
  }),
  operation({
    ...link,
    method: 'post',
    name: 'linkTask',
    summary: 'Link a task to a session',
    run: async ({ store, params: { id, taskId }, request }) =>
      ofAnswer(await store.onSession(id, { type: 'link-task', sessionId: id, taskId }, request)),
  }),
  operation({
    ...link,
    method: 'delete',
    name: 'unlinkTask',
    summary: 'Unlink a task from a session',
    run: async ({ store, params: { id, taskId }, request }) =>
      ofAnswer(await store.onSession(id, { type: 'unlink-task', sessionId: id, taskId }, request)),
  }),
]
