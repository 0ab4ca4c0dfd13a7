import { describe, expect, it } from 'vitest'
import { type Answer, type Call, idOf } from '../../support/api.ts'
import { idsIn, makerOf, readerOf, refusalIn } from '../../support/entities.ts'
import { heardSoFar } from '../../support/frames.ts'
import { sendBytes } from '../../support/raw-http.ts'
import { sharedServer } from '../../support/shared-server.ts'

type Write = (key: string, method: string, path: string, body?: object) => Promise<Answer>
const writerOf =
  (call: Call): Write =>
  (key, method, path, body) =>
    call(method, path, { headers: { 'idempotency-key': key }, ...(body && { body }) })

let keys = 0
const newKey = (): string => {
  keys += 1
  return `key-${keys}`
}

/** What a repeat must have in common with the first answer. */
const essence = ({ status, text, headers }: Answer) => ({
  status,
  text,
  ...Object.fromEntries(
    ['location', 'etag', 'maestro-offset', 'maestro-hash'].map((name) => [name, headers.get(name)]),
  ),
})
const expectRepeat = (first: Answer, repeat: Answer): void => {
  expect(essence(repeat)).toEqual(essence(first))
  expect(first.headers.has('idempotency-replayed')).toBe(false)
  expect(repeat.headers.get('idempotency-replayed')).toBe('true')
}

type Maker = ReturnType<typeof makerOf>
type Request = readonly [method: string, path: string, body?: object]

const newTask = async (make: Maker) => (await make.task((await make.project()).id)).id
const newSession = async (make: Maker) => (await make.session((await make.project()).id)).id
const newSubtask = async (make: Maker) => {
  const { taskId, id } = await make.subtask(await newTask(make))
  return `/api/tasks/${taskId}/subtasks/${id}`
}
const newPair = async (make: Maker, isLinked: boolean) => {
  const { id: projectId } = await make.project()
  const { id: taskId } = await make.task(projectId)
  const { id: sessionId } = await make.session(projectId, { taskIds: isLinked ? [taskId] : [] })
  return { projectId, taskId, link: `/api/sessions/${sessionId}/tasks/${taskId}` }
}

/** One of each write, on things made for it. */
const writes: ReadonlyArray<readonly [what: string, prepare: (make: Maker) => Promise<Request>]> = [
  ['creating a project', async () => ['POST', '/api/projects', { name: 'Apollo' }]],
  ['changing a project', async (make) => ['PUT', `/api/projects/${(await make.project()).id}`, { name: 'B' }]],
  ['deleting a project', async (make) => ['DELETE', `/api/projects/${(await make.project()).id}`]],
  ['creating a task', async (make) => ['POST', '/api/tasks', { projectId: (await make.project()).id, title: 'A' }]],
  ['changing a task', async (make) => ['PATCH', `/api/tasks/${await newTask(make)}`, { title: 'B' }]],
  ['deleting a task', async (make) => ['DELETE', `/api/tasks/${await newTask(make)}`]],
  ['telling a timeline', async (make) => ['POST', `/api/tasks/${await newTask(make)}/timeline`, { message: 'A' }]],
  ['creating a subtask', async (make) => ['POST', `/api/tasks/${await newTask(make)}/subtasks`, { title: 'A' }]],
  ['changing a subtask', async (make) => ['PATCH', await newSubtask(make), { completed: true }]],
  ['deleting a subtask', async (make) => ['DELETE', await newSubtask(make)]],
  [
    'creating a session',
    async (make) => ['POST', '/api/sessions', { projectId: (await make.project()).id, taskIds: [] }],
  ],
  ['changing a session', async (make) => ['PATCH', `/api/sessions/${await newSession(make)}`, { metadata: { a: 1 } }]],
  ['deleting a session', async (make) => ['DELETE', `/api/sessions/${await newSession(make)}`]],
  ['adding an event', async (make) => ['POST', `/api/sessions/${await newSession(make)}/events`, { type: 'tick' }]],
  ['telling a session', async (make) => ['POST', `/api/sessions/${await newSession(make)}/timeline`, { message: 'A' }]],
  ['linking', async (make) => ['POST', (await newPair(make, false)).link]],
  ['unlinking', async (make) => ['DELETE', (await newPair(make, true)).link]],
  [
    'spawning',
    async (make) => {
      const { projectId, taskId } = await newPair(make, false)
      return ['POST', '/api/sessions/spawn', { projectId, taskIds: [taskId] }]
    },
  ],
]

