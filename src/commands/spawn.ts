import { type EventOf, sessionIdOf } from '../../events/index.ts'
import type { ProjectState } from '../../projections/index.ts'
import { AppError } from '../errors.ts'
import type { Moment, SpawnSession } from './command.ts'
import { given } from './fields.ts'

/**
 * Asks for a session to be spawned: whoever listens opens a terminal with `env`, the server itself runs nothing. Throws
 * `task_not_found`, the code that clients of this one command know, for the first task that does not exist.
 */
export const spawnSession = (
  command: SpawnSession,
  state: ProjectState,
  { projectId, recordId, now, machine }: Moment,
): EventOf<'session:spawn_request'> => {
  const taskIds = [...new Set(command.taskIds)]
  for (const taskId of taskIds) {
    if (state.task.get(taskId) === undefined) {
      throw new AppError('task_not_found', `Task ${taskId} not found`, { details: { taskId } })
    }
  }
  const sessionId = sessionIdOf(recordId, now)
  const { name = sessionId, role = 'worker', spawnSource, spawnedBy, spawnReason, context, serverUrl } = command
  const skills = [...command.skills]
  return {
    type: 'session:spawn_request',
    data: {
      sessionId,
      taskIds,
      name,
      skillIds: skills,
      hostname: machine.hostname,
      platform: machine.platform,
      metadata: { skills, role, ...given({ spawnSource, spawnedBy, spawnReason, context }) },
      env: {
        MAESTRO_SESSION_ID: sessionId,
        MAESTRO_PROJECT_ID: projectId,
        MAESTRO_TASK_IDS: taskIds.join(','),
        MAESTRO_SERVER_URL: serverUrl,
        MAESTRO_SKILLS: skills.join(','),
      },
    },
  }
}
