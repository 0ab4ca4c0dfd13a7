import { z } from 'zod'
import {
  Environment,
  JsonObject,
  Lifecycle,
  NewEntry,
  NewSessionEvent,
  Priority,
  ProjectId,
  SessionId,
  SessionStatus,
  TaskId,
  TaskStatus,
  TimelineType,
} from '../../events/index.ts'
import { required } from './refusals.ts'

/** Text that must hold something besides white space. */
const Required = z.string().regex(/\S/, required)

export const CreateProjectBody = z.object({
  name: Required,
  workingDir: z.string().optional(),
  description: z.string().optional(),
  lifecycle: Lifecycle.optional(),
})
export const UpdateProjectBody = CreateProjectBody.partial()

const taskFields = {
  description: z.string().optional(),
  initialPrompt: z.string().optional(),
  priority: Priority.optional(),
  parentId: TaskId.nullable().optional(),
  dependencies: z.array(TaskId).optional(),
  skillIds: z.array(z.string()).optional(),
  agentIds: z.array(z.string()).optional(),
}
export const CreateTaskBody = z.object({ projectId: ProjectId, title: Required, ...taskFields })
export const UpdateTaskBody = z.object({
  title: Required.optional(),
  ...taskFields,
  status: TaskStatus.optional(),
  sessionIds: z.array(SessionId).optional(),
  timeline: z.array(NewEntry.extend({ type: TimelineType.default('update') })).optional(),
})
export const TimelineBody = z.object({
  message: Required,
  type: TimelineType.default('update'),
  sessionId: SessionId.optional(),
})

const subtaskFields = {
  description: z.string().optional(),
  completed: z.boolean().optional(),
  order: z.number().optional(),
}
export const CreateSubtaskBody = z.object({ title: Required, ...subtaskFields })
export const UpdateSubtaskBody = z.object({ title: Required.optional(), ...subtaskFields })

const sessionFields = {
  name: z.string().optional(),
  agentId: z.string().nullable().optional(),
  status: SessionStatus.optional(),
}
export const CreateSessionBody = z.object({
  projectId: ProjectId,
  id: SessionId.optional(),
  taskIds: z.array(TaskId).optional(),
  taskId: TaskId.optional(),
  ...sessionFields,
  env: Environment.optional(),
  hostname: z.string().optional(),
  platform: z.string().optional(),
  metadata: JsonObject.optional(),
})
/** A single `taskId` is the array of it. One of the two is looked for whatever else is wrong, so that all of it is told. */
export const NewSessionBody = CreateSessionBody.refine(
  ({ taskIds, taskId }) => taskIds !== undefined || taskId !== undefined,
  { path: ['taskIds'], message: required, when: () => true },
)
export const UpdateSessionBody = z.object({
  ...sessionFields,
  taskIds: z.array(TaskId).optional(),
  env: z.record(z.string(), z.string().nullable()).optional(),
  metadata: JsonObject.optional(),
  events: z.array(NewSessionEvent.extend({ type: Required })).optional(),
})
export const SessionEventBody = NewSessionEvent.extend({ type: Required })
export const SessionTimelineBody = z.object({
  message: Required,
  type: Required.default('progress'),
  taskId: TaskId.optional(),
})

export const SpawnBody = z.object({
  projectId: ProjectId,
  taskIds: z.array(TaskId).min(1),
  sessionName: z.string().optional(),
  name: z.string().optional(),
  skills: z.array(z.string()).default(['maestro-worker']),
  role: z.enum(['worker', 'orchestrator']).optional(),
  spawnSource: z.string().optional(),
  spawnedBy: z.string().optional(),
  spawnReason: z.string().optional(),
  context: JsonObject.optional(),
})

/**
 * An id to filter by. Text that cannot be an id matches nothing, which is an answer and not an error; repeated
 * parameters are.
 */
export const filterId = <S extends z.ZodType>(schema: S) =>
  z.string().transform((text) => schema.safeParse(text).data ?? noId)
export const noId = Symbol('no entity has this id')

const Flag = z.enum(['true', 'false']).transform((text) => text === 'true')

export const TaskQuery = z.object({
  projectId: filterId(ProjectId).optional(),
  status: TaskStatus.optional(),
  parentId: z.union([z.literal('null').transform(() => null), filterId(TaskId)]).optional(),
})
export const SessionQuery = z.object({
  projectId: filterId(ProjectId).optional(),
  taskId: filterId(TaskId).optional(),
  status: SessionStatus.optional(),
  active: Flag.optional(),
})
export const DeleteTaskQuery = z.object({ cascade: Flag.optional() })

export const Deleted = z.object({ success: z.literal(true), id: z.string() })