describe('a repeated request after a restart', () => {
  const server = sharedServer()
  const write = writerOf(server.call)
  const make = makerOf(server.call)

  it('answers as the first did, however the server ended', async () => {
    const firsts = []
    for (const [, prepare] of writes) {
      const [request, key] = [await prepare(make), newKey()]
      firsts.push({ request, key, first: await write(key, ...request) })
    }
    // The first start reads the log, the second the snapshots that an orderly end leaves.
    for (const how of ['kill', 'stop'] as const) {
      await server.restart(how)
      for (const { request, key, first } of firsts) expectRepeat(first, await write(key, ...request))
    }
  })

  it('shows what has been deleted since', async () => {
    const { id: projectId } = await make.project()
    const [taskKey, changeKey, subtaskKey] = [newKey(), newKey(), newKey()]
    const created = await write(taskKey, 'POST', '/api/tasks', { projectId, title: 'A' })
    const path = `/api/tasks/${idOf(created)}`
    const changed = await write(changeKey, 'PATCH', path, { title: 'B' })
    const subtask = await write(subtaskKey, 'POST', `${path}/subtasks`, { title: 'C' })
    await server.call('DELETE', path)
    for (const end of [undefined, 'kill', 'stop'] as const) {
      if (end !== undefined) await server.restart(end)
      expectRepeat(created, await write(taskKey, 'POST', '/api/tasks', { projectId, title: 'A' }))
      expectRepeat(changed, await write(changeKey, 'PATCH', path, { title: 'B' }))
      expectRepeat(subtask, await write(subtaskKey, 'POST', `${path}/subtasks`, { title: 'C' }))
      expect(refusalIn(await server.call('GET', path)).code).toBe('TASK_NOT_FOUND')
    }
  })
})

// The disk has no part in the rest of this; a key that must be forgotten takes ten thousand writes.
const server = sharedServer({ FSYNC: 'never' })
const { call } = server
const write = writerOf(call)
const make = makerOf(call)
const read = readerOf(call)

describe('a repeated request', () => {
  it.each(writes)('%s: answers as the first did, and does nothing', async (_what, prepare) => {
    const [request, key] = [await prepare(make), newKey()]
    const first = await write(key, ...request)
    expect(first.status).toBeLessThan(300)
    const listener = await server.listen()
    expectRepeat(first, await write(key, ...request))
    expect(await heardSoFar(listener)).toEqual([])
  })

  it('shows the entity as it was then, not as it is', async () => {
    const key = newKey()
    const id = await newTask(make)
    const first = await write(key, 'PATCH', `/api/tasks/${id}`, { title: 'Then' })
    await call('PATCH', `/api/tasks/${id}`, { body: { title: 'Now', status: 'completed' } })
    expectRepeat(first, await write(key, 'PATCH', `/api/tasks/${id}`, { title: 'Then' }))
    expect(await read.task(id)).toMatchObject({ title: 'Now' })
  })

  it('is met with the answer of then although If-Match names the version before', async () => {
    const { id } = await make.project()
    const headers = { 'idempotency-key': newKey(), 'if-match': '"0"' }
    const rename = () => call('PUT', `/api/projects/${id}`, { headers, body: { name: 'B' } })
    expectRepeat(await rename(), await rename())
  })

  it('is the same request when only the order of its fields differs', async () => {
    const { id: projectId } = await make.project()
    const key = newKey()
    const first = await write(key, 'POST', '/api/tasks', { projectId, title: 'A', priority: 'low' })
    expectRepeat(first, await write(key, 'POST', '/api/tasks', { priority: 'low', title: 'A', projectId }))
  })

  it('with Prefer: return=minimal has the headers of the first', async () => {
    const key = newKey()
    const first = await write(key, 'POST', '/api/projects', { name: 'A' })
    const headers = { 'idempotency-key': key, prefer: 'return=minimal' }
    const repeat = await call('POST', '/api/projects', { headers, body: { name: 'A' } })
    expect(repeat).toMatchObject({ status: 204, text: '' })
    expect(repeat.headers.get('location')).toBe(first.headers.get('location'))
    expect(repeat.headers.get('idempotency-replayed')).toBe('true')
  })

  it.each(['/api/projects', '/api/tasks'])('at the same time as the first is done once: %s', async (path) => {
    const { id: projectId } = await make.project()
    const key = newKey()
    const body = { projectId, name: `Once ${key}`, title: 'Once' }
    const answers = await Promise.all(Array.from({ length: 10 }, () => write(key, 'POST', path, body)))
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1)
    expect(answers.filter(({ headers }) => !headers.has('idempotency-replayed'))).toHaveLength(1)
    if (path === '/api/tasks') expect(idsIn(await call('GET', `${path}?projectId=${projectId}`))).toHaveLength(1)
  })

  it('after a refusal is tried anew, since nothing was done', async () => {
    const { id: projectId } = await make.project()
    const task = await make.task(projectId)
    const key = newKey()
    expect((await write(key, 'DELETE', `/api/projects/${projectId}`)).status).toBe(400)
    await call('DELETE', `/api/tasks/${task.id}`)
    const answer = await write(key, 'DELETE', `/api/projects/${projectId}`)
    expect(answer.status).toBe(200)
    expect(answer.headers.has('idempotency-replayed')).toBe(false)
  })
})

