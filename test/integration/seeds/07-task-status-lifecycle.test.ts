import { describe, expect, it } from 'vitest'
import { makerOf, refusalIn, taskIn } from '../../support/entities.ts'
import { sharedServer } from '../../support/shared-server.ts'
import { step } from '../../support/step.ts'

const server = sharedServer()
const { call } = server
const make = makerOf(call)

describe.each(['open', 'strict'])('Task Status Lifecycle in a project whose lifecycle is %s', (lifecycle) => {
  const begin = async () => {
    const { id } = await make.task((await make.project({ lifecycle })).id)
    const go = async (status: string) => taskIn(await call('PATCH', `/api/tasks/${id}`, { body: { status } }))
    return { id, go }
  }

  it('goes along every arrow of the diagram', async () => {
    const { id, go } = await begin()
    for (const [name, status] of [
      ['pending → in_progress: Worker starts task', 'in_progress'],
      ['in_progress → pending: Worker unassigned (rare)', 'pending'],
      ['pending → blocked: Blocker found before starting', 'blocked'],
      ['blocked → pending: Worker unassigned', 'pending'],
      ['pending → in_progress: Worker starts task', 'in_progress'],
      ['in_progress → blocked: Blocker encountered', 'blocked'],
      ['blocked → in_progress: Blocker resolved', 'in_progress'],
      ['in_progress → completed: Work finished & validated', 'completed'],
    ] as const) {
      await step(name, async () => expect(await go(status)).toMatchObject({ id, status }))
    }
  })

  it('sets the timestamps of the state descriptions', async () => {
    const { go } = await begin()
    await step('blocked: none', async () =>
      expect(await go('blocked')).toMatchObject({ startedAt: null, completedAt: null }),
    )
    const started = await step('in_progress: startedAt (if not set)', () => go('in_progress'))
    expect(started).toMatchObject({ startedAt: started.updatedAt, completedAt: null })
    expect(await go('blocked')).toMatchObject({ startedAt: started.startedAt })
    expect(await go('in_progress')).toMatchObject({ startedAt: started.startedAt })
    const completed = await step('completed: completedAt (if not set)', () => go('completed'))
    expect(completed).toMatchObject({ startedAt: started.startedAt, completedAt: completed.updatedAt })
  })

  it(`${lifecycle === 'strict' ? 'refuses' : 'allows'} to leave completed, which is the end of the diagram`, async () => {
    const { id, go } = await begin()
    await go('in_progress')
    await go('completed')
    const answer = await call('PATCH', `/api/tasks/${id}`, { body: { status: 'in_progress' } })
    if (lifecycle === 'open') expect(taskIn(answer)).toMatchObject({ status: 'in_progress' })
    else {
      expect(refusalIn(answer)).toMatchObject({
        status: 409,
        code: 'INVALID_TRANSITION',
        details: { from: 'completed', to: 'in_progress', allowed: [] },
      })
    }
  })
})

it('Unblocking', async () => {
  const { id: projectId } = await make.project()
  const task = await make.task(projectId)
  const { id: sessionId } = await make.session(projectId, { taskIds: [task.id] })
  await call('PATCH', `/api/tasks/${task.id}`, {
    body: { status: 'blocked', timeline: [{ type: 'blocker', message: 'Waiting for user input', sessionId }] },
  })
  const worker = await server.listen()
  const unblocked = await step('Orchestrator resolves blocker; task status updated to in_progress', async () =>
    taskIn(await call('PATCH', `/api/tasks/${task.id}`, { body: { status: 'in_progress' } })),
  )
  await step('Worker notified via WebSocket event', async () => {
    expect(await worker.received(1)).toMatchObject([{ type: 'task:updated', data: unblocked }])
    expect(unblocked.sessionIds).toEqual([sessionId])
  })
})
