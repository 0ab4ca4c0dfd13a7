import type { Session, Task, TaskId, TaskStatus, UnsealedOf } from '../events/index.ts'
import { TaskStatus as AnyStatus } from '../events/index.ts'
import type { Effect } from './change.ts'
import { addTo, entryOf, relinked, removeFrom } from './links.ts'
import { type ProjectState, taskGroup } from './state.ts'

export const taskCreated = (record: UnsealedOf<'task:created'>): Effect[] => {
  const { at, data, projectId } = record
  const entity: Task = {
    id: data.taskId,
    projectId,
    parentId: data.parentId ?? null,
    title: data.title,
    description: data.description ?? '',
    initialPrompt: data.initialPrompt ?? '',
    status: 'pending',
    priority: data.priority ?? 'medium',
    sessionIds: [],
    skillIds: data.skillIds ?? [],
    agentIds: data.agentIds ?? [],
    dependencies: data.dependencies ?? [],
    subtasks: [],
    timeline: [entryOf(record, { type: 'created', message: 'Task created' }, 0)],
    createdAt: at,
    updatedAt: at,
    startedAt: null,
    completedAt: null,
  }
  return [{ kind: 'task', op: 'create', id: data.taskId, entity }]
}

export const taskUpdated = (record: UnsealedOf<'task:updated'>): Effect[] => {
  const { at, data } = record
  const { taskId, changes, entries = [] } = data
  const { linked, unlinked } = relinked(data)
  const timeline = [
    ...linked.map((sessionId) => ({ type: 'session_started' as const, sessionId })),
    ...unlinked.map((sessionId) => ({ type: 'session_ended' as const, sessionId })),
    ...entries,
  ].map((entry, index) => entryOf(record, entry, index))
  const recipe = (task: Task): void => {
    if (unlinked.length > 0) task.sessionIds = removeFrom(task.sessionIds, new Set(unlinked))
    if (linked.length > 0) task.sessionIds = addTo(task.sessionIds, linked)
    Object.assign(task, changes)
    task.updatedAt = at
  }
  return [
    { kind: 'task', op: 'update', id: taskId, recipe, append: timeline },
    ...linked.map((id) =>
      sessionSide(id, at, (session) => {
        session.taskIds = addTo(session.taskIds, taskId)
      }),
    ),
    ...unlinked.map((id) =>
      sessionSide(id, at, (session) => {
        session.taskIds = removeFrom(session.taskIds, taskId)
      }),
    ),
  ]
}

export const taskTimelineAdded = (record: UnsealedOf<'task:timeline_added'>): Effect[] => [
  {
    kind: 'task',
    op: 'update',
    id: record.data.taskId,
    recipe: (task) => {
      task.updatedAt = record.at
    },
    append: [entryOf(record, record.data.entry, 0)],
  },
]

/** The whole subtree goes, deepest first, and with it every mention of it in sessions and dependencies. */
export const taskDeleted = (state: ProjectState, { at, data }: UnsealedOf<'task:deleted'>): Effect[] => {
  const gone = new Set(data.cascade ? subtree(state, data.taskId) : [data.taskId])
  const sessions = new Set<Session['id']>()
  const dependents = new Set<TaskId>()
  for (const id of gone) {
    for (const session of state.task.get(id)?.entity.sessionIds ?? []) sessions.add(session)
    for (const task of state.task.find('dependency', id)) if (!gone.has(task)) dependents.add(task)
  }
  return [
    ...[...gone].map((id): Effect => ({ kind: 'task', op: 'delete', id })),
    ...[...sessions].map((id) =>
      sessionSide(id, at, (session) => {
        session.taskIds = removeFrom(session.taskIds, gone)
      }),
    ),
    ...[...dependents].sort().map(
      (id): Effect => ({
        kind: 'task',
        op: 'update',
        id,
        recipe: (task) => {
          task.dependencies = removeFrom(task.dependencies, gone)
          task.updatedAt = at
        },
      }),
    ),
  ]
}

/** The entity is a copy as deep as a rebuild writes, so that the record stays as it is. */
export const taskAdopted = ({ data: { entity } }: UnsealedOf<'task:adopted'>): Effect[] => {
  const subtasks = entity.subtasks.map((subtask) => ({ ...subtask }))
  return [
    { kind: 'task', op: 'create', id: entity.id, entity: { ...entity, subtasks, timeline: [...entity.timeline] } },
  ]
}

const sessionSide = (id: Session['id'], at: number, recipe: (session: Session) => void): Effect => ({
  kind: 'session',
  op: 'update',
  id,
  recipe: (session) => {
    recipe(session)
    session.lastActivity = at
  },
})

const statuses: readonly TaskStatus[] = AnyStatus.options

/** The children of a task, in creation order. */
export const childrenOf = (state: ProjectState, parentId: TaskId | null): TaskId[] =>
  statuses
    .flatMap((status) => [...state.task.find('group', taskGroup(parentId, status))])
    .map((id) => ({ id, created: state.task.get(id)?.created ?? 0 }))
    .sort((a, b) => a.created - b.created)
    .map(({ id }) => id)

/**
 * A task and all below it, deepest first; on one level, parent by parent in creation order. Each task has one parent, so
 * in a cycle, which an adopted tree may have, only the root can be met again.
 */
export const subtree = (state: ProjectState, root: TaskId): TaskId[] => {
  const levels: TaskId[][] = []
  for (let level = [root]; level.length > 0; ) {
    levels.push(level)
    level = level.flatMap((id) => childrenOf(state, id)).filter((id) => id !== root)
  }
  return levels.reverse().flat()
}
