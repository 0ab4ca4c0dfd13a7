import { describe, expect, it } from 'vitest'
import { makerOf } from '../../support/entities.ts'
import { sharedServer } from '../../support/shared-server.ts'

const server = sharedServer()
const { call } = server
const make = makerOf(call)

describe('Error Handling Flows', () => {
  it('Task Not Found', async () => {
    expect(await call('GET', '/api/tasks/invalid_id')).toMatchObject({
      status: 404,
      body: { error: true, message: 'Task not found', code: 'TASK_NOT_FOUND' },
    })
  })

  it('Project with Dependencies', async () => {
    const { id } = await make.project()
    for (let i = 0; i < 3; i += 1) await make.task(id)
    expect(await call('DELETE', `/api/projects/${id}`)).toMatchObject({
      status: 400,
      body: {
        error: true,
        message: 'Cannot delete project with 3 existing task(s)',
        code: 'PROJECT_HAS_DEPENDENCIES',
      },
    })
  })

  it('Spawn with Invalid Task', async () => {
    const { id: projectId } = await make.project()
    const answer = await call('POST', '/api/sessions/spawn', { body: { projectId, taskIds: ['invalid'] } })
    expect(answer).toMatchObject({
      status: 404,
      body: {
        error: true,
        code: 'task_not_found',
        message: 'Task invalid not found',
        details: { taskId: 'invalid' },
      },
    })
  })
})
