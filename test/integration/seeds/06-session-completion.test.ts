import { join } from 'node:path'
import { expect, it } from 'vitest'
import { makerOf, readerOf, sessionIn } from '../../support/entities.ts'
import { entityWhen } from '../../support/files.ts'
import { sharedServer } from '../../support/shared-server.ts'
import { step } from '../../support/step.ts'

const server = sharedServer()
const { call } = server

it('Session Completion Flow', async () => {
  const [make, read] = [makerOf(call), readerOf(call)]
  const { id: projectId } = await make.project()
  const task = await make.task(projectId)
  const { id } = await make.session(projectId, { taskIds: [task.id] })
  await call('POST', `/api/sessions/${id}/timeline`, { body: { message: 'Validated', taskId: task.id } })
  const { timeline } = await read.task(task.id)
  const ui = await server.listen()

  const session = await step('CLI: PATCH /api/sessions/(id) (status: completed)', async () => {
    const answer = await call('PATCH', `/api/sessions/${id}`, { body: { status: 'completed' } })
    expect(answer.status).toBe(200)
    return sessionIn(answer)
  })
  await step('completedAt = now, lastActivity = now', () => {
    expect(session).toMatchObject({ status: 'completed', completedAt: session.lastActivity })
  })
  await step('Write updated session JSON', async () => {
    const isCompleted = (entity: unknown) => JSON.stringify(entity).includes('"completed"')
    expect(await entityWhen(join(server.dataDir, 'sessions', `${id}.json`), isCompleted)).toEqual(session)
  })
  await step('UI updates session status badge', async () => {
    expect(await ui.received(1)).toMatchObject([{ type: 'session:updated', data: session }])
  })
  await step('Session is NOT deleted (kept for history)', async () => {
    expect((await call('GET', `/api/sessions?projectId=${projectId}`)).body).toEqual([session])
    expect((await call('GET', `/api/sessions?projectId=${projectId}&active=true`)).body).toEqual([])
  })
  await step('Tasks retain session ID in their sessionIds array; timeline events preserved', async () => {
    expect(await read.task(task.id)).toMatchObject({ sessionIds: [id], timeline })
    expect(session.events).toMatchObject([{ type: 'progress', data: { message: 'Validated' } }])
  })
})
