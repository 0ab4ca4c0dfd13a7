import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { ClientOptions } from '../../../src/client/client.ts'
import type { Fetch, FetchRequest, FetchResponse } from '../../../src/client/environment.ts'
import { unwrap } from '../../../src/client/rest/result.ts'
import { operations } from '../../../src/http/app.ts'
import { sha256 } from '../../../src/platform/hash.ts'
import { World } from './support/world.ts'

type Script = (request: FetchRequest, url: string) => FetchResponse | Promise<FetchResponse>

const answer = (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): FetchResponse => ({
  status,
  headers: { get: (name) => headers[name.toLowerCase()] ?? null },
  text: async () => (body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body)),
})
const refusal = (status: number, code: string, headers = {}): FetchResponse =>
  answer(status, { error: true, code, message: `${code}!`, details: { a: 1 } }, headers)

const project = {
  ...{ id: 'proj_p', name: 'P', workingDir: '', description: '', lifecycle: 'open' },
  ...{ createdAt: 1, updatedAt: 1 },
}
const created = (): FetchResponse =>
  answer(201, project, {
    etag: '"0"',
    location: '/api/projects/proj_p',
    'maestro-offset': '0',
    'maestro-hash': sha256(''),
  })

/** A client whose requests are answered by a script, one after the other; the last one goes on for ever. */
const scripted = (scripts: readonly Script[], options: Partial<ClientOptions> = {}) => {
  const world = new World()
  const sent: Array<FetchRequest & { readonly url: string }> = []
  const fetch: Fetch = async (url, request) => {
    sent.push({ url, ...request })
    const script = scripts[Math.min(sent.length, scripts.length) - 1]
    if (script === undefined) throw new Error('nothing is to be fetched')
    return script(request, url)
  }
  const client = world.client({ environment: { fetch }, ...options })
  return { world, client, sent }
}

/** Lets everything happen that is under way, and as much time pass as is waited for. */
const settle = async <T>(world: World, promise: Promise<T>): Promise<T> => {
  let isOver = false
  const over = promise.finally(() => {
    isOver = true
  })
  while (!isOver) {
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve()
    const [first] = world.time.pending
    if (!isOver && first !== undefined) world.time.pass(first)
  }
  return over
}

describe('a call', () => {
  it('answers the value, with its ETag, its place and its receipt', async () => {
    const { client } = scripted([created])
    expect(await client.createProject({ name: 'P' })).toEqual({
      ...{ ok: true, value: project, status: 201, etag: '"0"', location: '/api/projects/proj_p', replayed: false },
      receipt: { offset: 0, hash: sha256('') },
    })
  })

  it('puts what the path names into it, encoded, and the rest into the body or the query', async () => {
    const { client, sent } = scripted([() => answer(200, [])])
    await client.updateSubtask({ taskId: 'a/b', id: '..?', title: 'T' })
    await client.listTasks({ projectId: 'proj_p', parentId: null, status: undefined })
    await client.deleteTask({ id: 'task_a', cascade: true })
    await client.listProjects()
    expect(sent.map(({ method, url, body }) => [method, url, body])).toEqual([
      ['PATCH', 'http://127.0.0.1:3000/api/tasks/a%2Fb/subtasks/..%3F', '{"title":"T"}'],
      ['GET', 'http://127.0.0.1:3000/api/tasks?projectId=proj_p&parentId=null', undefined],
      ['DELETE', 'http://127.0.0.1:3000/api/tasks/task_a?cascade=true', undefined],
      ['GET', 'http://127.0.0.1:3000/api/projects', undefined],
    ])
  })

  it('says who asks, and with what token', async () => {
    const asked = async (options: Partial<ClientOptions>) => {
      const { client, sent } = scripted([created], options)
      await client.createProject({ name: 'P' })
      return sent[0]?.headers
    }
    expect(await asked({ token: 'secret', actor: 'me' })).toMatchObject({
      authorization: 'Bearer secret',
      'maestro-actor': 'me',
    })
    const bySession = await asked({ session: 'sess_s', actor: 'me' })
    expect(bySession).toMatchObject({ 'maestro-session': 'sess_s' })
    expect(bySession).not.toHaveProperty('maestro-actor')
    expect(bySession).not.toHaveProperty('authorization')
  })

  it('gives each write a key of its own, and no read any', async () => {
    const { client, sent, world } = scripted([created])
    world.chances.push(0, 0.25, 0.5, 0.999999, 0.1, 0.2, 0.3, 0.4)
    await client.createProject({ name: 'P' })
    await client.createProject({ name: 'P' })
    await client.createProject({ name: 'P' }, { key: 'mine' })
    await client.listProjects()
    const keys = sent.map(({ headers }) => headers['idempotency-key'])
    expect(keys).toEqual([
      '000000004000000080000000ffffef39',
      expect.stringMatching(/^[0-9a-f]{32}$/),
      'mine',
      undefined,
    ])
    expect(keys[1]).not.toBe(keys[0])
  })

  it('changes only what has not changed since, if told to', async () => {
    const { client, sent } = scripted([() => refusal(412, 'VERSION_CONFLICT')])
    const result = await client.updateTask({ id: 'task_a', title: 'T' }, { ifMatch: '"7"' })
    expect(sent[0]?.headers).toMatchObject({ 'if-match': '"7"' })
    expect(result).toMatchObject({ ok: false, error: { code: 'VERSION_CONFLICT', status: 412, details: { a: 1 } } })
  })

  it('asks for headers alone, if told to', async () => {
    const { client, sent } = scripted([() => answer(204, undefined, { etag: '"8"', location: '/api/tasks/task_a' })])
    const result = await client.createTask.minimal({ projectId: 'proj_p', title: 'T' })
    expect(sent[0]?.headers).toMatchObject({ prefer: 'return=minimal' })
    expect(result).toMatchObject({
      ok: true,
      value: undefined,
      status: 204,
      etag: '"8"',
      location: '/api/tasks/task_a',
    })
  })

  it('asks anew where the server is, also when it is sent again', async () => {
    const ports = [3001, 3002]
    const scripts: Script[] = [() => Promise.reject(new Error('gone')), () => answer(200, [])]
    const { client, sent, world } = scripted(scripts, { url: () => `http://localhost:${ports.shift()}/` })
    expect(await settle(world, client.listProjects())).toMatchObject({ ok: true })
    expect(sent.map(({ url }) => url)).toEqual([
      'http://localhost:3001/api/projects',
      'http://localhost:3002/api/projects',
    ])
  })
})

