import type {
  EventOf,
  EventType,
  NewEntry,
  Project,
  Session,
  SessionId,
  SubtaskChanges,
  SubtaskId,
  Task,
  TaskId,
} from '../../events/index.ts'
import { machine, projectId, timeAt } from './vocabulary.ts'

/** Events in the past tense, with the fields that a test does not talk about filled in. */
type Data<T extends EventType> = EventOf<T>['data']

export const projectCreated = (fields: Partial<Data<'project:created'>> = {}): EventOf<'project:created'> => ({
  type: 'project:created',
  data: { name: 'Project', ...fields },
})
export const projectUpdated = (changes: Data<'project:updated'>['changes']): EventOf<'project:updated'> => ({
  type: 'project:updated',
  data: { changes },
})
export const projectDeleted = (): EventOf<'project:deleted'> => ({ type: 'project:deleted', data: {} })

export const taskCreated = (
  taskId: TaskId,
  fields: Omit<Partial<Data<'task:created'>>, 'taskId'> = {},
): EventOf<'task:created'> => ({ type: 'task:created', data: { taskId, title: 'Task', ...fields } })
export const taskUpdated = (
  taskId: TaskId,
  changes: Data<'task:updated'>['changes'],
  rest: Omit<Data<'task:updated'>, 'taskId' | 'changes'> = {},
): EventOf<'task:updated'> => ({ type: 'task:updated', data: { taskId, changes, ...rest } })
export const timelineAdded = (taskId: TaskId, entry: NewEntry): EventOf<'task:timeline_added'> => ({
  type: 'task:timeline_added',
  data: { taskId, entry },
})
export const taskDeleted = (taskId: TaskId, cascade = false): EventOf<'task:deleted'> => ({
  type: 'task:deleted',
  data: { taskId, cascade },
})

export const subtaskCreated = (
  taskId: TaskId,
  subtaskId: SubtaskId,
  fields: Omit<Partial<Data<'subtask:created'>>, 'taskId' | 'subtaskId'> = {},
): EventOf<'subtask:created'> => ({
  type: 'subtask:created',
  data: { taskId, subtaskId, title: 'Subtask', order: 0, ...fields },
})
export const subtaskUpdated = (
  taskId: TaskId,
  subtaskId: SubtaskId,
  changes: SubtaskChanges,
): EventOf<'subtask:updated'> => ({ type: 'subtask:updated', data: { taskId, subtaskId, changes } })
export const subtaskDeleted = (taskId: TaskId, subtaskId: SubtaskId): EventOf<'subtask:deleted'> => ({
  type: 'subtask:deleted',
  data: { taskId, subtaskId },
})

export const sessionCreated = (
  sessionId: SessionId,
  fields: Omit<Partial<Data<'session:created'>>, 'sessionId'> = {},
): EventOf<'session:created'> => ({
  type: 'session:created',
  data: { sessionId, taskIds: [], name: 'Session', ...machine, ...fields },
})
export const spawnRequested = (
  sessionId: SessionId,
  fields: Omit<Partial<Data<'session:spawn_request'>>, 'sessionId'> = {},
): EventOf<'session:spawn_request'> => ({
  type: 'session:spawn_request',
  data: { sessionId, taskIds: [], name: 'Session', skillIds: [], ...machine, ...fields },
})
export const sessionUpdated = (
  sessionId: SessionId,
  changes: Data<'session:updated'>['changes'],
  rest: Omit<Data<'session:updated'>, 'sessionId' | 'changes'> = {},
): EventOf<'session:updated'> => ({ type: 'session:updated', data: { sessionId, changes, ...rest } })
export const eventAdded = (
  sessionId: SessionId,
  event: Data<'session:event_added'>['event'],
  rest: { taskId?: TaskId } = {},
): EventOf<'session:event_added'> => ({ type: 'session:event_added', data: { sessionId, event, ...rest } })
export const taskAdded = (sessionId: SessionId, taskId: TaskId): EventOf<'session:task_added'> => ({
  type: 'session:task_added',
  data: { sessionId, taskId },
})
export const taskRemoved = (sessionId: SessionId, taskId: TaskId): EventOf<'session:task_removed'> => ({
  type: 'session:task_removed',
  data: { sessionId, taskId },
})
export const sessionDeleted = (sessionId: SessionId): EventOf<'session:deleted'> => ({
  type: 'session:deleted',
  data: { sessionId },
})

/** Entities as another program may have left them: whole, and not always consistent. */
export const projectAdopted = (fields: Partial<Project> = {}): EventOf<'project:adopted'> => ({
  type: 'project:adopted',
  data: { entity: { ...adoptedProject, ...fields } },
})
export const taskAdopted = (id: TaskId, fields: Partial<Task> = {}): EventOf<'task:adopted'> => ({
  type: 'task:adopted',
  data: { entity: { ...adoptedTask, ...fields, id } },
})
export const sessionAdopted = (id: SessionId, fields: Partial<Session> = {}): EventOf<'session:adopted'> => ({
  type: 'session:adopted',
  data: { entity: { ...adoptedSession, ...fields, id } },
})

const longAgo = timeAt(-1000)

const adoptedProject: Project = {
  id: projectId,
  name: 'Adopted',
  workingDir: '/src',
  description: '',
  lifecycle: 'open',
  createdAt: longAgo,
  updatedAt: longAgo,
}

const adoptedTask: Omit<Task, 'id'> = {
  projectId,
  parentId: null,
  title: 'Adopted',
  description: '',
  initialPrompt: '',
  status: 'pending',
  priority: 'medium',
  sessionIds: [],
  skillIds: [],
  agentIds: [],
  dependencies: [],
  subtasks: [],
  timeline: [],
  createdAt: longAgo,
  updatedAt: longAgo,
  startedAt: null,
  completedAt: null,
}

const adoptedSession: Omit<Session, 'id'> = {
  projectId,
  taskIds: [],
  name: 'Adopted',
  agentId: null,
  env: {},
  status: 'running',
  startedAt: longAgo,
  lastActivity: longAgo,
  completedAt: null,
  ...machine,
  events: [],
  metadata: {},
}
