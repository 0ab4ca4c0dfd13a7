import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { Session } from '../../../events/index.ts'
import { makerOf, readerOf, refusalIn } from '../../support/entities.ts'
import { sharedServer } from '../../support/shared-server.ts'

const server = sharedServer()
const { call } = server
const make = makerOf(call)
const read = readerOf(call)

const spawn = (body: object) => call('POST', '/api/sessions/spawn', { body })
const Spawned = z.strictObject({
  success: z.literal(true),
  sessionId: z.string(),
  message: z.string().min(1),
  session: Session.strict(),
})

const setUp = async () => {
  const { id: projectId } = await make.project()
  const [one, two] = [await make.task(projectId), await make.task(projectId)]
  return { projectId, taskIds: [one.id, two.id] }
}

describe('spawning a session', () => {
  it('answers 201 with a session that is spawning, and its environment', async () => {
    const { projectId, taskIds } = await setUp()
    const answer = await spawn({ projectId, taskIds })
    expect(answer.status).toBe(201)
    const { sessionId, session } = Spawned.parse(answer.body)
    expect(session).toMatchObject({
      id: sessionId,
      projectId,
      taskIds,
      status: 'spawning',
      completedAt: null,
      events: [],
      metadata: { skills: ['maestro-worker'], role: 'worker' },
      env: {
        MAESTRO_SESSION_ID: sessionId,
        MAESTRO_PROJECT_ID: projectId,
        MAESTRO_TASK_IDS: taskIds.join(','),
        MAESTRO_SERVER_URL: server.url,
        MAESTRO_SKILLS: 'maestro-worker',
      },
    })
    expect(answer.headers.get('location')).toBe(`/api/sessions/${sessionId}`)
    expect(await read.session(sessionId)).toEqual(session)
  })

  it('keeps all that it is told', async () => {
    const { projectId, taskIds } = await setUp()
    const told = {
      skills: ['maestro-orchestrator', 'review'],
      role: 'orchestrator',
      spawnSource: 'session',
      spawnedBy: 'sess_1',
      spawnReason: 'Too much to do',
      context: { files: ['a.ts'], note: null },
    }
    const { body } = await spawn({ projectId, taskIds, sessionName: 'Ada', name: 'not this', ...told })
    const { session } = Spawned.parse(body)
    expect(session).toMatchObject({ name: 'Ada', env: { MAESTRO_SKILLS: 'maestro-orchestrator,review' } })
    expect(session.metadata).toEqual(told)
  })

  it('takes its name from name as well', async () => {
    const { body } = await spawn({ ...(await setUp()), name: 'Ada' })
    expect(Spawned.parse(body).session.name).toBe('Ada')
  })

  it('adds the session to each task, with an entry in its timeline', async () => {
    const { projectId, taskIds } = await setUp()
    const { sessionId } = Spawned.parse((await spawn({ projectId, taskIds })).body)
    for (const id of taskIds) {
      const { sessionIds, timeline } = await read.task(id)
      expect(sessionIds).toEqual([sessionId])
      expect(timeline[1]).toMatchObject({ type: 'session_started', sessionId })
    }
  })
})

describe('a spawn is checked', () => {
  const unknownProject = 'proj_1_none'
  it.each([
    ['for its project first', {}, 400, 'missing_project_id'],
    ['for its project, whatever else is wrong', { taskIds: [], role: 'boss' }, 400, 'missing_project_id'],
    ['for its project, which is not empty', { projectId: '', taskIds: ['task_1'] }, 400, 'missing_project_id'],
    ['then for its tasks', { projectId: unknownProject }, 400, 'invalid_task_ids'],
    ['for at least one task', { projectId: unknownProject, taskIds: [] }, 400, 'invalid_task_ids'],
    ['for an array of tasks', { projectId: unknownProject, taskIds: 'task_1' }, 400, 'invalid_task_ids'],
    ['for tasks that are ids', { projectId: unknownProject, taskIds: [7], role: 'boss' }, 400, 'invalid_task_ids'],
    ['then that there is the project', { projectId: unknownProject, taskIds: ['none'] }, 404, 'PROJECT_NOT_FOUND'],
  ])('%s', async (_what, body, status, code) => {
    expect(refusalIn(await spawn(body))).toMatchObject({ status, code })
  })

  it.each([{ role: 'boss' }, { skills: 'review' }, { skills: [1] }, { context: [] }, { sessionName: 7 }])(
    'for values that are known to be bad: %j',
    async (fields) => {
      expect(refusalIn(await spawn({ ...(await setUp()), ...fields })).code).toBe('VALIDATION_ERROR')
    },
  )

  it('then that there are the tasks, and nothing is stored when one is missing', async () => {
    const { projectId, taskIds } = await setUp()
    const listener = await server.listen()
    const before = await read.task(String(taskIds[0]))
    expect(refusalIn(await spawn({ projectId, taskIds: [...taskIds, 'invalid'] }))).toEqual({
      status: 404,
      code: 'task_not_found',
      message: 'Task invalid not found',
      details: { taskId: 'invalid' },
    })
    expect((await call('GET', `/api/sessions?projectId=${projectId}`)).body).toEqual([])
    expect(await read.task(before.id)).toEqual(before)
    expect(listener.frames).toEqual([])
  })

  it('for tasks of this project only', async () => {
    const [here, there] = [await setUp(), await setUp()]
    expect(refusalIn(await spawn({ projectId: here.projectId, taskIds: there.taskIds }))).toMatchObject({
      code: 'task_not_found',
      details: { taskId: there.taskIds[0] },
    })
  })
})
