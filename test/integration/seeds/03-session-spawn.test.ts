import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { Session } from '../../../events/index.ts'
import { makerOf, readerOf, refusalIn, sessionIn } from '../../support/entities.ts'
import { entityWhen } from '../../support/files.ts'
import { sharedServer } from '../../support/shared-server.ts'
import { step } from '../../support/step.ts'

const server = sharedServer()
const { call } = server
const make = makerOf(call)
const read = readerOf(call)

const Created = z.looseObject({ success: z.literal(true), sessionId: z.string(), session: Session })

describe('Session Spawn Flow', () => {
  it('asks the UI for a terminal, in which the CLI takes over', async () => {
    const project = await make.project({ workingDir: '/home/ada/maestro' })
    const taskIds = [(await make.task(project.id)).id, (await make.task(project.id)).id]
    const ui = await server.listen()

    const answer = await step('Orchestrator: POST /api/sessions/spawn (projectId, taskIds, skills, context)', () =>
      call('POST', '/api/sessions/spawn', {
        body: {
          projectId: project.id,
          taskIds,
          skills: ['maestro-worker'],
          spawnedBy: 'sess_orchestrator',
          context: { branch: 'main' },
        },
      }),
    )
    const { sessionId, session } = await step('201 Created (success, sessionId, session)', () => {
      expect(answer.status).toBe(201)
      return Created.parse(answer.body)
    })
    await step('Storage creates Session object: spawning, hostname, platform, empty events array', () => {
      expect(session).toMatchObject({
        id: sessionId,
        status: 'spawning',
        taskIds,
        hostname: expect.stringMatching(/./),
        platform: process.platform,
        events: [],
        metadata: { skills: ['maestro-worker'], spawnedBy: 'sess_orchestrator', context: { branch: 'main' } },
      })
    })
    await step('Storage writes session JSON', async () => {
      expect(await entityWhen(join(server.dataDir, 'sessions', `${sessionId}.json`))).toEqual(session)
    })
    await step('For each taskId: add session to task.sessionIds, append session_started, write task JSON', async () => {
      for (const id of taskIds) {
        const task = await read.task(id)
        expect(task.sessionIds).toEqual([sessionId])
        expect(task.timeline.at(-1)).toMatchObject({ type: 'session_started', sessionId })
        const isLinked = (entity: unknown) => JSON.stringify(entity).includes(sessionId)
        expect(await entityWhen(join(server.dataDir, 'tasks', project.id, `${id}.json`), isLinked)).toEqual(task)
      }
    })
    const request = await step('UI receives spawn request over the WebSocket', async () => {
      const frames = await ui.received(4)
      expect(frames.map(({ type }) => type)).toEqual([
        'session:spawn_request',
        'session:created',
        'task:session_added',
        'task:session_added',
      ])
      const [frame] = frames
      expect(frame?.data).toEqual({
        session,
        projectId: project.id,
        taskIds,
        skillIds: ['maestro-worker'],
        name: session.name,
      })
      return z.looseObject({ session: Session, projectId: z.string() }).parse(frame?.data)
    })
    await step('UI: GET /api/projects/{projectId}, project details (workingDir)', async () => {
      expect((await read.project(request.projectId)).workingDir).toBe('/home/ada/maestro')
    })
    const terminal = await step('UI spawns new terminal instance with env vars', () => {
      expect(request.session.env).toEqual({
        MAESTRO_SESSION_ID: sessionId,
        MAESTRO_PROJECT_ID: project.id,
        MAESTRO_TASK_IDS: taskIds.join(','),
        MAESTRO_SERVER_URL: server.url,
        MAESTRO_SKILLS: 'maestro-worker',
      })
      return request.session.env
    })
    await step('CLI: PATCH /api/sessions/(id) (status: running)', async () => {
      const url = `${terminal.MAESTRO_SERVER_URL}/api/sessions/${terminal.MAESTRO_SESSION_ID}`
      const body = JSON.stringify({ status: 'running' })
      const response = await fetch(url, { method: 'PATCH', headers: { 'content-type': 'application/json' }, body })
      expect(response.status).toBe(200)
      const running = sessionIn(await call('GET', `/api/sessions/${sessionId}`))
      expect(running.status).toBe('running')
      expect((await ui.received(5))[4]).toMatchObject({ type: 'session:updated', data: running })
    })
  })

  describe('Spawn Request Error Codes', () => {
    it.each([
      ['missing_project_id', 400, {}],
      ['invalid_task_ids', 400, { projectId: 'proj_123', taskIds: [] }],
    ])('%s (%i)', async (code, status, body) => {
      expect(refusalIn(await call('POST', '/api/sessions/spawn', { body }))).toMatchObject({ status, code })
    })

    it('task_not_found (404)', async () => {
      const { id: projectId } = await make.project()
      const answer = await call('POST', '/api/sessions/spawn', { body: { projectId, taskIds: ['invalid'] } })
      expect(refusalIn(answer)).toMatchObject({ status: 404, code: 'task_not_found' })
    })
  })
})
