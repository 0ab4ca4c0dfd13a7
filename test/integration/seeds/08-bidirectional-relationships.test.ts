import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { makerOf, readerOf, refusalIn, sessionIn } from '../../support/entities.ts'
import { entityWhen } from '../../support/files.ts'
import { contentOf, framesOf } from '../../support/frames.ts'
import { sharedServer } from '../../support/shared-server.ts'
import { step } from '../../support/step.ts'

const server = sharedServer()
const { call } = server
const make = makerOf(call)
const read = readerOf(call)

const setUp = async () => {
  const { id: projectId } = await make.project()
  const [task, session] = [await make.task(projectId), await make.session(projectId)]
  const [taskId, sessionId] = [task.id, session.id]
  return { projectId, taskId, sessionId, path: `/api/sessions/${sessionId}/tasks/${taskId}` }
}

describe('Bidirectional Relationship Management', () => {
  it('Add Task to Session', async () => {
    const { projectId, taskId, sessionId, path } = await setUp()
    const frames = await step('POST /api/sessions/{sessionId}/tasks/{taskId}', () =>
      framesOf(server, () => call('POST', path)),
    )
    await step('session.taskIds.push(taskId), task.sessionIds.push(sessionId), session_started', async () => {
      expect((await read.session(sessionId)).taskIds).toEqual([taskId])
      const task = await read.task(taskId)
      expect(task.sessionIds).toEqual([sessionId])
      expect(task.timeline.at(-1)).toMatchObject({ type: 'session_started', sessionId })
    })
    await step('broadcast both events', () => {
      expect(contentOf(frames)).toEqual([
        { type: 'session:task_added', data: { sessionId, taskId } },
        { type: 'task:session_added', data: { sessionId, taskId } },
      ])
    })
    await step('save() to disk', async () => {
      const isLinked = (entity: unknown) => JSON.stringify(entity).includes('session_started')
      await entityWhen(join(server.dataDir, 'tasks', projectId, `${taskId}.json`), isLinked)
      const session = await read.session(sessionId)
      const hasTask = (entity: unknown) => JSON.stringify(entity).includes(taskId)
      expect(await entityWhen(join(server.dataDir, 'sessions', `${sessionId}.json`), hasTask)).toEqual(session)
    })
    await step('Task already in session: nothing happens', async () => {
      const before = [await read.session(sessionId), await read.task(taskId)]
      expect(sessionIn(await call('POST', path))).toEqual(before[0])
      expect([await read.session(sessionId), await read.task(taskId)]).toEqual(before)
    })
    await step('Validate both exist', async () => {
      const codeOf = async (url: string) => refusalIn(await call('POST', url)).code
      expect(await codeOf(`/api/sessions/${sessionId}/tasks/none`)).toBe('TASK_NOT_FOUND')
      expect(await codeOf(`/api/sessions/none/tasks/${taskId}`)).toBe('SESSION_NOT_FOUND')
    })
  })

  it('Remove Task from Session', async () => {
    const { taskId, sessionId, path } = await setUp()
    await call('POST', path)
    const frames = await step('DELETE /api/sessions/{sessionId}/tasks/{taskId}', () =>
      framesOf(server, () => call('DELETE', path)),
    )
    await step('filter out taskId and sessionId, session_ended', async () => {
      expect((await read.session(sessionId)).taskIds).toEqual([])
      const task = await read.task(taskId)
      expect(task.sessionIds).toEqual([])
      expect(task.timeline.at(-1)).toMatchObject({ type: 'session_ended', sessionId })
    })
    await step('broadcast both events', () => {
      expect(contentOf(frames)).toEqual([
        { type: 'session:task_removed', data: { sessionId, taskId } },
        { type: 'task:session_removed', data: { sessionId, taskId } },
      ])
    })
  })

  it('Use Case: Orchestrator reassigns task from one worker to another', async () => {
    const { projectId, taskId, sessionId, path } = await setUp()
    await call('POST', path)
    const other = await make.session(projectId)
    await call('DELETE', path)
    await call('POST', `/api/sessions/${other.id}/tasks/${taskId}`)
    expect((await read.session(sessionId)).taskIds).toEqual([])
    expect((await read.session(other.id)).taskIds).toEqual([taskId])
    const task = await read.task(taskId)
    expect(task.sessionIds).toEqual([other.id])
    expect(task.timeline.map(({ type }) => type)).toEqual([
      'created',
      'session_started',
      'session_ended',
      'session_started',
    ])
  })

  it('Many workers on one task, one worker on many tasks', async () => {
    const { projectId, taskId, sessionId, path } = await setUp()
    const [otherTask, otherSession] = [await make.task(projectId), await make.session(projectId)]
    await call('POST', path)
    await call('POST', `/api/sessions/${sessionId}/tasks/${otherTask.id}`)
    await call('POST', `/api/sessions/${otherSession.id}/tasks/${taskId}`)
    expect((await read.session(sessionId)).taskIds).toEqual([taskId, otherTask.id])
    expect((await read.task(taskId)).sessionIds).toEqual([sessionId, otherSession.id])
  })
})
