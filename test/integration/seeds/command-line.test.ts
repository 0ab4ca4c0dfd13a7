import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { Task } from '../../../events/index.ts'
import { makerOf } from '../../support/entities.ts'
import { sharedServer } from '../../support/shared-server.ts'

const server = sharedServer()
const make = makerOf(server.call)

/** What a person would see who types the command. */
const curl = async (...args: string[]): Promise<unknown> => {
  const { stdout } = await promisify(execFile)('curl', ['--silent', '--show-error', ...args])
  return JSON.parse(stdout)
}
const json = ['-H', 'Content-Type: application/json'] as const

describe('Testing, with curl', () => {
  it('Health check', async () => {
    expect(await curl(`${server.url}/health`)).toMatchObject({ status: 'ok', uptime: expect.any(Number) })
  })

  it('List projects', async () => {
    const project = await make.project()
    expect(await curl(`${server.url}/api/projects`)).toContainEqual(project)
  })

  it('Create task', async () => {
    const { id } = await make.project()
    const body = `{"projectId":"${id}","title":"Test Task"}`
    const task = Task.parse(await curl('-X', 'POST', `${server.url}/api/tasks`, ...json, '-d', body))
    expect(task).toMatchObject({ projectId: id, title: 'Test Task' })
    expect(await curl(`${server.url}/api/tasks/${task.id}`)).toEqual(task)
  })

  it('a large body, before which it waits for the server to want it', async () => {
    const body = JSON.stringify({ name: 'A', description: 'x'.repeat(100_000) })
    const headers = [...json, '-H', 'Expect: 100-continue']
    const project = await curl('-X', 'POST', `${server.url}/api/projects`, ...headers, '-d', body)
    expect(z.looseObject({ description: z.string() }).parse(project).description).toHaveLength(100_000)
  })

  it('without the header that says what the body is, learns what is missing', async () => {
    expect(await curl('-X', 'POST', `${server.url}/api/projects`, '-d', '{"name":"A"}')).toMatchObject({
      error: true,
      code: 'UNSUPPORTED_MEDIA_TYPE',
      message: 'Content-Type must be application/json',
    })
  })
})

it('WebSocket test, as wscat does it', async () => {
  const listener = await server.listen('')
  const project = await make.project()
  expect(await listener.received(1)).toMatchObject([{ type: 'project:created', data: project }])
})
