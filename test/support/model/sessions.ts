import { type NewEntry, type Session, SessionId, type TaskId } from '../../../events/index.ts'
import type {
  AddSessionEvent,
  CreateSession,
  DeleteSession,
  SpawnSession,
  UpdateSession,
} from '../../../src/commands/command.ts'
import { machine } from '../vocabulary.ts'
import { entryId, join, leave, note, relinking, touchSession } from './links.ts'
import {
  type Deed,
  equal,
  type Kept,
  type ModelProject,
  mustHaveTasks,
  news,
  Refusal,
  type Stamp,
  sessionIn,
  taskIn,
  unique,
} from './world.ts'

const isOver = (status: Session['status']): boolean => status === 'completed' || status === 'failed'

export const createSession = (project: ModelProject, command: CreateSession, isTaken: boolean): Deed => {
  const taskIds = unique(command.taskIds)
  mustHaveTasks(project, taskIds)
  if (isTaken) throw new Refusal('SESSION_EXISTS')
  return (stamp) => {
    const id = command.sessionId ?? SessionId.parse(`sess_${stamp.at}_${stamp.random}`)
    const { name = id, agentId = null, env = {}, status = 'running', metadata = {} } = command
    const { hostname = machine.hostname, platform = machine.platform } = command
    add(project, stamp, { id, taskIds, name, agentId, env: { ...env }, status, hostname, platform, metadata })
  }
}

export const spawnSession = (project: ModelProject, command: SpawnSession): Deed => {
  const taskIds = unique(command.taskIds)
  for (const taskId of taskIds) {
    if (project.tasks.some(({ entity }) => entity.id === taskId)) continue
    throw new Refusal('task_not_found', { taskId }, `Task ${taskId} not found`)
  }
  return (stamp) => {
    const id = SessionId.parse(`sess_${stamp.at}_${stamp.random}`)
    const skills = [...command.skills]
    const env = {
      MAESTRO_SESSION_ID: id,
      MAESTRO_PROJECT_ID: project.id,
      MAESTRO_TASK_IDS: taskIds.join(','),
      MAESTRO_SERVER_URL: command.serverUrl,
      MAESTRO_SKILLS: skills.join(','),
    }
    const metadata = { skills, role: command.role ?? 'worker' }
    add(project, stamp, {
      id,
      taskIds,
      name: command.name ?? id,
      agentId: null,
      env,
      status: 'spawning',
      ...machine,
      metadata,
    })
  }
}

type Given = Omit<Session, 'projectId' | 'startedAt' | 'lastActivity' | 'completedAt' | 'events'>

const add = (project: ModelProject, stamp: Stamp, given: Given): void => {
  const { at, offset } = stamp
  const times = { startedAt: at, lastActivity: at, completedAt: isOver(given.status) ? at : null }
  // A deep copy, since a change of the session must not be one of the command.
  const entity = structuredClone({ ...given, projectId: project.id, ...times, events: [] })
  project.sessions.push({ entity, version: offset })
  given.taskIds.forEach((taskId, i) => {
    join(taskIn(project, taskId), given.id, stamp, i)
  })
}

export const updateSession = (project: ModelProject, command: UpdateSession): Deed | undefined => {
  const session = sessionIn(project, command.sessionId)
  const { name, status, agentId, events = [] } = command
  const changes = news<Session>(session.entity, { name, status, agentId })
  const env = merged(session.entity.env, command.env)
  const metadata = merged(session.entity.metadata, command.metadata)
  const links = relinking(session.entity.taskIds, command.taskIds)
  mustHaveTasks(project, links?.wanted ?? [])
  const isSame = equal(env, session.entity.env) && equal(metadata, session.entity.metadata)
  if (Object.keys(changes).length === 0 && isSame && links === undefined && events.length === 0) return undefined
  return (stamp) => {
    Object.assign(session.entity, changes, { env, metadata })
    if (changes.status !== undefined && isOver(changes.status)) session.entity.completedAt ??= stamp.at
    events.forEach((event, i) => {
      happen(session, stamp, i, event)
    })
    relinkTasks(project, session, links, stamp, events.length)
    touchSession(session, stamp)
  }
}

/** Shallow: null takes a key away. */
const merged = <V>(present: Record<string, V>, patch: Readonly<Record<string, V | null>> = {}): Record<string, V> => {
  const result = { ...present }
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key]
    else Object.assign(result, { [key]: structuredClone(value) })
  }
  return result
}

const happen = (
  session: Kept<Session>,
  stamp: Stamp,
  index: number,
  { type, data }: AddSessionEvent['event'],
): void => {
  const event = { id: entryId(stamp, index), timestamp: stamp.at, type }
  session.entity.events.push(data === undefined ? event : { ...event, data })
  touchSession(session, stamp)
}

const relinkTasks = (
  project: ModelProject,
  session: Kept<Session>,
  links: ReturnType<typeof relinking<TaskId>>,
  stamp: Stamp,
  first: number,
): void => {
  if (links === undefined) return
  const { linked, unlinked, wanted } = links
  linked.forEach((id, i) => {
    join(taskIn(project, id), session.entity.id, stamp, first + i)
  })
  unlinked.forEach((id, i) => {
    leave(taskIn(project, id), session.entity.id, stamp, first + linked.length + i)
  })
  session.entity.taskIds = wanted
}

const timelineTypes: readonly string[] = [
  'created',
  'session_started',
  'session_ended',
  'update',
  'milestone',
  'blocker',
]
const isTimelineType = (type: string): type is NewEntry['type'] => timelineTypes.includes(type)

export const addSessionEvent = (project: ModelProject, { sessionId, event, taskId }: AddSessionEvent): Deed => {
  const session = sessionIn(project, sessionId)
  const task = taskId === undefined ? undefined : taskIn(project, taskId)
  const { type, data } = event
  const isMessage = typeof data === 'object' && data !== null && 'message' in data && typeof data.message === 'string'
  return (stamp) => {
    happen(session, stamp, 0, event)
    if (task === undefined) return
    const message = isMessage ? String(data.message) : undefined
    note(task, stamp, 1, { type: isTimelineType(type) ? type : 'update', message, sessionId })
  }
}

export const deleteSession = (project: ModelProject, { sessionId }: DeleteSession): Deed => {
  const { entity } = sessionIn(project, sessionId)
  return (stamp) => {
    project.sessions = project.sessions.filter((one) => one.entity !== entity)
    entity.taskIds.forEach((taskId, i) => {
      leave(taskIn(project, taskId), sessionId, stamp, i)
    })
  }
}
