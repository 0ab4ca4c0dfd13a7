import {
  entryIdOf,
  type NewSessionEvent,
  type Session,
  type SessionChanges,
  type SessionEvent,
  TimelineType,
  type UnsealedOf,
  type UnsealedRecord,
} from '../events/index.ts'
import type { Effect } from './change.ts'
import { addTo, entryOf, relinked, removeFrom, taskLinked, taskUnlinked } from './links.ts'
import type { ProjectState } from './state.ts'

type Created = UnsealedOf<'session:created'> | UnsealedOf<'session:spawn_request'>

export const sessionCreated = (record: Created): Effect[] => {
  const { at, data, projectId } = record
  const taskIds = [...new Set(data.taskIds)]
  const status = record.type === 'session:spawn_request' ? 'spawning' : (record.data.status ?? 'running')
  const entity: Session = {
    id: data.sessionId,
    projectId,
    taskIds,
    name: data.name,
    agentId: data.agentId ?? null,
    env: data.env ?? {},
    status,
    startedAt: at,
    lastActivity: at,
    completedAt: isOver(status) ? at : null,
    hostname: data.hostname,
    platform: data.platform,
    events: [],
    metadata: data.metadata ?? {},
  }
  return [
    { kind: 'session', op: 'create', id: data.sessionId, entity },
    ...taskIds.map((task, index) => taskLinked(record, task, data.sessionId, index)),
  ]
}

export const sessionUpdated = (record: UnsealedOf<'session:updated'>): Effect[] => {
  const { at, data } = record
  const { sessionId, changes, events = [] } = data
  const { linked, unlinked } = relinked(data)
  const recipe = (session: Session): void => {
    if (unlinked.length > 0) session.taskIds = removeFrom(session.taskIds, new Set(unlinked))
    if (linked.length > 0) session.taskIds = addTo(session.taskIds, linked)
    merge(session, changes)
    session.lastActivity = at
  }
  const append = events.map((event, index) => eventOf(record, event, index))
  const first = events.length
  return [
    { kind: 'session', op: 'update', id: sessionId, recipe, append },
    ...linked.map((task, i) => taskLinked(record, task, sessionId, first + i)),
    ...unlinked.map((task, i) => taskUnlinked(record, task, sessionId, first + linked.length + i)),
  ]
}

export const sessionEventAdded = (record: UnsealedOf<'session:event_added'>): Effect[] => {
  const { at, data } = record
  const own: Effect = {
    kind: 'session',
    op: 'update',
    id: data.sessionId,
    recipe: (session) => {
      session.lastActivity = at
    },
    append: [eventOf(record, data.event, 0)],
  }
  if (data.taskId === undefined) return [own]
  const type = TimelineType.safeParse(data.event.type).data ?? 'update'
  const entry = { type, message: messageOf(data.event), sessionId: data.sessionId }
  return [
    own,
    {
      kind: 'task',
      op: 'update',
      id: data.taskId,
      recipe: (task) => {
        task.updatedAt = at
      },
      append: [entryOf(record, entry, 1)],
    },
  ]
}

export const sessionTaskAdded = (record: UnsealedOf<'session:task_added'>): Effect[] => {
  const { sessionId, taskId } = record.data
  return [
    sessionSide(record, (session) => {
      session.taskIds = addTo(session.taskIds, taskId)
    }),
    taskLinked(record, taskId, sessionId, 0),
  ]
}

export const sessionTaskRemoved = (record: UnsealedOf<'session:task_removed'>): Effect[] => {
  const { sessionId, taskId } = record.data
  return [
    sessionSide(record, (session) => {
      session.taskIds = removeFrom(session.taskIds, taskId)
    }),
    taskUnlinked(record, taskId, sessionId, 0),
  ]
}

export const sessionDeleted = (state: ProjectState, record: UnsealedOf<'session:deleted'>): Effect[] => {
  const { sessionId } = record.data
  const tasks = new Set(state.session.get(sessionId)?.entity.taskIds)
  return [
    { kind: 'session', op: 'delete', id: sessionId },
    ...[...tasks].map((task, index) => taskUnlinked(record, task, sessionId, index)),
  ]
}

/** The entity is a copy as deep as a rebuild writes, so that the record stays as it is. */
export const sessionAdopted = ({ data: { entity } }: UnsealedOf<'session:adopted'>): Effect[] => [
  { kind: 'session', op: 'create', id: entity.id, entity: { ...entity, events: [...entity.events] } },
]

/** Whether a session with this status does no more work. */
export const isOver = (status: Session['status']): boolean => status === 'completed' || status === 'failed'

const sessionSide = (
  record: UnsealedOf<'session:task_added'> | UnsealedOf<'session:task_removed'>,
  recipe: (session: Session) => void,
): Effect => ({
  kind: 'session',
  op: 'update',
  id: record.data.sessionId,
  recipe: (session) => {
    recipe(session)
    session.lastActivity = record.at
  },
})

const eventOf = (record: Pick<UnsealedRecord, 'id' | 'at'>, event: NewSessionEvent, index: number): SessionEvent => ({
  id: entryIdOf(record.id, record.at, index),
  timestamp: record.at,
  type: event.type,
  ...(event.data === undefined ? {} : { data: event.data }),
})

const messageOf = ({ data }: NewSessionEvent): string | undefined => {
  const message = typeof data === 'object' && data !== null && !Array.isArray(data) ? data.message : undefined
  return typeof message === 'string' ? message : undefined
}

const merge = (session: Session, { env, metadata, ...plain }: SessionChanges): void => {
  Object.assign(session, plain)
  if (env !== undefined) session.env = patched(session.env, env)
  if (metadata !== undefined) session.metadata = patched(session.metadata, metadata)
}

/** A merge patch one level deep: null takes a key away. */
const patched = <V>(object: Record<string, V>, patch: Readonly<Record<string, V | null>>): Record<string, V> => {
  const entries = Object.entries(patch)
  const kept = entries.filter((entry): entry is [string, V] => entry[1] !== null)
  const gone = new Set(entries.filter(([, value]) => value === null).map(([key]) => key))
  return Object.fromEntries([...Object.entries(object).filter(([key]) => !gone.has(key)), ...kept])
}
