import { expect, it } from 'vitest'
import { z } from 'zod'
import { apiOf, type Call, idOf } from '../support/api.ts'
import { listenTo } from '../support/listener.ts'
import { startSmallServer } from '../support/small-server.ts'

const Titled = z.looseObject({ title: z.string() })
const titlesOf = async (call: Call): Promise<string[]> =>
  z
    .array(Titled)
    .parse((await call('GET', '/api/tasks')).body)
    .map(({ title }) => title)

const description = 'x'.repeat(16 * 1024)

/** Creates tasks one after the other until one is refused. Gives the titles of those that were not, and the refusal. */
const writeUntilRefused = async (call: Call, projectId: string) => {
  const written: string[] = []
  for (;;) {
    const title = `task ${written.length}`
    const answer = await call('POST', '/api/tasks', { body: { projectId, title, description } })
    if (answer.status !== 201) return { written, refusal: answer }
    written.push(title)
  }
}

it('a full disk refuses writes, does not keep anybody from reading, and takes writes again once there is room', async ({
  annotate,
}) => {
  const server = await startSmallServer()
  await annotate(`on ${server.disk}`)
  const call = apiOf(server.url)
  const projectId = idOf(await call('POST', '/api/projects', { body: { name: 'Small' } }))
  const listener = await listenTo(server.url)

  const { written, refusal } = await writeUntilRefused(call, projectId)
  expect(refusal).toMatchObject({ status: 507, body: { error: true, code: 'INSUFFICIENT_STORAGE' } })
  expect(await titlesOf(call)).toEqual(written)

  const { body: ill } = await call('GET', '/health')
  expect(ill).toMatchObject({ status: 'degraded', reasons: [{ projectId, state: 'refusing' }] })

  await server.makeRoom()
  const answer = await call('POST', '/api/tasks', { body: { projectId, title: 'after' } })
  expect(answer.status).toBe(201)
  expect((await call('GET', '/health')).body).toMatchObject({ status: 'ok' })
  const expected = [...written, 'after']
  expect(await titlesOf(call)).toEqual(expected)
  const frames = await listener.received(expected.length)
  expect(frames.map(({ data }) => Titled.parse(data).title)).toEqual(expected)

  expect(await titlesOf(apiOf(await server.restart()))).toEqual(expected)
})
