import { z } from 'zod'
import {
  Instant,
  Project,
  Session,
  SessionId,
  type SessionStatus,
  Subtask,
  Task,
  type TaskStatus,
} from '../../../events/index.ts'
import * as log from '../../http/log-schemas.ts'
import * as past from '../../http/past-schemas.ts'
import * as rest from '../../http/schemas.ts'
import { Skill, SkillDetail } from '../../skills/skill.ts'
import { callsWith, type Send, takes } from './call.ts'

/** A body as its sender writes it. */
type Body<Name extends keyof typeof rest> = (typeof rest)[Name] extends z.ZodType ? z.input<(typeof rest)[Name]> : never

/** An offset, right after the record of which; a time, ms since the epoch, which is at least 10^11; or an ISO time. */
export type Moment = string | number

/** Shows what was there at a moment, instead of what is there now. */
export interface AtMoment {
  readonly at?: Moment | undefined
}

/** Which tasks; every one that is given must fit. `parentId: null` means those without a parent. With `at`, of one project. */
export interface TaskFilter extends AtMoment {
  readonly projectId?: string | undefined
  readonly status?: TaskStatus | undefined
  readonly parentId?: string | null | undefined
}

/** Which sessions; every one that is given must fit. `active` leaves out the completed and the failed. */
export interface SessionFilter extends AtMoment {
  readonly projectId?: string | undefined
  readonly taskId?: string | undefined
  readonly status?: SessionStatus | undefined
  readonly active?: boolean | undefined
}

/** Which part of a log. */
export interface LogSelection {
  /** A cursor: where to begin. Default: the start. */
  readonly from?: string | number | undefined
  /** How many records at most. Default: 1000. */
  readonly limit?: number | undefined
  /** Only records of these types, such as `task:updated` or `task:*`. */
  readonly type?: string | readonly string[] | undefined
  /** Only records that touch this task, session or project. */
  readonly entity?: string | undefined
  /** How long to wait for a record when there is none, s. Less than the `timeout` of the call. */
  readonly wait?: number | undefined
}

/** Which part of a history. */
export interface HistorySelection {
  /** A cursor: where to begin. Default: the start. */
  readonly from?: string | number | undefined
  /** How many entries at most. Default: 100. */
  readonly limit?: number | undefined
  /** For an id that has been in several projects, one after the other. */
  readonly projectId?: string | undefined
}

export type State = z.infer<typeof past.StateAnswer>
export type Diff = z.infer<typeof past.DiffAnswer>
export type AuditReport = z.infer<typeof past.AuditAnswer>
export type TaskHistory = z.infer<typeof past.TaskHistory>
export type SessionHistory = z.infer<typeof past.SessionHistory>

export type Deleted = z.infer<typeof rest.Deleted>
export type LogPage = z.infer<typeof log.LogPage>
export type LogHead = z.infer<typeof log.LogHead>

export const Spawned = z.object({
  success: z.literal(true),
  sessionId: SessionId,
  message: z.string(),
  session: Session,
})
export type Spawned = z.infer<typeof Spawned>

export const Health = z.looseObject({
  status: z.enum(['ok', 'degraded']),
  timestamp: Instant,
  /** Seconds since the server started. */
  uptime: z.number(),
  /** Logs that take no writes, and why. */
  reasons: z.array(z.looseObject({ projectId: z.string(), state: z.string(), reason: z.string() })).optional(),
})
export type Health = z.infer<typeof Health>

export const WebSocketStatus = z.looseObject({ connectedClients: z.int(), clients: z.array(z.unknown()) })
export type WebSocketStatus = z.infer<typeof WebSocketStatus>

/**
 * Every operation of the REST API, by the name that it has in the OpenAPI document. A row is method, path, answer, and what
 * it takes beside the parameters of the path.
 */
export const endpointsOf = (send: Send) => {
  const { read, write } = callsWith(send)
  return {
    listProjects: read('/api/projects', z.array(Project)),
    createProject: write('POST', '/api/projects', Project, takes<Body<'CreateProjectBody'>>()),
    getProject: read('/api/projects/:id', Project),
    updateProject: write('PUT', '/api/projects/:id', Project, takes<Body<'UpdateProjectBody'>>()),
    deleteProject: write('DELETE', '/api/projects/:id', rest.Deleted),

    listTasks: read('/api/tasks', z.array(Task), takes<TaskFilter>()),
    createTask: write('POST', '/api/tasks', Task, takes<Body<'CreateTaskBody'>>()),
    getTask: read('/api/tasks/:id', Task, takes<AtMoment>()),
    updateTask: write('PATCH', '/api/tasks/:id', Task, takes<Body<'UpdateTaskBody'>>()),
    deleteTask: write('DELETE', '/api/tasks/:id', rest.Deleted, takes<{ readonly cascade?: boolean | undefined }>()),
    listChildTasks: read('/api/tasks/:id/children', z.array(Task), takes<AtMoment>()),
    addTimelineEntry: write('POST', '/api/tasks/:id/timeline', Task, takes<Body<'TimelineBody'>>()),

    listSubtasks: read('/api/tasks/:taskId/subtasks', z.array(Subtask)),
    createSubtask: write('POST', '/api/tasks/:taskId/subtasks', Subtask, takes<Body<'CreateSubtaskBody'>>()),
    updateSubtask: write('PATCH', '/api/tasks/:taskId/subtasks/:id', Subtask, takes<Body<'UpdateSubtaskBody'>>()),
    deleteSubtask: write('DELETE', '/api/tasks/:taskId/subtasks/:id', rest.Deleted),

    listSessions: read('/api/sessions', z.array(Session), takes<SessionFilter>()),
    createSession: write('POST', '/api/sessions', Session, takes<Body<'CreateSessionBody'>>()),
    spawnSession: write('POST', '/api/sessions/spawn', Spawned, takes<Body<'SpawnBody'>>()),
    getSession: read('/api/sessions/:id', Session, takes<AtMoment>()),
    updateSession: write('PATCH', '/api/sessions/:id', Session, takes<Body<'UpdateSessionBody'>>()),
    deleteSession: write('DELETE', '/api/sessions/:id', rest.Deleted),
    addSessionEvent: write('POST', '/api/sessions/:id/events', Session, takes<Body<'SessionEventBody'>>()),
    addSessionMessage: write('POST', '/api/sessions/:id/timeline', Session, takes<Body<'SessionTimelineBody'>>()),
    linkTask: write('POST', '/api/sessions/:id/tasks/:taskId', Session),
    unlinkTask: write('DELETE', '/api/sessions/:id/tasks/:taskId', Session),

    readLog: read('/api/projects/:id/log', log.LogPage, takes<LogSelection>()),
    getLogHead: read('/api/projects/:id/log/head', log.LogHead),
    getState: read('/api/projects/:id/state', past.StateAnswer, takes<AtMoment>()),
    getDiff: read('/api/projects/:id/diff', past.DiffAnswer, takes<{ readonly from?: Moment; readonly to?: Moment }>()),
    getTaskHistory: read('/api/tasks/:id/history', past.TaskHistory, takes<HistorySelection>()),
    getSessionHistory: read('/api/sessions/:id/history', past.SessionHistory, takes<HistorySelection>()),
    auditProject: read('/api/projects/:id/audit', past.AuditAnswer),

    listSkills: read('/api/skills', z.array(Skill)),
    getSkill: read('/api/skills/:id', SkillDetail),
    getHealth: read('/health', Health),
    getWebSocketStatus: read('/ws-status', WebSocketStatus),
  }
}

/** The calls of a client. */
export type Endpoints = ReturnType<typeof endpointsOf>
