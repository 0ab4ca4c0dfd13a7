import { z } from 'zod'
import { Session, SessionId } from '../../../events/index.ts'
import { AppError } from '../../errors.ts'
import { none, type Operation, operation } from '../operation.ts'
import { type Issues, validationError } from '../refusals.ts'
import { ofAnswer } from '../reply.ts'
import { SpawnBody } from '../schemas.ts'

/** Spawning has error codes of its own, checked in this order. */
const invalidSpawn = (issues: Issues): AppError => {
  const { details } = validationError(issues)
  const concerns = (field: string): boolean => issues.some(({ path }) => path[0] === field)
  const options = details === undefined ? {} : { details }
  if (concerns('projectId')) return new AppError('missing_project_id', 'projectId is required', options)
  if (concerns('taskIds'))
    return new AppError('invalid_task_ids', 'taskIds must be a non-empty array of task ids', options)
  return validationError(issues)
}

export const spawnOperations: readonly Operation[] = [
  operation({
    method: 'post',
    path: '/api/sessions/spawn',
    name: 'spawnSession',
    tag: 'Sessions',
    summary: 'Ask for a session: stores it as spawning and tells whoever opens terminals',
    params: none,
    query: none,
    body: SpawnBody,
    status: 201,
    answers: z.object({ success: z.literal(true), sessionId: SessionId, message: z.string(), session: Session }),
    refuses: ['missing_project_id', 'invalid_task_ids', 'PROJECT_NOT_FOUND', 'task_not_found'],
    invalid: invalidSpawn,
    unexpected: 'spawn_error',
    run: async ({ store, system, body: { projectId, sessionName, name, ...fields }, request }) => {
      const command = { type: 'spawn-session', name: sessionName ?? name, serverUrl: system.url(), ...fields } as const
      return ofAnswer(
        await store.inProject(projectId, command, request),
        ({ id, entity }) =>
          JSON.stringify({ success: true, sessionId: id, message: 'Session spawn requested', session: entity }),
        ({ id }) => `/api/sessions/${id}`,
      )
    },
  }),
]
