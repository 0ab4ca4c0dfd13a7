import type {
  AddSessionEvent,
  AddTimelineEntry,
  CreateProject,
  CreateSession,
  CreateSubtask,
  CreateTask,
  DeleteProject,
  DeleteSession,
  DeleteSubtask,
  DeleteTask,
  LinkTask,
  SpawnSession,
  UnlinkTask,
  UpdateProject,
  UpdateSession,
  UpdateSubtask,
  UpdateTask,
} from '../../src/commands/command.ts'

/** Commands in the imperative. */
type Fields<C> = Omit<C, 'type'>

export const createProject = (fields: Fields<CreateProject>): CreateProject => ({ type: 'create-project', ...fields })
export const updateProject = (fields: Fields<UpdateProject>): UpdateProject => ({ type: 'update-project', ...fields })
export const deleteProject = (): DeleteProject => ({ type: 'delete-project' })

export const createTask = (fields: Fields<CreateTask>): CreateTask => ({ type: 'create-task', ...fields })
export const updateTask = (taskId: UpdateTask['taskId'], fields: Omit<Fields<UpdateTask>, 'taskId'>): UpdateTask => ({
  type: 'update-task',
  taskId,
  ...fields,
})
export const deleteTask = (taskId: DeleteTask['taskId'], cascade = false): DeleteTask => ({
  type: 'delete-task',
  taskId,
  cascade,
})
export const addTimelineEntry = (fields: Fields<AddTimelineEntry>): AddTimelineEntry => ({
  type: 'add-timeline-entry',
  ...fields,
})

export const createSubtask = (fields: Fields<CreateSubtask>): CreateSubtask => ({ type: 'create-subtask', ...fields })
export const updateSubtask = (fields: Fields<UpdateSubtask>): UpdateSubtask => ({ type: 'update-subtask', ...fields })
export const deleteSubtask = (fields: Fields<DeleteSubtask>): DeleteSubtask => ({ type: 'delete-subtask', ...fields })

export const createSession = (fields: Partial<Fields<CreateSession>>): CreateSession => ({
  type: 'create-session',
  taskIds: [],
  ...fields,
})
export const spawnSession = (fields: Partial<Fields<SpawnSession>>): SpawnSession => ({
  type: 'spawn-session',
  taskIds: [],
  skills: ['maestro-worker'],
  serverUrl: 'http://127.0.0.1:3000',
  ...fields,
})
export const updateSession = (
  sessionId: UpdateSession['sessionId'],
  fields: Omit<Fields<UpdateSession>, 'sessionId'>,
): UpdateSession => ({ type: 'update-session', sessionId, ...fields })
export const addSessionEvent = (fields: Fields<AddSessionEvent>): AddSessionEvent => ({
  type: 'add-session-event',
  ...fields,
})
export const deleteSession = (sessionId: DeleteSession['sessionId']): DeleteSession => ({
  type: 'delete-session',
  sessionId,
})

export const linkTask = (sessionId: LinkTask['sessionId'], taskId: LinkTask['taskId']): LinkTask => ({
  type: 'link-task',
  sessionId,
  taskId,
})
export const unlinkTask = (sessionId: UnlinkTask['sessionId'], taskId: UnlinkTask['taskId']): UnlinkTask => ({
  type: 'unlink-task',
  sessionId,
  taskId,
})