describe('a key', () => {
  it('used for another request is a mismatch: another body, path or method', async () => {
    const { id: projectId } = await make.project()
    const [one, two] = [await make.task(projectId), await make.task(projectId)]
    const key = newKey()
    await write(key, 'PATCH', `/api/tasks/${one.id}`, { title: 'A' })
    for (const [method, path, body] of [
      ['PATCH', `/api/tasks/${one.id}`, { title: 'B' }],
      ['PATCH', `/api/tasks/${two.id}`, { title: 'A' }],
      ['DELETE', `/api/tasks/${one.id}`, undefined],
      ['POST', '/api/sessions', { projectId, taskIds: [] }],
    ] as const) {
      expect(refusalIn(await write(key, method, path, body))).toMatchObject({
        status: 422,
        code: 'IDEMPOTENCY_MISMATCH',
      })
    }
    expect(await read.task(two.id)).toEqual(two)
  })

  it('used for the creation of another project is a mismatch', async () => {
    const key = newKey()
    await write(key, 'POST', '/api/projects', { name: 'A' })
    const refusal = refusalIn(await write(key, 'POST', '/api/projects', { name: 'B' }))
    expect(refusal.code).toBe('IDEMPOTENCY_MISMATCH')
  })

  it('is of its project: another one may use the same, and so may the server', async () => {
    const [one, two] = [await make.project(), await make.project()]
    const key = newKey()
    const answers = [
      await write(key, 'POST', '/api/tasks', { projectId: one.id, title: 'A' }),
      await write(key, 'POST', '/api/tasks', { projectId: two.id, title: 'A' }),
      await write(key, 'POST', '/api/projects', { name: 'A' }),
    ]
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201])
    expect(new Set(answers.map(idOf)).size).toBe(3)
  })

  it.each(['', 'two words', 'a"b', 'a\\b', 'k'.repeat(256)])('is refused when it is %j', async (key) => {
    const headers = { 'idempotency-key': key }
    const refusal = refusalIn(await call('POST', '/api/projects', { headers, body: { name: 'A' } }))
    expect(refusal).toMatchObject({ status: 400, code: 'VALIDATION_ERROR' })
  })

  it.each(['k'.repeat(255), '!#$%&()*+,-./:;<=>?@[]^_`{|}~', '../../x'])('may be %s', async (key) => {
    expect((await write(key, 'POST', '/api/projects', { name: 'A' })).status).toBe(201)
  })

  it('on a read means nothing', async () => {
    const { id } = await make.project()
    expect((await write('two words', 'GET', `/api/projects/${id}`)).status).toBe(200)
  })

  it('is kept until there are ten thousand newer ones in its scope', async () => {
    const { id } = await make.project()
    const path = `/api/projects/${id}`
    const keyOf = (i: number) => `scope-${i}`
    const bodyOf = (i: number) => ({ name: `Name ${i}` })
    /** As bytes, so that many of them can be on their way at once, on one connection. */
    const bytesOf = (i: number, connection: string): string => {
      const body = JSON.stringify(bodyOf(i))
      const lines = [
        'Host: localhost',
        `Connection: ${connection}`,
        'Prefer: return=minimal',
        `Idempotency-Key: ${keyOf(i)}`,
      ]
      const content = ['Content-Type: application/json', `Content-Length: ${body.length}`]
      return [`PUT ${path} HTTP/1.1`, ...lines, ...content, '', body].join('\r\n')
    }
    const isReplayed = async (i: number) =>
      (await write(keyOf(i), 'PUT', path, bodyOf(i))).headers.has('idempotency-replayed')

    expect(await isReplayed(0)).toBe(false)
    // Fewer at a time than a server takes on at once.
    const together = 500
    for (let sent = 0; sent < 10_000; sent += together) {
      const newer = Array.from({ length: together }, (_, i) =>
        bytesOf(sent + i + 1, i === together - 1 ? 'close' : 'keep-alive'),
      )
      const answers = await sendBytes(server.url, newer.join(''))
      expect(answers.match(/^HTTP\/1\.1 204 /gm)).toHaveLength(together)
    }

    expect(await isReplayed(10_000)).toBe(true)
    expect(await isReplayed(1)).toBe(true)
    expect(await isReplayed(0)).toBe(false)
    // Which was then the newest, so that the oldest had to go.
    expect(await isReplayed(1)).toBe(false)
  })
})
