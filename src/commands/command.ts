import type {
  Instant,
  JsonObject,
  Lifecycle,
  NewEntry,
  NewSessionEvent,
  Priority,
  ProjectId,
  RecordId,
  SessionId,
  SessionStatus,
  SubtaskId,
  TaskId,
  TaskStatus,
} from '../../events/index.ts'

/** A field that may be left out; what a parser gives for one that was. */
type Optional<T> = { readonly [K in keyof T]?: T[K] | undefined }

export interface CreateProject extends Optional<{ workingDir: string; description: string; lifecycle: Lifecycle }> {
  readonly type: 'create-project'
  readonly name: string
}

export interface UpdateProject
  extends Optional<{ name: string; workingDir: string; description: string; lifecycle: Lifecycle }> {
  readonly type: 'update-project'
}

export interface DeleteProject {
  readonly type: 'delete-project'
}

type TaskFields = Optional<{
  description: string
  initialPrompt: string
  priority: Priority
  parentId: TaskId | null
  dependencies: readonly TaskId[]
  skillIds: readonly string[]
  agentIds: readonly string[]
}>

export interface CreateTask extends TaskFields {
  readonly type: 'create-task'
  readonly title: string
}

/** `sessionIds` replaces the links; `timeline` is appended. */
export interface UpdateTask
  extends TaskFields,
    Optional<{ title: string; status: TaskStatus; sessionIds: readonly SessionId[]; timeline: readonly NewEntry[] }> {
  readonly type: 'update-task'
  readonly taskId: TaskId
}

export interface DeleteTask {
  readonly type: 'delete-task'
  readonly taskId: TaskId
  readonly cascade: boolean
}

export interface AddTimelineEntry {
  readonly type: 'add-timeline-entry'
  readonly taskId: TaskId
  readonly entry: NewEntry
}

type SubtaskFields = Optional<{ description: string; completed: boolean; order: number }>

export interface CreateSubtask extends SubtaskFields {
  readonly type: 'create-subtask'
  readonly taskId: TaskId
  readonly title: string
}

export interface UpdateSubtask extends SubtaskFields, Optional<{ title: string }> {
  readonly type: 'update-subtask'
  readonly taskId: TaskId
  readonly subtaskId: SubtaskId
}

export interface DeleteSubtask {
  readonly type: 'delete-subtask'
  readonly taskId: TaskId
  readonly subtaskId: SubtaskId
}

export interface CreateSession
  extends Optional<{
    sessionId: SessionId
    name: string
    agentId: string | null
    env: Readonly<Record<string, string>>
    status: SessionStatus
    hostname: string
    platform: string
    metadata: JsonObject
  }> {
  readonly type: 'create-session'
  readonly taskIds: readonly TaskId[]
}

export interface SpawnSession
  extends Optional<{
    name: string
    role: 'worker' | 'orchestrator'
    spawnSource: string
    spawnedBy: string
    spawnReason: string
    context: JsonObject
  }> {
  readonly type: 'spawn-session'
  readonly taskIds: readonly TaskId[]
  readonly skills: readonly string[]
  /** Where the spawned terminal finds this server. */
  readonly serverUrl: string
}

/** `taskIds` replaces the links; `env` and `metadata` are merged, null removes a key; `events` are appended. */
export interface UpdateSession
  extends Optional<{
    name: string
    status: SessionStatus
    agentId: string | null
    taskIds: readonly TaskId[]
    env: Readonly<Record<string, string | null>>
    metadata: JsonObject
    events: readonly NewSessionEvent[]
  }> {
  readonly type: 'update-session'
  readonly sessionId: SessionId
}

/** With `taskId`, the event's message also lands on that task's timeline. */
export interface AddSessionEvent {
  readonly type: 'add-session-event'
  readonly sessionId: SessionId
  readonly event: NewSessionEvent
  readonly taskId?: TaskId | undefined
}

export interface DeleteSession {
  readonly type: 'delete-session'
  readonly sessionId: SessionId
}

export interface LinkTask {
  readonly type: 'link-task'
  readonly sessionId: SessionId
  readonly taskId: TaskId
}

export interface UnlinkTask {
  readonly type: 'unlink-task'
  readonly sessionId: SessionId
  readonly taskId: TaskId
}

/** Everything that a client can ask one project to change. */
export type Command =
  | CreateProject
  | UpdateProject
  | DeleteProject
  | CreateTask
  | UpdateTask
  | DeleteTask
  | AddTimelineEntry
  | CreateSubtask
  | UpdateSubtask
  | DeleteSubtask
  | CreateSession
  | SpawnSession
  | UpdateSession
  | AddSessionEvent
  | DeleteSession
  | LinkTask
  | UnlinkTask

/** What a decision may know beside the command and the state. It has no clock and makes no ids of its own. */
export interface Moment {
  readonly projectId: ProjectId
  /** Id of the record that the event will be; ids of what it creates are made from it. */
  readonly recordId: RecordId
  readonly now: Instant
  /** This machine, for sessions that do not say where they run. */
  readonly machine: { readonly hostname: string; readonly platform: string }
  /** Whether a session id is taken, in any project. */
  sessionExists(id: SessionId): boolean
}
