import { z } from 'zod'
import { Environment, Json, JsonObject, Session, SessionStatus } from './entities.ts'
import { event } from './event.ts'
import { Instant, SessionId, TaskId } from './ids.ts'

/** A session event before its record gives it an id and a time. */
export const NewSessionEvent = z.object({ type: z.string(), data: Json.optional() })
export type NewSessionEvent = z.infer<typeof NewSessionEvent>

/** What every new session carries. The machine is named in the event, so that a fold elsewhere tells the same. */
const NewSession = z.object({
  sessionId: SessionId,
  taskIds: z.array(TaskId),
  name: z.string(),
  agentId: z.string().nullable().optional(),
  env: Environment.optional(),
  hostname: z.string(),
  platform: z.string(),
  metadata: JsonObject.optional(),
})

/** `env` and `metadata` are merge patches one level deep: null removes a key. */
export const SessionChanges = z
  .object({
    name: z.string(),
    status: SessionStatus,
    agentId: z.string().nullable(),
    env: z.record(z.string(), z.string().nullable()),
    metadata: JsonObject,
    completedAt: Instant,
    /** Only where linking and unlinking would leave the tasks in another order than the one asked for. */
    taskIds: z.array(TaskId),
  })
  .partial()
export type SessionChanges = z.infer<typeof SessionChanges>

export const SessionCreated = event('session:created', NewSession.extend({ status: SessionStatus.optional() }))

/** A session that a UI is asked to open a terminal for. It starts as `spawning`. */
export const SessionSpawnRequested = event(
  'session:spawn_request',
  NewSession.extend({ skillIds: z.array(z.string()) }),
)

/** `linked` and `unlinked` name tasks, `events` are appended. */
export const SessionUpdated = event(
  'session:updated',
  z.object({
    sessionId: SessionId,
    changes: SessionChanges,
    linked: z.array(TaskId).optional(),
    unlinked: z.array(TaskId).optional(),
    events: z.array(NewSessionEvent).optional(),
  }),
)

/** With `taskId`, the message in `event.data` also lands on that task's timeline. */
export const SessionEventAdded = event(
  'session:event_added',
  z.object({ sessionId: SessionId, event: NewSessionEvent, taskId: TaskId.optional() }),
)

const link = z.object({ sessionId: SessionId, taskId: TaskId })
export const SessionTaskAdded = event('session:task_added', link)
export const SessionTaskRemoved = event('session:task_removed', link)

export const SessionDeleted = event('session:deleted', z.object({ sessionId: SessionId }))

/** A session taken over from a data directory that had no log. */
export const SessionAdopted = event('session:adopted', z.object({ entity: Session }))