describe('an address', () => {
  it.each(['', 'localhost:3000', 'ftp://localhost', 'http://', 'http://a b'])(
    'that is none is refused: %j',
    async (url) => {
      const refused = expect.objectContaining({ name: 'MaestroError', code: 'VALIDATION_ERROR' })
      expect(() => new World().client({ url })).toThrow(refused)
      const late = new World().client({ url: () => url })
      expect(await late.listProjects()).toMatchObject({ ok: false, error: { code: 'VALIDATION_ERROR' } })
      const items = late.follow()
      await items.next()
      await expect(items.next()).rejects.toMatchObject({ code: 'VALIDATION_ERROR' })
    },
  )
})

describe('an error', () => {
  it('is a value with the code of the server', async () => {
    const { client } = scripted([() => refusal(404, 'TASK_NOT_FOUND')])
    const result = await client.getTask({ id: 'task_a' })
    expect(result).toMatchObject({
      ok: false,
      error: {
        name: 'MaestroError',
        code: 'TASK_NOT_FOUND',
        message: 'TASK_NOT_FOUND!',
        status: 404,
        details: { a: 1 },
      },
    })
    expect(() => unwrap(result)).toThrow('TASK_NOT_FOUND!')
  })

  it('need not have details', async () => {
    const { client } = scripted([() => answer(404, { error: true, code: 'TASK_NOT_FOUND', message: 'Task not found' })])
    const result = await client.getTask({ id: 'task_a' })
    expect(result).toMatchObject({ ok: false, error: { code: 'TASK_NOT_FOUND', details: undefined } })
  })

  it.each([
    ['that is not JSON', answer(200, '<html>')],
    ['of another shape', answer(200, [{ id: 1 }])],
    ['with an error that is none', answer(500, { error: 'no' })],
    ['with a code that nobody knows', refusal(418, 'TEAPOT')],
  ])('is what an answer %s comes to', async (_, response) => {
    const { client } = scripted([() => response])
    expect(await client.listProjects()).toMatchObject({
      ok: false,
      error: { code: 'BAD_ANSWER', status: response.status },
    })
  })

  it('of the network is a value, with the key to ask again with', async () => {
    const { client, world, sent } = scripted([() => Promise.reject(new TypeError('fetch failed'))])
    const result = await settle(world, client.createProject({ name: 'P' }))
    expect(result).toMatchObject({
      ok: false,
      error: {
        code: 'SERVER_UNREACHABLE',
        status: undefined,
        message: 'The server does not answer',
        cause: { message: 'fetch failed' },
      },
    })
    expect(result.ok || result.error.key).toBe(sent[0]?.headers['idempotency-key'])
  })
})

