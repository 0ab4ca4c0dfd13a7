import { describe, expect, it } from 'vitest'
import { idOf } from '../../support/api.ts'
import { idsIn, makerOf, readerOf, refusalIn, taskIn } from '../../support/entities.ts'
import { rawCall, sendBytes } from '../../support/raw-http.ts'
import { sharedServer } from '../../support/shared-server.ts'

const server = sharedServer()
const { call } = server
const make = makerOf(call)
const read = readerOf(call)

describe('ids and times', () => {
  it('are prefix, milliseconds and randomness in lower case, and integer milliseconds', async () => {
    const before = Date.now()
    const project = await make.project()
    const task = await make.task(project.id)
    const session = await make.session(project.id, { taskIds: [task.id] })
    const after = Date.now()

    const shape = /^(proj|task|sess|evt)_(\d{13})_[0-9a-z]+$/
    const [entry] = task.timeline
    for (const [id, prefix] of [
      [project.id, 'proj'],
      [task.id, 'task'],
      [session.id, 'sess'],
      [entry?.id, 'evt'],
    ]) {
      const [, kind, at] = shape.exec(String(id)) ?? []
      expect(kind).toBe(prefix)
      expect(Number(at)).toBeGreaterThanOrEqual(before)
      expect(Number(at)).toBeLessThanOrEqual(after)
    }
    expect(task.createdAt).toBe(task.timeline[0]?.timestamp)
    expect(Number.isInteger(session.startedAt)).toBe(true)
  })

  it('made in the same millisecond sort in creation order', async () => {
    const { id: projectId } = await make.project()
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, i) => call('POST', '/api/tasks', { body: { projectId, title: `Task ${i}` } })),
    )
    const tasks = answers.map((answer) => ({
      ...taskIn(answer),
      offset: Number(answer.headers.get('maestro-offset')),
    }))
    expect(new Set(tasks.map(({ createdAt }) => createdAt)).size).toBeLessThan(tasks.length)
    const byCreation = tasks.sort((a, b) => a.offset - b.offset).map(({ id }) => id)
    expect(byCreation).toEqual([...byCreation].sort())
    expect(idsIn(await call('GET', `/api/tasks?projectId=${projectId}`))).toEqual(byCreation)
  })
})

