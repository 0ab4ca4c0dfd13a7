import { join } from 'node:path'
import { expect, it } from 'vitest'
import { makerOf, readerOf, taskIn } from '../../support/entities.ts'
import { entityWhen } from '../../support/files.ts'
import { sharedServer } from '../../support/shared-server.ts'
import { step } from '../../support/step.ts'

const server = sharedServer()
const { call } = server

it('Task Creation Flow', async () => {
  const { id: projectId } = await makerOf(call).project()
  const ui = await server.listen()

  const answer = await step('Actor provides task details (projectId, title required)', () =>
    call('POST', '/api/tasks', {
      body: { projectId, title: 'Implement authentication', description: 'With JWT', priority: 'high' },
    }),
  )
  const task = await step('201 Created, task object', () => {
    expect(answer.status).toBe(201)
    return taskIn(answer)
  })
  await step('Storage generates task ID: task_<timestamp>_<random>', () => {
    expect(task.id).toMatch(/^task_\d{13}_[0-9a-z]+$/)
  })
  await step('Task initialized with default values', () => {
    expect(task).toMatchObject({ status: 'pending', sessionIds: [], subtasks: [], dependencies: [], priority: 'high' })
  })
  await step('Timeline with initial "created" event', () => {
    expect(task.timeline).toEqual([
      {
        id: expect.stringMatching(/^evt_\d{13}_[0-9a-z]+$/),
        type: 'created',
        timestamp: task.createdAt,
        message: 'Task created',
      },
    ])
  })
  await step('Task saved to in-memory map and disk', async () => {
    expect(await readerOf(call).task(task.id)).toEqual(task)
    expect(await entityWhen(join(server.dataDir, 'tasks', projectId, `${task.id}.json`))).toEqual(task)
  })
  await step('Event broadcast to WebSocket clients', async () => {
    expect(await ui.received(1)).toMatchObject([{ type: 'task:created', data: task, projectId }])
  })
  await step('priority is medium by default', async () => {
    expect(await makerOf(call).task(projectId)).toMatchObject({ priority: 'medium' })
  })
})