describe('a request is sent again', () => {
  it('with the same key until the network works', async () => {
    const down: Script = () => Promise.reject(new TypeError('fetch failed'))
    const { client, world, sent } = scripted([down, down, created])
    expect(await settle(world, client.createProject({ name: 'P' }))).toMatchObject({ ok: true, value: project })
    expect(sent).toHaveLength(3)
    expect(new Set(sent.map(({ headers }) => headers['idempotency-key'])).size).toBe(1)
  })

  it('after pauses of random length within a bound that doubles, ten times in all', async () => {
    const { client, world, sent } = scripted([() => refusal(503, 'LOG_UNAVAILABLE')])
    const pauses: number[] = []
    const result = client.createProject({ name: 'P' })
    for (let attempt = 1; attempt < 10; attempt += 1) {
      for (let turn = 0; turn < 50; turn += 1) await Promise.resolve()
      const [pause = -1] = world.time.pending
      pauses.push(pause)
      world.time.pass(pause)
    }
    expect(await result).toMatchObject({ ok: false, error: { code: 'LOG_UNAVAILABLE', status: 503 } })
    expect(sent).toHaveLength(10)
    expect(pauses.map((ms) => ms * 2)).toEqual([100, 200, 400, 800, 1600, 3000, 3000, 3000, 3000])
    expect(world.time.pending).toEqual([])
  })

  it.each([429, 502, 503, 504])('after status %i', async (status) => {
    const { client, world, sent } = scripted([() => answer(status, ''), created])
    expect(await settle(world, client.createProject({ name: 'P' }))).toMatchObject({ ok: true })
    expect(sent).toHaveLength(2)
  })

  it('not before the time that the server names', async () => {
    const { client, world, sent } = scripted([() => refusal(429, 'RATE_LIMITED', { 'retry-after': '7' }), created])
    const result = client.createProject({ name: 'P' })
    for (let turn = 0; turn < 50; turn += 1) await Promise.resolve()
    expect(world.time.pending).toEqual([7000])
    world.time.pass(6999)
    expect(sent).toHaveLength(1)
    expect(await settle(world, result)).toMatchObject({ ok: true })
  })

  it('not at all when that is too long', async () => {
    const { client, sent } = scripted([() => refusal(503, 'LOG_UNAVAILABLE', { 'retry-after': '31' })])
    expect(await client.listProjects()).toMatchObject({ ok: false, error: { code: 'LOG_UNAVAILABLE' } })
    expect(sent).toHaveLength(1)
  })

  it('not when the log is damaged, or when it was refused for good', async () => {
    for (const response of [
      refusal(503, 'PROJECT_QUARANTINED'),
      refusal(400, 'VALIDATION_ERROR'),
      refusal(500, 'INTERNAL_ERROR'),
    ]) {
      const { client, sent } = scripted([() => response])
      expect(await client.createProject({ name: '' })).toMatchObject({ ok: false })
      expect(sent).toHaveLength(1)
    }
  })

  it('when an answer does not come in time', async () => {
    const never: Script = ({ signal }) =>
      new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))))
    const { client, world, sent } = scripted([never, created], { timeout: 1234 })
    const result = client.createProject({ name: 'P' })
    expect(world.time.pending).toEqual([1234])
    expect(await settle(world, result)).toMatchObject({ ok: true })
    expect(sent).toHaveLength(2)
    expect(world.time.pending).toEqual([])
  })

  it('no more when the signal aborts', async () => {
    const stopping = new AbortController()
    const { client, world, sent } = scripted([() => refusal(503, 'LOG_UNAVAILABLE')])
    const result = client.createProject({ name: 'P' }, { signal: stopping.signal, key: 'mine' })
    for (let turn = 0; turn < 50; turn += 1) await Promise.resolve()
    stopping.abort()
    expect(await result).toMatchObject({ ok: false, error: { code: 'ABORTED', key: 'mine' } })
    expect(sent).toHaveLength(1)
    expect(world.time.pending).toEqual([])
  })

  it('never when the signal has aborted before, or aborts while it is answered', async () => {
    const { client, sent } = scripted([created])
    const signal = AbortSignal.abort()
    expect(await client.listProjects({}, { signal })).toMatchObject({ ok: false, error: { code: 'ABORTED' } })
    expect(sent).toHaveLength(0)
    const stopping = new AbortController()
    const late = scripted([
      () => {
        stopping.abort()
        return Promise.reject(new Error('aborted'))
      },
    ])
    expect(await late.client.listProjects({}, stopping)).toMatchObject({ ok: false, error: { code: 'ABORTED' } })
  })
})

describe('the table of endpoints', () => {
  const Called = z.function({
    input: [z.object({ id: z.string(), taskId: z.string() })],
    output: z.promise(z.unknown()),
  })

  /** What each call of the client asks for, by name, with `:id` and `:taskId` for what it puts in their places. */
  const requests = async (): Promise<Record<string, string>> => {
    const { client, sent } = scripted([() => answer(500, '')])
    const { follow, mirror, ...calls } = client
    const asked: Record<string, string> = {}
    for (const [name, call] of Object.entries(calls)) {
      await Called.parse(call)({ id: 'ID', taskId: 'TASK' })
      const { method, url } = sent.at(-1) ?? { method: '', url: 'http://nowhere' }
      asked[name] = `${method} ${new URL(url).pathname.replace('ID', ':id').replace('TASK', ':taskId')}`
    }
    return asked
  }

  it('has every operation of the server that answers JSON, by its name', async () => {
    const answering = operations.filter(({ type }) => type.startsWith('application/json'))
    const served = answering.map(({ name, method, path }) => [name, `${method.toUpperCase()} ${path}`])
    expect(await requests()).toEqual(Object.fromEntries(served))
  })
})
