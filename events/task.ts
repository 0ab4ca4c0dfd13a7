import { z } from 'zod'
import { Priority, Task, TaskStatus, TimelineType } from './entities.ts'
import { event } from './event.ts'
import { Instant, SessionId, TaskId } from './ids.ts'

/** A timeline entry before its record gives it an id and a time. */
export const NewEntry = z.object({
  type: TimelineType,
  message: z.string().optional(),
  sessionId: SessionId.optional(),
})
export type NewEntry = z.infer<typeof NewEntry>

/** The fields of a task that a client may give; the rest is made by the fold. */
const TaskFields = z.object({
  title: z.string(),
  description: z.string(),
  initialPrompt: z.string(),
  status: TaskStatus,
  priority: Priority,
  parentId: TaskId.nullable(),
  dependencies: z.array(TaskId),
  skillIds: z.array(z.string()),
  agentIds: z.array(z.string()),
})

export const TaskChanges = TaskFields.extend({
  startedAt: Instant,
  completedAt: Instant,
  /** Only where linking and unlinking would leave the sessions in another order than the one asked for. */
  sessionIds: z.array(SessionId),
}).partial()
export type TaskChanges = z.infer<typeof TaskChanges>

export const TaskCreated = event(
  'task:created',
  TaskFields.omit({ status: true }).partial().extend({ taskId: TaskId, title: z.string() }),
)

/** `linked` and `unlinked` name sessions, `entries` are appended to the timeline. */
export const TaskUpdated = event(
  'task:updated',
  z.object({
    taskId: TaskId,
    changes: TaskChanges,
    linked: z.array(SessionId).optional(),
    unlinked: z.array(SessionId).optional(),
    entries: z.array(NewEntry).optional(),
  }),
)

export const TaskTimelineAdded = event('task:timeline_added', z.object({ taskId: TaskId, entry: NewEntry }))

/** Names the root only; with `cascade` the fold finds the subtree. */
export const TaskDeleted = event('task:deleted', z.object({ taskId: TaskId, cascade: z.boolean() }))

/** A task taken over from a data directory that had no log. */
export const TaskAdopted = event('task:adopted', z.object({ entity: Task }))
