import { z } from 'zod'
import { event } from './event.ts'
import { SubtaskId, TaskId } from './ids.ts'

const SubtaskFields = z.object({
  title: z.string(),
  description: z.string(),
  completed: z.boolean(),
  order: z.number(),
})

export const SubtaskChanges = SubtaskFields.partial()
export type SubtaskChanges = z.infer<typeof SubtaskChanges>

const place = { taskId: TaskId, subtaskId: SubtaskId }

export const SubtaskCreated = event(
  'subtask:created',
  SubtaskFields.partial().extend({ ...place, title: z.string(), order: z.number() }),
)
export const SubtaskUpdated = event('subtask:updated', z.object({ ...place, changes: SubtaskChanges }))
export const SubtaskDeleted = event('subtask:deleted', z.object(place))
