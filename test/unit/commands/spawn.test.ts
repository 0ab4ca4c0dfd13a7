import { describe, it } from 'vitest'
import { spawnSession } from '../../support/commands.ts'
import { projectCreated, spawnRequested, taskCreated } from '../../support/events.ts'
import { given } from '../../support/given.ts'
import { machine, newSession, projectId, task } from '../../support/vocabulary.ts'

const [a, b, missing] = [task('a'), task('b'), task('missing')]
const past = () => given(projectCreated(), taskCreated(a), taskCreated(b))

describe('spawning a session', () => {
  it('asks for a worker of this server, with what its terminal has to know', () => {
    past()
      .when(spawnSession({ taskIds: [b, a] }))
      .emits(
        spawnRequested(newSession, {
          taskIds: [b, a],
          name: newSession,
          skillIds: ['maestro-worker'],
          ...machine,
          metadata: { skills: ['maestro-worker'], role: 'worker' },
          env: {
            MAESTRO_SESSION_ID: newSession,
            MAESTRO_PROJECT_ID: projectId,
            MAESTRO_TASK_IDS: `${b},${a}`,
            MAESTRO_SERVER_URL: 'http://127.0.0.1:3000',
            MAESTRO_SKILLS: 'maestro-worker',
          },
        }),
      )
  })

  it('records who asked for it and why', () => {
    const metadata = {
      skills: ['plan', 'review'],
      role: 'orchestrator',
      spawnSource: 'session',
      spawnedBy: 'sess_parent',
      spawnReason: 'Too much for one',
      context: { depth: 1, notes: ['x'] },
    } as const
    past()
      .when(
        spawnSession({
          ...metadata,
          context: { depth: 1, notes: ['x'] },
          name: 'Planner',
          taskIds: [a, a],
          serverUrl: 'http://127.0.0.1:4000',
        }),
      )
      .emits(
        spawnRequested(newSession, {
          taskIds: [a],
          name: 'Planner',
          skillIds: ['plan', 'review'],
          metadata: { ...metadata, skills: ['plan', 'review'], context: { depth: 1, notes: ['x'] } },
          env: {
            MAESTRO_SESSION_ID: newSession,
            MAESTRO_PROJECT_ID: projectId,
            MAESTRO_TASK_IDS: a,
            MAESTRO_SERVER_URL: 'http://127.0.0.1:4000',
            MAESTRO_SKILLS: 'plan,review',
          },
        }),
      )
  })

  it('is refused for the first task that does not exist', () => {
    past()
      .when(spawnSession({ taskIds: [a, missing, task('other')] }))
      .refuses('task_not_found', `Task ${missing} not found`, { taskId: missing })
  })
})
