import { type EventOf, type NewSessionEvent, type Session, sessionIdOf } from '../../events/index.ts'
import { isOver, type ProjectState } from '../../projections/index.ts'
import { AppError } from '../errors.ts'
import type { AddSessionEvent, CreateSession, DeleteSession, Moment, UpdateSession } from './command.ts'
import { checkTasks, existingSession, existingTask } from './existing.ts'
import { changed, given, isEmpty, patch } from './fields.ts'
import { relink } from './links.ts'

/** Throws TASK_NOT_FOUND, and SESSION_EXISTS when any project has a session with the id that the client chose. */
export const createSession = (
  { sessionId: chosen, taskIds: asked, name, agentId, env, status, hostname, platform, metadata }: CreateSession,
  state: ProjectState,
  moment: Moment,
): EventOf<'session:created'> => {
  const taskIds = [...new Set(asked)]
  checkTasks(state, taskIds)
  if (chosen !== undefined && moment.sessionExists(chosen)) {
    throw new AppError('SESSION_EXISTS', `Session ${chosen} already exists`)
  }
  const sessionId = chosen ?? sessionIdOf(moment.recordId, moment.now)
  return {
    type: 'session:created',
    data: {
      sessionId,
      taskIds,
      name: name ?? sessionId,
      hostname: hostname ?? moment.machine.hostname,
      platform: platform ?? moment.machine.platform,
      ...given({ agentId, env, status, metadata }),
    },
  }
}

type Fields = Pick<Session, 'name' | 'status' | 'agentId'>

export const updateSession = (
  { sessionId, name, status, agentId, taskIds, env = {}, metadata = {}, events = [] }: UpdateSession,
  state: ProjectState,
  { now }: Moment,
): EventOf<'session:updated'> | undefined => {
  const session = existingSession(state, sessionId)
  const fields = changed<Fields>(session, { name, status, agentId })
  const patches = { env: patch(session.env, env), metadata: patch(session.metadata, metadata) }
  const links = relink(session.taskIds, taskIds)
  checkTasks(state, links?.asked ?? [])

  const changes = {
    ...fields,
    ...(isEmpty(patches.env) ? {} : { env: patches.env }),
    ...(isEmpty(patches.metadata) ? {} : { metadata: patches.metadata }),
    ...given({ taskIds: links?.order, completedAt: firstEnd(session, fields.status, now) }),
  }
  if (isEmpty(changes) && links === undefined && events.length === 0) return undefined
  const appended = events.length === 0 ? {} : { events: events.map(newEvent) }
  return { type: 'session:updated', data: { sessionId, changes, ...links?.changes, ...appended } }
}

/** A session that ran again keeps the time at which it first ended. */
const firstEnd = (session: Session, status: Session['status'] | undefined, now: number): number | undefined =>
  status !== undefined && isOver(status) && session.completedAt === null ? now : undefined

export const addSessionEvent = (
  { sessionId, event, taskId }: AddSessionEvent,
  state: ProjectState,
): EventOf<'session:event_added'> => {
  existingSession(state, sessionId)
  if (taskId !== undefined) existingTask(state, taskId)
  return { type: 'session:event_added', data: { sessionId, event: newEvent(event), ...given({ taskId }) } }
}

const newEvent = ({ type, data }: NewSessionEvent): NewSessionEvent => ({ type, ...given({ data }) })

export const deleteSession = ({ sessionId }: DeleteSession, state: ProjectState): EventOf<'session:deleted'> => {
  existingSession(state, sessionId)
  return { type: 'session:deleted', data: { sessionId } }
}
