import { z } from 'zod'
import { Project, ProjectId, Session, SessionId, Subtask, SubtaskId, Task, TaskId } from '../../events/index.ts'
import { PlainFrame } from './protocol.ts'

const frame = <const Type extends string, Data extends z.ZodType>(type: Type, data: Data) =>
  PlainFrame.extend({ type: z.literal(type), event: z.literal(type), data })

const link = z.object({ sessionId: SessionId, taskId: TaskId })
const withSubtask = z.object({ taskId: TaskId, subtask: Subtask })

/** Every plain frame there is, with its type and what its `data` is. */
export const Frame = z.discriminatedUnion('type', [
  frame('project:created', Project),
  frame('project:updated', Project),
  frame('project:deleted', z.object({ id: ProjectId })),
  frame('task:created', Task),
  frame('task:updated', Task),
  frame('task:deleted', z.object({ id: TaskId })),
  frame('task:session_added', link),
  frame('task:session_removed', link),
  frame('subtask:created', withSubtask),
  frame('subtask:updated', withSubtask),
  frame('subtask:deleted', z.object({ taskId: TaskId, subtaskId: SubtaskId })),
  frame('session:created', Session),
  frame('session:updated', Session),
  frame('session:deleted', z.object({ id: SessionId })),
  frame('session:task_added', link),
  frame('session:task_removed', link),
  frame(
    'session:spawn_request',
    z.object({
      session: Session,
      projectId: ProjectId,
      taskIds: z.array(TaskId),
      skillIds: z.array(z.string()),
      name: z.string(),
    }),
  ),
])
export type Frame = z.infer<typeof Frame>
export type FrameType = Frame['type']
