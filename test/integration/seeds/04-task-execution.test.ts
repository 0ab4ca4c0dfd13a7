import { expect, it } from 'vitest'
import { makerOf, taskIn } from '../../support/entities.ts'
import { sharedServer } from '../../support/shared-server.ts'
import { step } from '../../support/step.ts'

const server = sharedServer()
const { call } = server

it('Task Execution Flow', async () => {
  const make = makerOf(call)
  const { id } = await make.task((await make.project()).id)
  const ui = await server.listen()
  let heard = 0
  const updateOf = async () => {
    heard += 1
    return (await ui.received(heard)).at(-1)
  }

  const started = await step('CLI: PATCH /api/tasks/(id) (status: in_progress), pending → in_progress', async () => {
    const answer = await call('PATCH', `/api/tasks/${id}`, { body: { status: 'in_progress' } })
    expect(answer.status).toBe(200)
    return taskIn(answer)
  })
  await step('Sets startedAt timestamp', () => {
    expect(started).toMatchObject({ status: 'in_progress', startedAt: started.updatedAt, completedAt: null })
  })
  await step('UI updates task card to show "in progress"', async () => {
    expect(await updateOf()).toMatchObject({ type: 'task:updated', data: started })
  })

  for (const message of ['Read the code', 'Completed User model implementation']) {
    await step('Work on task: POST /api/tasks/(id)/timeline', async () => {
      const answer = await call('POST', `/api/tasks/${id}/timeline`, { body: { type: 'update', message } })
      expect(taskIn(answer).timeline.at(-1)).toMatchObject({ type: 'update', message })
      expect(await updateOf()).toMatchObject({ type: 'task:updated', data: answer.body })
    })
  }

  await step('in_progress → blocked, and back once the blocker is resolved', async () => {
    for (const status of ['blocked', 'in_progress']) {
      const task = taskIn(await call('PATCH', `/api/tasks/${id}`, { body: { status } }))
      expect(task).toMatchObject({ status, startedAt: started.startedAt })
      expect(await updateOf()).toMatchObject({ type: 'task:updated', data: task })
    }
  })

  const completed = await step('CLI: PATCH /api/tasks/(id) (status: completed), in_progress → completed', async () =>
    taskIn(await call('PATCH', `/api/tasks/${id}`, { body: { status: 'completed' } })),
  )
  await step('Sets completedAt timestamp', () => {
    expect(completed).toMatchObject({ startedAt: started.startedAt, completedAt: completed.updatedAt })
  })
  await step('UI shows task as completed', async () => {
    expect(await updateOf()).toMatchObject({ type: 'task:updated', data: completed })
  })
})
