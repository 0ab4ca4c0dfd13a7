import type { z } from 'zod'
import { LogQuery } from '../http/log-schemas.ts'
import {
  CreateProjectBody,
  CreateSubtaskBody,
  CreateTaskBody,
  DeleteTaskQuery,
  NewSessionBody,
  SessionEventBody,
  SessionQuery,
  SessionTimelineBody,
  SpawnBody,
  TaskQuery,
  TimelineBody,
  UpdateTaskBody,
} from '../http/schemas.ts'
import { exampleProject as projectId, exampleTask as taskId } from './examples.ts'
import type { Names } from './names.ts'

/** Says what the parameters of requests are for, and shows what bodies look like. */
export const describeRequests = (names: Names): void => {
  describeQueries(names)
  showBodies(names)
}

const describeQueries = (names: Names): void => {
  const about = (schema: z.ZodType, description: string): void => {
    names.add(schema, { description })
  }
  about(TaskQuery.shape.projectId, 'Those of this project.')
  about(TaskQuery.shape.status, 'Those that are so.')
  about(TaskQuery.shape.parentId, 'The children of this task, or with `null` the tasks that have no parent.')
  about(SessionQuery.shape.projectId, 'Those of this project.')
  about(SessionQuery.shape.taskId, 'Those that have this task.')
  about(SessionQuery.shape.status, 'Those that are so.')
  about(SessionQuery.shape.active, 'With `true`, those that are neither completed nor failed.')
  about(DeleteTaskQuery.shape.cascade, 'Whether all below it goes too.')
  about(
    LogQuery.shape.from,
    'The cursor to begin at: an offset, `start`, `now`, or `<offset>:<hash of the record before it>`.',
  )
  about(LogQuery.shape.limit, 'How many records to read at most.')
  about(
    LogQuery.shape.type,
    'Types of records such as `task:updated`, or `task:*` for all of a kind; several with commas.',
  )
  about(LogQuery.shape.entity, 'Only records that touch what has this id.')
  about(LogQuery.shape.wait, 'How long to wait for a first record, seconds.')
}

const showBodies = (names: Names): void => {
  // One of the two has to be there, which the fields by themselves do not say.
  names.add(NewSessionBody, {
    anyOf: [{ required: ['taskIds'] }, { required: ['taskId'] }],
    examples: [{ projectId, taskIds: [taskId], name: 'Worker 1', env: { EDITOR: 'vi' }, metadata: { model: 'large' } }],
  })
  names.add(CreateProjectBody, {
    examples: [{ name: 'My project', workingDir: '/home/me/project', lifecycle: 'open' }],
  })
  names.add(CreateTaskBody, { examples: [{ projectId, title: 'Implement authentication', priority: 'high' }] })
  names.add(UpdateTaskBody, { examples: [{ status: 'in_progress', timeline: [{ message: 'On it' }] }] })
  names.add(TimelineBody, { examples: [{ message: 'Tests pass', type: 'milestone' }] })
  names.add(CreateSubtaskBody, { examples: [{ title: 'Write the test first' }] })
  names.add(SessionEventBody, { examples: [{ type: 'tool_call', data: { tool: 'grep', ms: 12 } }] })
  names.add(SessionTimelineBody, { examples: [{ message: 'Halfway', taskId }] })
  names.add(SpawnBody, { examples: [{ projectId, taskIds: [taskId], skills: ['maestro-worker'], role: 'worker' }] })
}
