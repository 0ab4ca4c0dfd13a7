import { beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { operations } from '../../../src/http/app.ts'
import { refusalIn } from '../../support/entities.ts'
import { sharedServer } from '../../support/shared-server.ts'
import { anyGround, expectServed, type Ground, layGround, nameOf, pathOf, servedBy, storedIn } from './ground.ts'
import { addressNonsense } from './nonsense/addresses.ts'
import { bodyNonsense } from './nonsense/bodies.ts'
import { badField, badFields, fieldNonsense } from './nonsense/fields.ts'
import { headerNonsense } from './nonsense/headers.ts'
import { expectRefusal } from './refusal.ts'
import { send } from './wire.ts'

const Details = z.object({ details: z.array(z.object({ path: z.string(), reason: z.string() })) })

const server = sharedServer()
let ground: Ground = anyGround
beforeAll(async () => {
  ground = await layGround(server.call)
})

const kinds = [...bodyNonsense, ...headerNonsense, ...addressNonsense, ...fieldNonsense]
const routes = operations.map((operation) => [nameOf(operation), operation] as const)

describe.each(routes)('%s', (_route, operation) => {
  beforeAll(async () => {
    ground = await layGround(server.call)
  })
  const fitting = kinds.filter(({ attempts }) => attempts(operation, anyGround).length > 0)

  it.each(fitting)('refuses $what, stores nothing, and goes on', async ({ attempts, refused }) => {
    const before = await storedIn(server, ground)
    for (const attempt of attempts(operation, ground)) expectRefusal(await send(server.url, attempt), refused)
    expect(await storedIn(server, ground)).toEqual(before)
  })

  it('refuses values that its fields do not take, names each, and does not call it missing', async () => {
    const before = await storedIn(server, ground)
    for (const { name, value, request } of badFields(operation, ground)) {
      const answer = await send(server.url, request)
      expectRefusal(answer, badField)
      const { details } = Details.parse(refusalIn(answer))
      const told = details.filter(({ path }) => path === name || path.startsWith(`${name}.`))
      expect(told, `${name}: ${JSON.stringify(value)}`).not.toEqual([])
      const isBlank = typeof value === 'string' && value.trim() === ''
      if (!isBlank) expect(told).not.toContainEqual({ path: name, reason: 'is required' })
    }
    expect(await storedIn(server, ground)).toEqual(before)
  })
})

describe('methods', () => {
  const all = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'TRACE', 'PROPFIND', 'PURGE']
  const paths = [...new Set(operations.map(({ path }) => path))]

  it.each(paths)('that %s does not have are refused, and Allow names those that it has', async (path) => {
    const [first, ...more] = operations.filter((operation) => operation.path === path)
    if (first === undefined) throw new Error(`no operation has the path ${path}`)
    const methods = [first, ...more].map(({ method }) => method.toUpperCase())
    const allow = [...methods, ...(methods.includes('GET') ? ['HEAD'] : [])].sort()
    // A path with a parameter may fit this one too, and have other methods.
    const elsewhere = path === '/api/sessions/spawn' ? ['GET', 'PATCH', 'DELETE'] : []
    const before = await storedIn(server, ground)
    for (const method of all.filter((one) => !methods.includes(one) && !elsewhere.includes(one))) {
      const answer = await send(server.url, { method, path: pathOf(first, ground) })
      expectRefusal(answer, { status: 405, code: 'METHOD_NOT_ALLOWED' })
      expect(answer.headers.get('allow')?.split(', ').sort()).toEqual(allow)
    }
    expect(await storedIn(server, ground)).toEqual(before)
  })

  it.each([
    '/',
    '/api',
    '/api/nothing',
    '/API/tasks',
    '//api/tasks',
    '/api/tasks/a/b/c',
    '/../api/tasks',
    '/favicon.ico',
  ])('of a route that does not exist are all answered alike: %s', async (path) => {
    for (const method of all) {
      expectRefusal(await send(server.url, { method, path }), { status: 404, code: 'NOT_FOUND' })
    }
  })
})

describe('queries that nobody knows', () => {
  const lists = operations.filter(({ method, path }) => method === 'get' && path.startsWith('/api/'))
  it.each(lists.map(({ path }) => path))('change nothing of GET %s', async (path) => {
    const operation = lists.find((one) => one.path === path)
    if (operation === undefined) throw new Error(`no operation has the path ${path}`)
    const plain = pathOf(operation, ground)
    const { status, text } = await send(server.url, { method: 'GET', path: plain })
    for (const query of ['', '?', '__proto__=1', 'constructor[prototype]=1', '%zz=%ff', '&&&=', 'x='.repeat(4000)]) {
      expect(await send(server.url, { method: 'GET', path: `${plain}?${query}` })).toMatchObject({ status, text })
    }
  })
})

describe('after all of this', () => {
  it('the server has logged no error, takes a change, and finds the same again after a restart', async () => {
    expect(server.process.logs.filter(({ level }) => level === 'error')).toEqual([])
    const renamed = await server.call('PATCH', `/api/tasks/${ground.task}`, { body: { title: 'Still here' } })
    expect(renamed).toMatchObject({ status: 200, body: { title: 'Still here' } })
    const before = await servedBy(server)
    await server.restart()
    await expectServed(server, before)
  })
})