describe('errors are JSON', () => {
  it.each([
    ['for an unknown route', 'GET', '/api/nothing', {}, undefined, 404, 'NOT_FOUND'],
    ['for the root', 'GET', '/', {}, undefined, 404, 'NOT_FOUND'],
    ['for malformed JSON', 'POST', '/api/projects', {}, '{"name":', 400, 'VALIDATION_ERROR'],
    ['for an empty JSON text', 'POST', '/api/projects', {}, '   ', 400, 'VALIDATION_ERROR'],
    ['for JSON that is no object', 'POST', '/api/projects', {}, '["name"]', 400, 'VALIDATION_ERROR'],
    ['for JSON null', 'POST', '/api/projects', {}, 'null', 400, 'VALIDATION_ERROR'],
    ['for an oversized body', 'POST', '/api/projects', {}, ' '.repeat(1024 * 1024 + 1), 413, 'PAYLOAD_TOO_LARGE'],
    ['for a path that is badly encoded', 'GET', '/api/tasks/%E0%A4%A', {}, undefined, 400, 'VALIDATION_ERROR'],
    ['for a body in an unknown encoding', 'POST', '/api/projects', { 'content-encoding': 'x' }, '{}', 415, undefined],
    ['for a body that is not in the encoding it names', 'POST', '/api/projects', { 'content-encoding': 'gzip' }, '{}'],
  ])('%s', async (_case, method, path, headers, body, status = 400, code = undefined) => {
    const refusal = refusalIn(
      await call(method, path, { headers: { ...headers }, ...(body === undefined ? {} : { body }) }),
    )
    expect(refusal.status).toBe(status)
    if (code !== undefined) expect(refusal.code).toBe(code)
  })

  it.each([
    ['for a request without a Host header', 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n', 403, 'FORBIDDEN'],
    [
      'for a request with an expectation that nobody knows',
      'GET / HTTP/1.1\r\nHost: localhost\r\nExpect: rain\r\nConnection: close\r\n\r\n',
      404,
      'NOT_FOUND',
    ],
    ['for bytes that are not HTTP', 'what is this\r\n\r\n', 400, 'VALIDATION_ERROR'],
    [
      'for headers without end',
      `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`,
      413,
      'PAYLOAD_TOO_LARGE',
    ],
  ])('%s', async (_case, bytes, status, code) => {
    const [head = '', body = ''] = (await sendBytes(server.url, bytes)).split('\r\n\r\n')
    expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
    expect(head).toContain('Content-Type: application/json')
    expect(JSON.parse(body)).toMatchObject({ error: true, code })
  })

  it('and do not repeat the body that could not be read', async () => {
    const { text } = await call('POST', '/api/projects', { body: '{"secret": hunter2}' })
    expect(text).not.toContain('hunter2')
  })
})

describe('bodies', () => {
  it('name the fields that are ignored, percent-encoded, and do not store them', async () => {
    const answer = await call('POST', '/api/projects', {
      body: { name: 'A', color: 'red', 'größe, fields': 1, createdAt: 5 },
    })
    expect(answer.status).toBe(201)
    expect(answer.headers.get('maestro-ignored-fields')).toBe('color, gr%C3%B6%C3%9Fe%2C%20fields, createdAt')
    const project = await read.project(idOf(answer))
    expect(project.createdAt).not.toBe(5)
  })

  it('name the first 20 of many ignored fields', async () => {
    const fields = Object.fromEntries(Array.from({ length: 25 }, (_, i) => [`field${i}`, i]))
    const answer = await call('POST', '/api/projects', { body: { ...fields, name: 'A' } })
    expect(answer.headers.get('maestro-ignored-fields')?.split(', ')).toEqual(Object.keys(fields).slice(0, 20))
  })

  it('ignore fields that only creation knows when they change something', async () => {
    const { id: projectId } = await make.project()
    const task = await make.task(projectId)
    const answer = await call('PATCH', `/api/tasks/${task.id}`, { body: { projectId: 'proj_2', title: 'New' } })
    expect(answer.headers.get('maestro-ignored-fields')).toBe('projectId')
    expect(taskIn(answer)).toMatchObject({ projectId, title: 'New' })
  })

  it('have no such header when every field is known', async () => {
    const answer = await call('POST', '/api/projects', { body: { name: 'A' } })
    expect(answer.headers.has('maestro-ignored-fields')).toBe(false)
  })

  it('with bad values of known fields are refused with each path and reason', async () => {
    const { id } = await make.project()
    const body = { projectId: id, title: ' ', priority: 'urgent', skillIds: ['a', 2] }
    expect(refusalIn(await call('POST', '/api/tasks', { body }))).toEqual({
      status: 400,
      code: 'VALIDATION_ERROR',
      message: 'title is required',
      details: [
        { path: 'title', reason: 'is required' },
        { path: 'priority', reason: expect.any(String) },
        { path: 'skillIds.1', reason: expect.any(String) },
      ],
    })
  })

  it.each(['application/json', 'application/json; charset=utf-8', 'Application/JSON;charset=UTF-8'])(
    'are JSON that says so: %s',
    async (type) => {
      const headers = { 'content-type': type }
      expect((await call('POST', '/api/projects', { headers, body: { name: 'A' } })).status).toBe(201)
    },
  )

  const nested = (levels: number): string => `{"name":"A","x":${'['.repeat(levels - 1)}${']'.repeat(levels - 1)}}`
  it.each([
    ['a __proto__ key', '{"name":"A","__proto__":{"lifecycle":"strict"}}'],
    ['a __proto__ key within a field that is ignored', '{"name":"A","x":[{"y":{"__proto__":1}}]}'],
    ['a number that is not finite', '{"name":"A","x":1e999}'],
    ['such a number at depth', '{"name":"A","x":[[{"y":-1e999}]]}'],
    ['65 levels', nested(65)],
    ['100,000 levels', nested(100_000)],
    ['bytes that are no UTF-8', undefined],
  ])('are refused with %s', async (_case, body) => {
    const sent = body ?? new Uint8Array([...Buffer.from('{"name":"'), 0xff, ...Buffer.from('"}')])
    const headers = { 'content-type': 'application/json' }
    const response = await fetch(`${server.url}/api/projects`, { method: 'POST', headers, body: sent })
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ error: true, code: 'VALIDATION_ERROR' })
  })

  it('may nest 64 levels deep', async () => {
    expect((await call('POST', '/api/projects', { body: nested(64) })).status).toBe(201)
  })

  it('may hold keys that every object has', async () => {
    const { id } = await make.project()
    const metadata = { constructor: 'a', toString: 'b', hasOwnProperty: 1 }
    const session = await make.session(id, { metadata })
    expect((await read.session(session.id)).metadata).toEqual(metadata)
  })
})

