import { describe, expect, it } from 'vitest'
import { makerOf, readerOf, refusalIn, taskIn } from '../../support/entities.ts'
import { sharedServer } from '../../support/shared-server.ts'

const server = sharedServer()
const { call } = server
const make = makerOf(call)
const read = readerOf(call)

const tagOf = async (path: string) => String((await call('GET', path)).headers.get('etag'))

describe('the ETag of an entity', () => {
  it('is the offset of the last event that changed it, whatever changed it', async () => {
    const { id: projectId } = await make.project()
    const { id: taskId } = await make.task(projectId)
    const { id: sessionId } = await make.session(projectId)
    const tags = async () =>
      Promise.all([`/api/projects/${projectId}`, `/api/tasks/${taskId}`, `/api/sessions/${sessionId}`].map(tagOf))

    expect(await tags()).toEqual(['"0"', '"1"', '"2"'])
    await call('POST', `/api/sessions/${sessionId}/tasks/${taskId}`)
    expect(await tags()).toEqual(['"0"', '"3"', '"3"'])
    await make.subtask(taskId)
    expect(await tags()).toEqual(['"0"', '"4"', '"3"'])
    await call('PATCH', `/api/sessions/${sessionId}`, { body: { name: 'Ada' } })
    expect(await tags()).toEqual(['"0"', '"4"', '"5"'])
    await call('POST', `/api/sessions/${sessionId}/timeline`, { body: { message: 'A', taskId } })
    expect(await tags()).toEqual(['"0"', '"6"', '"6"'])
    await call('DELETE', `/api/sessions/${sessionId}`)
    expect((await tags()).slice(0, 2)).toEqual(['"0"', '"7"'])
  })

  it('comes with every answer that shows one', async () => {
    const { id: projectId } = await make.project()
    const { id: taskId } = await make.task(projectId)
    const { id: sessionId } = await make.session(projectId)
    const answers = [
      await call('PUT', `/api/projects/${projectId}`, { body: { name: 'B' } }),
      await call('PATCH', `/api/tasks/${taskId}`, { body: { title: 'B' } }),
      await call('POST', `/api/tasks/${taskId}/timeline`, { body: { message: 'B' } }),
      await call('POST', `/api/tasks/${taskId}/subtasks`, { body: { title: 'B' } }),
      await call('PATCH', `/api/sessions/${sessionId}`, { body: { name: 'B' } }),
      await call('POST', `/api/sessions/${sessionId}/events`, { body: { type: 'b' } }),
      await call('POST', `/api/sessions/${sessionId}/timeline`, { body: { message: 'B' } }),
      await call('POST', `/api/sessions/${sessionId}/tasks/${taskId}`),
      await call('POST', '/api/sessions/spawn', { body: { projectId, taskIds: [taskId] } }),
    ]
    // Three events made what these nine changed.
    expect(answers.map(({ headers }) => headers.get('etag'))).toEqual(answers.map((_, i) => `"${i + 3}"`))
    for (const { headers } of answers) expect(headers.get('maestro-hash')).toMatch(/^[0-9a-f]{64}$/)
  })
})

describe('If-Match', () => {
  const setUp = async () => {
    const { id: projectId } = await make.project()
    const { id: taskId } = await make.task(projectId)
    const { id: sessionId } = await make.session(projectId, { taskIds: [taskId] })
    const { id: subtaskId } = await make.subtask(taskId)
    return { projectId, taskId, sessionId, subtaskId }
  }
  type Ids = Awaited<ReturnType<typeof setUp>>
  const project = ({ projectId }: Ids) => `/api/projects/${projectId}`
  const task = ({ taskId }: Ids) => `/api/tasks/${taskId}`
  const session = ({ sessionId }: Ids) => `/api/sessions/${sessionId}`
  const subtask = (ids: Ids) => `${task(ids)}/subtasks/${ids.subtaskId}`
  const link = (ids: Ids) => `${session(ids)}/tasks/${ids.taskId}`

  it.each([
    { write: 'PUT of a project', path: project, of: project, body: { name: 'B' } },
    { write: 'DELETE of a project', path: project, of: project, status: 400 },
    { write: 'PATCH of a task', path: task, of: task, body: { title: 'B' } },
    { write: 'DELETE of a task', path: task, of: task },
    { write: 'PATCH of a subtask, whose version is that of its task', path: subtask, of: task, body: { title: 'B' } },
    { write: 'DELETE of a subtask', path: subtask, of: task },
    { write: 'PATCH of a session', path: session, of: session, body: { name: 'B' } },
    { write: 'DELETE of a session', path: session, of: session },
    { write: 'DELETE of a link, whose version is that of the session', path: link, of: session },
  ])('is honoured by $write', async ({ write, path, of, body, status = 200 }) => {
    const ids = await setUp()
    const [method = ''] = write.split(' ')
    const entity = of(ids)
    const attempt = (tag: string) =>
      call(method, path(ids), { headers: { 'if-match': tag }, ...(body === undefined ? {} : { body }) })
    const [current, before] = [await tagOf(entity), (await call('GET', entity)).text]

    for (const tag of ['"99"', '"other"', `W/${current}`]) {
      const refusal = refusalIn(await attempt(tag))
      expect(refusal).toMatchObject({ status: 412, code: 'VERSION_CONFLICT', details: { current } })
    }
    expect((await call('GET', entity)).text).toBe(before)
    expect((await attempt(`"99", ${current}`)).status).toBe(status)
  })

  it('of * is met by any version', async () => {
    const { taskId } = await setUp()
    const options = { headers: { 'if-match': '*' }, body: { title: 'B' } }
    expect((await call('PATCH', `/api/tasks/${taskId}`, options)).status).toBe(200)
    expect((await call('PATCH', '/api/tasks/task_1_none', options)).status).toBe(404)
  })

  it('lets exactly one of many win who change the same version at once', async () => {
    const { taskId } = await setUp()
    const path = `/api/tasks/${taskId}`
    const tag = await tagOf(path)
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        call('PATCH', path, { headers: { 'if-match': tag }, body: { title: `Title ${i}` } }),
      ),
    )
    const [winner, ...others] = answers.filter(({ status }) => status === 200)
    expect(others).toEqual([])
    expect(answers.filter(({ status }) => status === 412)).toHaveLength(19)
    expect(winner && taskIn(winner)).toEqual(await read.task(taskId))
  })
})

describe('If-None-Match', () => {
  const inNewProject = (kind: 'task' | 'session') => async () => (await make[kind]((await make.project()).id)).id
  it.each([
    ['projects', async () => (await make.project()).id],
    ['tasks', inNewProject('task')],
    ['sessions', inNewProject('session')],
  ])('spares the body of %s', async (kind, create) => {
    const url = `/api/${kind}/${await create()}`
    const tag = await tagOf(url)
    for (const header of [tag, `"99", ${tag}`, `W/${tag}`, '*']) {
      const answer = await call('GET', url, { headers: { 'if-none-match': header } })
      expect(answer, header).toMatchObject({ status: 304, text: '' })
      expect(answer.headers.get('etag')).toBe(tag)
    }
    for (const header of ['"99"', '"x"', 'nonsense']) {
      expect((await call('GET', url, { headers: { 'if-none-match': header } })).status).toBe(200)
    }
  })

  it('does so for a client that asks past all caches', async () => {
    const { id } = await make.project()
    const headers = { 'if-none-match': '"0"', 'cache-control': 'no-cache' }
    expect((await call('GET', `/api/projects/${id}`, { headers })).status).toBe(304)
    expect((await call('HEAD', `/api/projects/${id}`, { headers })).status).toBe(304)
  })
})
