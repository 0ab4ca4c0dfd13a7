import { type Project, type Task, TaskId, type TaskStatus } from '../../../events/index.ts'
import type { AddTimelineEntry, CreateTask, DeleteTask, UpdateTask } from '../../../src/commands/command.ts'
import { entryId, note, relinking, touchSession, touchTask } from './links.ts'
import {
  type Deed,
  type Kept,
  type ModelProject,
  mustHaveSessions,
  mustHaveTasks,
  news,
  Refusal,
  type Stamp,
  sessionIn,
  taskIn,
  unique,
} from './world.ts'

export const createTask = (project: ModelProject, command: CreateTask): Deed => {
  const { parentId = null, dependencies = [] } = command
  mustHaveTasks(project, parentId === null ? [] : [parentId])
  mustHaveTasks(project, dependencies)
  return (stamp) => {
    project.tasks.push({ entity: newTask(project, command, stamp), version: stamp.offset })
  }
}

const newTask = (project: ModelProject, command: CreateTask, stamp: Stamp): Task => ({
  id: TaskId.parse(`task_${stamp.at}_${stamp.random}`),
  projectId: project.id,
  parentId: command.parentId ?? null,
  title: command.title,
  description: command.description ?? '',
  initialPrompt: command.initialPrompt ?? '',
  status: 'pending',
  priority: command.priority ?? 'medium',
  sessionIds: [],
  skillIds: [...(command.skillIds ?? [])],
  agentIds: [...(command.agentIds ?? [])],
  dependencies: unique(command.dependencies ?? []),
  subtasks: [],
  timeline: [{ id: entryId(stamp, 0), type: 'created', timestamp: stamp.at, message: 'Task created' }],
  createdAt: stamp.at,
  updatedAt: stamp.at,
  startedAt: null,
  completedAt: null,
})

export const updateTask = (project: ModelProject, command: UpdateTask, owner: Project): Deed | undefined => {
  const task = taskIn(project, command.taskId)
  const { title, description, initialPrompt, status, priority, parentId } = command
  const changes = news<Task>(task.entity, {
    ...{ title, description, initialPrompt, status, priority, parentId },
    dependencies: command.dependencies && unique(command.dependencies),
    skillIds: command.skillIds && [...command.skillIds],
    agentIds: command.agentIds && [...command.agentIds],
  })
  const links = relinking(task.entity.sessionIds, command.sessionIds)
  mustHaveTasks(project, changes.parentId === undefined || changes.parentId === null ? [] : [changes.parentId])
  mustHaveTasks(project, changes.dependencies ?? [])
  mustHaveSessions(project, links?.wanted ?? [])
  if (changes.parentId) mustNotLeadTo(task, changes.parentId, (id) => [taskIn(project, id).entity.parentId])
  for (const id of changes.dependencies ?? []) mustNotLeadTo(task, id, (of) => taskIn(project, of).entity.dependencies)
  if (changes.status !== undefined) mustBeAllowed(owner, task.entity.status, changes.status)
  const entries = command.timeline ?? []
  if (Object.keys(changes).length === 0 && links === undefined && entries.length === 0) return undefined
  return (stamp) => {
    Object.assign(task.entity, changes)
    if (changes.status === 'in_progress') task.entity.startedAt ??= stamp.at
    if (changes.status === 'completed') task.entity.completedAt ??= stamp.at
    relinkSessions(project, task, links, stamp)
    const first = (links?.linked.length ?? 0) + (links?.unlinked.length ?? 0)
    entries.forEach((entry, i) => {
      note(task, stamp, first + i, entry)
    })
    touchTask(task, stamp)
  }
}

const relinkSessions = (
  project: ModelProject,
  task: Kept<Task>,
  links: ReturnType<typeof relinking<Task['sessionIds'][number]>>,
  stamp: Stamp,
): void => {
  if (links === undefined) return
  links.linked.forEach((sessionId, i) => {
    const session = sessionIn(project, sessionId)
    session.entity.taskIds.push(task.entity.id)
    touchSession(session, stamp)
    note(task, stamp, i, { type: 'session_started', sessionId })
  })
  links.unlinked.forEach((sessionId, i) => {
    const session = sessionIn(project, sessionId)
    session.entity.taskIds = session.entity.taskIds.filter((id) => id !== task.entity.id)
    touchSession(session, stamp)
    note(task, stamp, links.linked.length + i, { type: 'session_ended', sessionId })
  })
  task.entity.sessionIds = links.wanted
}

/** Refuses when the task can be reached from another one: that would be a cycle. */
const mustNotLeadTo = (task: Kept<Task>, from: TaskId, next: (id: TaskId) => ReadonlyArray<TaskId | null>): void => {
  const reached = [from]
  for (const id of reached) {
    if (id === task.entity.id) throw new Refusal('VALIDATION_ERROR')
    for (const more of next(id)) if (more !== null && !reached.includes(more)) reached.push(more)
  }
}

/** The arrows of the state diagram. */
const diagram: Readonly<Record<TaskStatus, readonly TaskStatus[]>> = {
  pending: ['in_progress', 'blocked'],
  in_progress: ['completed', 'blocked', 'pending'],
  blocked: ['in_progress', 'pending'],
  completed: [],
}

const mustBeAllowed = ({ lifecycle }: Project, from: TaskStatus, to: TaskStatus): void => {
  const allowed = diagram[from]
  if (lifecycle === 'strict' && !allowed.includes(to)) throw new Refusal('INVALID_TRANSITION', { from, to, allowed })
}

export const deleteTask = (project: ModelProject, { taskId, cascade }: DeleteTask): Deed => {
  taskIn(project, taskId)
  const gone = [taskId]
  for (const id of gone) {
    for (const { entity } of project.tasks) if (entity.parentId === id) gone.push(entity.id)
  }
  if (gone.length > 1 && !cascade) throw new Refusal('TASK_HAS_CHILDREN')
  const stays = (id: TaskId): boolean => !gone.includes(id)
  return (stamp) => {
    project.tasks = project.tasks.filter(({ entity }) => stays(entity.id))
    for (const session of project.sessions) {
      if (session.entity.taskIds.every(stays)) continue
      session.entity.taskIds = session.entity.taskIds.filter(stays)
      touchSession(session, stamp)
    }
    for (const task of project.tasks) {
      if (task.entity.dependencies.every(stays)) continue
      task.entity.dependencies = task.entity.dependencies.filter(stays)
      touchTask(task, stamp)
    }
  }
}

export const addTimelineEntry = (project: ModelProject, { taskId, entry }: AddTimelineEntry): Deed => {
  const task = taskIn(project, taskId)
  return (stamp) => note(task, stamp, 0, entry)
}