describe('Prefer: return=minimal', () => {
  const minimal = { prefer: 'return=minimal' }

  it('answers a creation with 204, its Location, and no body', async () => {
    const answer = await call('POST', '/api/projects', { headers: minimal, body: { name: 'A' } })
    expect(answer).toMatchObject({ status: 204, text: '' })
    expect(answer.headers.get('preference-applied')).toBe('return=minimal')
    expect(answer.headers.get('etag')).toBe('"0"')
    expect(answer.headers.get('maestro-offset')).toBe('0')
    expect((await call('GET', String(answer.headers.get('location')))).body).toMatchObject({ name: 'A' })
  })

  it.each(['return=minimal', 'respond-async, return=minimal', 'return="minimal"; x=1', 'RETURN = Minimal'])(
    'is understood as %s',
    async (prefer) => {
      expect((await call('POST', '/api/projects', { headers: { prefer }, body: { name: 'A' } })).status).toBe(204)
    },
  )

  it.each(['return=representation', 'return=minimalist', 'wait=10'])('is not seen in %s', async (prefer) => {
    expect((await call('POST', '/api/projects', { headers: { prefer }, body: { name: 'A' } })).status).toBe(201)
  })

  it('answers every other write with 204 and what came of it in the headers', async () => {
    const { id: projectId } = await make.project()
    const { id: taskId } = await make.task(projectId)
    const { id: sessionId } = await make.session(projectId)
    const writes = [
      ['PUT', `/api/projects/${projectId}`, { name: 'B' }],
      ['PATCH', `/api/tasks/${taskId}`, { title: 'New' }],
      ['POST', `/api/tasks/${taskId}/timeline`, { message: 'Halfway' }],
      ['PATCH', `/api/sessions/${sessionId}`, { name: 'Ada' }],
      ['POST', `/api/sessions/${sessionId}/events`, { type: 'tick' }],
      ['POST', `/api/sessions/${sessionId}/timeline`, { message: 'Halfway' }],
      ['POST', `/api/sessions/${sessionId}/tasks/${taskId}`, undefined],
      ['DELETE', `/api/sessions/${sessionId}/tasks/${taskId}`, undefined],
      ['DELETE', `/api/sessions/${sessionId}`, undefined],
      ['DELETE', `/api/tasks/${taskId}`, undefined],
    ] as const
    for (const [index, [method, path, body]] of writes.entries()) {
      const answer = await call(method, path, { headers: minimal, ...(body === undefined ? {} : { body }) })
      expect(answer, `${method} ${path}`).toMatchObject({ status: 204, text: '' })
      // The project, the task and the session came first.
      expect(answer.headers.get('maestro-offset')).toBe(String(index + 3))
    }
  })

  it.each([
    ['a task', (projectId: string) => ['/api/tasks', { projectId, title: 'A' }] as const],
    ['a session', (projectId: string) => ['/api/sessions', { projectId, taskIds: [] }] as const],
  ])('names the Location of %s', async (_kind, creation) => {
    const [path, body] = creation((await make.project()).id)
    const answer = await call('POST', path, { headers: minimal, body })
    expect(answer.status).toBe(204)
    expect((await call('GET', String(answer.headers.get('location')))).status).toBe(200)
  })

  it('names the Location of a subtask, without which nobody could change it', async () => {
    const { id: taskId } = await make.task((await make.project()).id)
    const path = `/api/tasks/${taskId}/subtasks`
    const answer = await call('POST', path, { headers: minimal, body: { title: 'Check it' } })
    const [subtask] = idsIn(await call('GET', path))
    expect(answer.headers.get('location')).toBe(`${path}/${subtask}`)
  })

  it('leaves errors as they are', async () => {
    expect(refusalIn(await call('POST', '/api/projects', { headers: minimal, body: {} })).status).toBe(400)
  })
})

describe('a request that changes nothing', () => {
  it('appends nothing and answers 200 with the entity as it is', async () => {
    const project = await make.project()
    const task = await make.task(project.id, { dependencies: [] })
    const session = await make.session(project.id, { taskIds: [task.id], metadata: { a: 1 } })
    const subtask = await make.subtask(task.id)
    const head = '3'
    const requests = [
      ['PUT', `/api/projects/${project.id}`, { name: project.name, lifecycle: 'open' }],
      ['PUT', `/api/projects/${project.id}`, {}],
      ['PATCH', `/api/tasks/${task.id}`, { status: 'pending', sessionIds: [session.id], timeline: [] }],
      ['PATCH', `/api/tasks/${task.id}`, { nothing: 'known' }],
      ['PATCH', `/api/sessions/${session.id}`, { taskIds: [task.id], metadata: { a: 1, b: null }, events: [] }],
      ['PATCH', `/api/tasks/${task.id}/subtasks/${subtask.id}`, { completed: false }],
      ['POST', `/api/sessions/${session.id}/tasks/${task.id}`, undefined],
    ] as const
    const listener = await server.listen()
    for (const [method, path, body] of requests) {
      const before = method === 'POST' ? undefined : (await call('GET', path)).text
      const answer = await call(method, path, body === undefined ? {} : { body })
      expect(answer.status, path).toBe(200)
      expect(answer.headers.get('maestro-offset'), path).toBe(head)
      if (before !== undefined && !path.includes('subtasks')) expect(answer.text).toBe(before)
    }
    expect(listener.frames).toEqual([])
    expect((await call('PUT', `/api/projects/${project.id}`, { body: { name: 'B' } })).headers.get('etag')).toBe('"4"')
  })
})

