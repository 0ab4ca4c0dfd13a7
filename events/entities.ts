import { z } from 'zod'
import { EntryId, Instant, ProjectId, SessionId, SubtaskId, TaskId } from './ids.ts'

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json }

/**
 * Any JSON value. What is read with this comes out of a JSON parser, which vouches for all that is inside; to look at each
 * value again would take longer than everything else that is done with it. Depth and size are bounded before.
 */
export const Json = z.custom<Json>((value) => value !== undefined && typeof value !== 'function', 'must be JSON')

export type JsonObject = { [key: string]: Json }
export const JsonObject = z.custom<JsonObject>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  'must be an object',
)

export const Environment = z.record(z.string(), z.string())
export type Environment = z.infer<typeof Environment>

/** `open`: any status may follow any other. `strict`: only the arrows of the state diagram. */
export const Lifecycle = z.enum(['open', 'strict'])
export type Lifecycle = z.infer<typeof Lifecycle>

export const TaskStatus = z.enum(['pending', 'in_progress', 'blocked', 'completed'])
export type TaskStatus = z.infer<typeof TaskStatus>

export const Priority = z.enum(['low', 'medium', 'high'])
export type Priority = z.infer<typeof Priority>

export const SessionStatus = z.enum(['spawning', 'running', 'completed', 'failed'])
export type SessionStatus = z.infer<typeof SessionStatus>

export const TimelineType = z.enum(['created', 'session_started', 'session_ended', 'update', 'milestone', 'blocker'])
export type TimelineType = z.infer<typeof TimelineType>

export const Project = z.object({
  id: ProjectId,
  name: z.string(),
  workingDir: z.string(),
  description: z.string(),
  lifecycle: Lifecycle,
  createdAt: Instant,
  updatedAt: Instant,
})
export type Project = z.infer<typeof Project>

export const TimelineEntry = z.object({
  id: EntryId,
  type: TimelineType,
  timestamp: Instant,
  message: z.string().optional(),
  sessionId: SessionId.optional(),
})
export type TimelineEntry = z.infer<typeof TimelineEntry>

/** A light checklist item inside a task. Child tasks, by `parentId`, are the full kind. */
export const Subtask = z.object({
  id: SubtaskId,
  taskId: TaskId,
  title: z.string(),
  description: z.string(),
  completed: z.boolean(),
  order: z.number(),
  createdAt: Instant,
  updatedAt: Instant,
  completedAt: Instant.nullable(),
})
export type Subtask = z.infer<typeof Subtask>

export const Task = z.object({
  id: TaskId,
  projectId: ProjectId,
  parentId: TaskId.nullable(),
  title: z.string(),
  description: z.string(),
  initialPrompt: z.string(),
  status: TaskStatus,
  priority: Priority,
  sessionIds: z.array(SessionId),
  skillIds: z.array(z.string()),
  agentIds: z.array(z.string()),
  dependencies: z.array(TaskId),
  subtasks: z.array(Subtask),
  timeline: z.array(TimelineEntry),
  createdAt: Instant,
  updatedAt: Instant,
  startedAt: Instant.nullable(),
  completedAt: Instant.nullable(),
})
export type Task = z.infer<typeof Task>

export const SessionEvent = z.object({
  id: EntryId,
  timestamp: Instant,
  type: z.string(),
  data: Json.optional(),
})
export type SessionEvent = z.infer<typeof SessionEvent>

export const Session = z.object({
  id: SessionId,
  projectId: ProjectId,
  taskIds: z.array(TaskId),
  name: z.string(),
  agentId: z.string().nullable(),
  env: Environment,
  status: SessionStatus,
  startedAt: Instant,
  lastActivity: Instant,
  completedAt: Instant.nullable(),
  hostname: z.string(),
  platform: z.string(),
  events: z.array(SessionEvent),
  metadata: JsonObject,
})
export type Session = z.infer<typeof Session>

/** The three kinds that have a file of their own, with the type of each. */
export interface Entities {
  project: Project
  task: Task
  session: Session
}
export type EntityKind = keyof Entities
export type Entity = Entities[EntityKind]