describe('methods', () => {
  it('HEAD answers as GET does, without the body', async () => {
    const { id } = await make.project()
    const got = await call('GET', `/api/projects/${id}`)
    const headed = await call('HEAD', `/api/projects/${id}`)
    expect(headed).toMatchObject({ status: 200, text: '' })
    for (const name of ['etag', 'content-type', 'content-length']) {
      expect(headed.headers.get(name)).toBe(got.headers.get(name))
    }
    expect((await call('HEAD', '/api/projects/proj_1')).status).toBe(404)
  })

  it.each([
    ['PATCH', '/api/projects', 'GET, HEAD, POST'],
    ['PATCH', '/api/projects/proj_1', 'GET, HEAD, PUT, DELETE'],
    ['PUT', '/api/tasks', 'GET, HEAD, POST'],
    ['PUT', '/api/tasks/task_1', 'GET, HEAD, PATCH, DELETE'],
    ['POST', '/api/tasks/task_1/children', 'GET, HEAD'],
    ['GET', '/api/tasks/task_1/timeline', 'POST'],
    ['DELETE', '/api/tasks/task_1/subtasks', 'GET, HEAD, POST'],
    ['GET', '/api/tasks/task_1/subtasks/subtask_1', 'PATCH, DELETE'],
    ['DELETE', '/api/sessions', 'GET, HEAD, POST'],
    ['PUT', '/api/sessions/sess_1', 'GET, HEAD, PATCH, DELETE'],
    ['GET', '/api/sessions/sess_1/tasks/task_1', 'POST, DELETE'],
    ['GET', '/api/sessions/sess_1/events', 'POST'],
    ['PUT', '/api/sessions/spawn', 'POST'],
    ['POST', '/api/skills', 'GET, HEAD'],
    ['DELETE', '/health', 'GET, HEAD'],
    ['OPTIONS', '/ws-status', 'GET, HEAD'],
  ])('%s %s is not allowed, and Allow says what is', async (method, path, allow) => {
    const answer = await rawCall(server.url, method, path)
    expect(refusalIn(answer)).toMatchObject({ status: 405, code: 'METHOD_NOT_ALLOWED' })
    const allowed = answer.headers.get('allow')?.split(', ') ?? []
    expect(allowed.sort()).toEqual(allow.split(', ').sort())
  })
})

describe('the server itself', () => {
  it('tells its health: status, time, and seconds since start', async () => {
    const { status, body } = await call('GET', '/health')
    expect(status).toBe(200)
    expect(body).toEqual({
      ...{ status: 'ok', timestamp: expect.any(Number), uptime: expect.any(Number) },
      eventLoopDelay: { p50: expect.any(Number), p99: expect.any(Number) },
    })
    const later = await call('GET', '/health')
    expect(uptimeIn(later.body)).toBeGreaterThan(uptimeIn(body))
    expect(Number.isInteger(uptimeIn(later.body))).toBe(false)
  })

  it('tells who is connected by WebSocket', async () => {
    expect((await call('GET', '/ws-status')).body).toMatchObject({ connectedClients: 0, clients: [] })
    const listener = await server.listen()
    await server.listen()
    expect((await call('GET', '/ws-status')).body).toMatchObject({
      connectedClients: 2,
      clients: [{ connectedAt: expect.any(Number) }, { connectedAt: expect.any(Number) }],
    })
    await listener.close()
    // The client is done a moment before the server has seen the end of the connection.
    while (clientsIn((await call('GET', '/ws-status')).body) !== 1);
  })
})

const clientsIn = (body: unknown): unknown =>
  typeof body === 'object' && body !== null && 'connectedClients' in body ? body.connectedClients : undefined

const uptimeIn = (body: unknown): number =>
  typeof body === 'object' && body !== null && 'uptime' in body ? Number(body.uptime) : Number.NaN
