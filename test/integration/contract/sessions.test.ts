import { hostname } from 'node:os'
import { describe, expect, it } from 'vitest'
import { idsIn, makerOf, readerOf, refusalIn, sessionIn } from '../../support/entities.ts'
import { sharedServer } from '../../support/shared-server.ts'

const server = sharedServer()
const { call } = server
const make = makerOf(call)
const read = readerOf(call)

const create = (body: object) => call('POST', '/api/sessions', { body })
const patch = async (id: string, body: object) => sessionIn(await call('PATCH', `/api/sessions/${id}`, { body }))

interface Ids {
  readonly session: string
  readonly task: string
  readonly free: string
}

describe('creating a session', () => {
  it('answers 201 with the session, its defaults, and where it is found', async () => {
    const { id: projectId } = await make.project()
    const answer = await create({ projectId, taskIds: [] })
    expect(answer.status).toBe(201)
    const session = sessionIn(answer)
    expect(session).toEqual({
      id: expect.stringMatching(/^sess_\d+_[0-9a-z]+$/),
      projectId,
      taskIds: [],
      name: expect.any(String),
      agentId: null,
      env: {},
      status: 'running',
      startedAt: expect.any(Number),
      lastActivity: session.startedAt,
      completedAt: null,
      hostname: hostname(),
      platform: process.platform,
      events: [],
      metadata: {},
    })
    expect(answer.headers.get('location')).toBe(`/api/sessions/${session.id}`)
    expect(await read.session(session.id)).toEqual(session)
  })

  it('takes every field', async () => {
    const { id: projectId } = await make.project()
    const fields = {
      id: `Chosen-${projectId}`,
      name: 'Ada',
      agentId: 'agent-7',
      env: { PATH: '/bin' },
      status: 'spawning',
      hostname: 'moon',
      platform: 'plan9',
      metadata: { deep: { er: [1, null] } },
    }
    expect(await make.session(projectId, fields)).toMatchObject(fields)
  })

  it('is added to each of its tasks, with an entry in their timelines', async () => {
    const { id: projectId } = await make.project()
    const tasks = [await make.task(projectId), await make.task(projectId)]
    const session = await make.session(projectId, { taskIds: tasks.map(({ id }) => id) })
    expect(session.taskIds).toEqual(tasks.map(({ id }) => id))
    for (const task of tasks) {
      const { sessionIds, timeline } = await read.task(task.id)
      expect(sessionIds).toEqual([session.id])
      expect(timeline.slice(1)).toEqual([
        { id: expect.any(String), type: 'session_started', timestamp: session.startedAt, sessionId: session.id },
      ])
    }
  })

  it('takes a single taskId for the array of it', async () => {
    const { id: projectId } = await make.project()
    const task = await make.task(projectId)
    expect(sessionIn(await create({ projectId, taskId: task.id })).taskIds).toEqual([task.id])
  })

  it.each([
    [{ taskIds: [] }, ['projectId']],
    [{ projectId: 'proj_1' }, ['taskIds']],
    [{}, ['projectId', 'taskIds']],
    [{ projectId: 'proj_1', taskIds: 'task_1' }, ['taskIds']],
    [{ projectId: 'proj_1', taskIds: [], status: 'pending' }, ['status']],
    [{ projectId: 'proj_1', taskIds: [], env: { A: 1 } }, ['env.A']],
    [{ projectId: 'proj_1', taskIds: [], metadata: [] }, ['metadata']],
    [{ projectId: 'proj_1', taskIds: [], agentId: 7 }, ['agentId']],
  ])('refuses %j', async (body, paths) => {
    const { code, details } = refusalIn(await create(body))
    expect(code).toBe('VALIDATION_ERROR')
    expect(details).toMatchObject(paths.map((path) => ({ path })))
  })

  it.each(['', '.', '..', '../x', 'a/b', 'a b', '_a', '-a', 'ü', 'a'.repeat(129), 7, null])(
    'refuses %j as a chosen id',
    async (id) => {
      const { id: projectId } = await make.project()
      const refusal = refusalIn(await create({ projectId, taskIds: [], id }))
      expect(refusal).toMatchObject({ code: 'VALIDATION_ERROR', details: [{ path: 'id' }] })
    },
  )

  it('takes a chosen id of 128 characters', async () => {
    const { id: projectId } = await make.project()
    const id = projectId.padEnd(128, 'x')
    expect(await make.session(projectId, { id })).toMatchObject({ id })
    expect(await read.session(id)).toMatchObject({ projectId })
  })

  it('refuses a chosen id that is taken, in its own project or another, until it is free', async () => {
    const [here, there] = [await make.project(), await make.project()]
    const { id } = await make.session(here.id, { id: `mine-${here.id}` })
    for (const projectId of [here.id, there.id]) {
      expect(refusalIn(await create({ projectId, taskIds: [], id }))).toMatchObject({
        status: 409,
        code: 'SESSION_EXISTS',
      })
    }
    await call('DELETE', `/api/sessions/${id}`)
    expect(await make.session(there.id, { id })).toMatchObject({ projectId: there.id })
  })

  it('gives a chosen id to one of many who ask for it at once, in different projects', async () => {
    const projects = await Promise.all(Array.from({ length: 8 }, () => make.project()))
    const id = `contested-${projects[0]?.id}`
    const answers = await Promise.all(projects.map((project) => create({ projectId: project.id, taskIds: [], id })))
    const statuses = answers.map(({ status }) => status)
    expect(statuses.filter((status) => status === 201)).toHaveLength(1)
    expect(statuses.filter((status) => status === 409)).toHaveLength(7)
    const winner = projects[statuses.indexOf(201)]
    expect(await read.session(id)).toMatchObject({ projectId: winner?.id })
  })

  it('refuses a task of another project', async () => {
    const { id: projectId } = await make.project()
    const elsewhere = await make.task((await make.project()).id)
    expect(refusalIn(await create({ projectId, taskIds: [elsewhere.id] }))).toMatchObject({
      status: 404,
      code: 'TASK_NOT_FOUND',
      message: 'Task not found',
    })
    expect((await call('GET', `/api/sessions?projectId=${projectId}`)).body).toEqual([])
  })
})

it('sessions are listed by project, task, status and whether they are active, in creation order', async () => {
  const { id: projectId } = await make.project()
  const task = await make.task(projectId)
  const [spawning, running, completed, failed] = [
    await make.session(projectId, { status: 'spawning', taskIds: [task.id] }),
    await make.session(projectId),
    await make.session(projectId, { status: 'completed', taskIds: [task.id] }),
    await make.session(projectId),
  ]
  await patch(failed.id, { status: 'failed' })

  const list = async (query: string) => idsIn(await call('GET', `/api/sessions?projectId=${projectId}${query}`))
  expect(await list('')).toEqual([spawning.id, running.id, completed.id, failed.id])
  expect(await list(`&taskId=${task.id}`)).toEqual([spawning.id, completed.id])
  expect(await list('&status=completed')).toEqual([completed.id])
  expect(await list('&active=true')).toEqual([spawning.id, running.id])
  expect(await list(`&active=true&taskId=${task.id}`)).toEqual([spawning.id])
  expect(await list('&active=true&status=failed')).toEqual([])
  expect(await list('&active=false')).toHaveLength(4)
  expect(idsIn(await call('GET', `/api/sessions?taskId=${task.id}`))).toEqual([spawning.id, completed.id])
})

describe('changing a session', () => {
  it('changes the fields that are given, and moves lastActivity', async () => {
    const session = await make.session((await make.project()).id)
    const fields = { name: 'Ada', status: 'spawning', agentId: 'agent-7' }
    const changed = await patch(session.id, fields)
    expect(changed).toEqual({ ...session, ...fields, lastActivity: changed.lastActivity })
    expect(changed.lastActivity).toBeGreaterThanOrEqual(session.lastActivity)
    expect(await patch(session.id, { agentId: null })).toMatchObject({ name: 'Ada', agentId: null })
  })

  it.each([
    ['PATCH of it', (ids: Ids) => call('PATCH', `/api/sessions/${ids.session}`, { body: { metadata: { a: 1 } } })],
    ['an event', (ids: Ids) => call('POST', `/api/sessions/${ids.session}/events`, { body: { type: 'tick' } })],
    ['a message', (ids: Ids) => call('POST', `/api/sessions/${ids.session}/timeline`, { body: { message: 'A' } })],
    ['a link', (ids: Ids) => call('POST', `/api/sessions/${ids.session}/tasks/${ids.free}`)],
    ['the end of a link', (ids: Ids) => call('DELETE', `/api/sessions/${ids.session}/tasks/${ids.task}`)],
    ['PATCH of a task', (ids: Ids) => call('PATCH', `/api/tasks/${ids.task}`, { body: { sessionIds: [] } })],
    ['the end of a task', (ids: Ids) => call('DELETE', `/api/tasks/${ids.task}`)],
  ])('by %s moves lastActivity', async (_what, change) => {
    const { id: projectId } = await make.project()
    const [task, free] = [await make.task(projectId), await make.task(projectId)]
    const { id, lastActivity } = await make.session(projectId, { taskIds: [task.id] })
    // The clock of the server is this one: in the next millisecond, any change shows.
    while (Date.now() <= lastActivity);
    expect((await change({ session: id, task: task.id, free: free.id })).status).toBe(200)
    expect((await read.session(id)).lastActivity).toBeGreaterThan(lastActivity)
  })

  it.each(['completed', 'failed'])('sets completedAt when it is %s', async (status) => {
    const { id } = await make.session((await make.project()).id)
    const over = await patch(id, { status })
    expect(over).toMatchObject({ status, completedAt: over.lastActivity })
  })

  it('completed, stays in the sessionIds of its tasks', async () => {
    const { id: projectId } = await make.project()
    const task = await make.task(projectId)
    const { id } = await make.session(projectId, { taskIds: [task.id] })
    await patch(id, { status: 'completed' })
    expect((await read.task(task.id)).sessionIds).toEqual([id])
  })

  it('merges env and metadata one level deep; null removes a key', async () => {
    const { id } = await make.session((await make.project()).id, {
      env: { A: '1', B: '2' },
      metadata: { kept: 1, gone: 2, deep: { a: 1 } },
    })
    const { env, metadata } = await patch(id, {
      env: { B: null, C: '3', D: null },
      metadata: { gone: null, deep: { b: null }, more: [] },
    })
    expect(env).toEqual({ A: '1', C: '3' })
    expect(metadata).toEqual({ kept: 1, deep: { b: null }, more: [] })
    expect(await read.session(id)).toMatchObject({ env, metadata })
  })

  it('replaces its tasks and keeps both sides in step', async () => {
    const { id: projectId } = await make.project()
    const [kept, gone, come] = [await make.task(projectId), await make.task(projectId), await make.task(projectId)]
    const { id } = await make.session(projectId, { taskIds: [gone.id, kept.id] })
    expect((await patch(id, { taskIds: [come.id, kept.id] })).taskIds).toEqual([come.id, kept.id])
    expect(await read.task(come.id)).toMatchObject({
      sessionIds: [id],
      timeline: [{}, { type: 'session_started', sessionId: id }],
    })
    expect(await read.task(kept.id)).toMatchObject({ sessionIds: [id], timeline: [{}, {}] })
    expect(await read.task(gone.id)).toMatchObject({
      sessionIds: [],
      timeline: [{}, {}, { type: 'session_ended', sessionId: id }],
    })
  })

  it('refuses tasks that the project does not have', async () => {
    const { id } = await make.session((await make.project()).id)
    const refusal = refusalIn(await call('PATCH', `/api/sessions/${id}`, { body: { taskIds: ['task_1'] } }))
    expect(refusal).toMatchObject({ status: 404, code: 'TASK_NOT_FOUND' })
  })

  it('appends events', async () => {
    const { id } = await make.session((await make.project()).id)
    const events = [{ type: 'tick' }, { type: 'tock', data: { n: [1] } }]
    const changed = await patch(id, { events })
    expect(changed.events).toEqual(
      events.map((event) => ({ ...event, id: expect.stringMatching(/^evt_/), timestamp: changed.lastActivity })),
    )
    const more = await patch(id, { events: [{ type: 'bell', data: null }] })
    expect(more.events.map(({ type }) => type)).toEqual(['tick', 'tock', 'bell'])
    expect(new Set(more.events.map((event) => event.id)).size).toBe(3)
  })

  it.each([
    ['status', 'done'],
    ['name', null],
    ['env.A', { A: 1 }],
    ['metadata', 'x'],
    ['events.0.type', [{ data: 1 }]],
    ['events.0.type', [{ type: ' ' }]],
  ])('refuses a bad %s: %j', async (path, value) => {
    const { id } = await make.session((await make.project()).id)
    const [field = ''] = path.split('.')
    const refusal = refusalIn(await call('PATCH', `/api/sessions/${id}`, { body: { [field]: value } }))
    expect(refusal).toMatchObject({ code: 'VALIDATION_ERROR', details: [{ path }] })
  })
})

describe('linking', () => {
  const linked = async () => {
    const { id: projectId } = await make.project()
    const [task, session] = [await make.task(projectId), await make.session(projectId)]
    return { task, session, path: `/api/sessions/${session.id}/tasks/${task.id}` }
  }

  it('adds each to the other and an entry to the timeline, and answers the session', async () => {
    const { task, session, path } = await linked()
    const answer = await call('POST', path)
    expect(answer.status).toBe(200)
    expect(sessionIn(answer)).toMatchObject({ id: session.id, taskIds: [task.id] })
    const { sessionIds, timeline } = await read.task(task.id)
    expect(sessionIds).toEqual([session.id])
    expect(timeline[1]).toMatchObject({ type: 'session_started', sessionId: session.id })
  })

  it('twice changes nothing', async () => {
    const { task, path } = await linked()
    const first = await call('POST', path)
    const second = await call('POST', path)
    expect([second.text, second.headers.get('etag')]).toEqual([first.text, first.headers.get('etag')])
    expect((await read.task(task.id)).timeline).toHaveLength(2)
  })

  it('and unlinking takes each from the other and adds an entry to the timeline', async () => {
    const { task, session, path } = await linked()
    await call('POST', path)
    const answer = await call('DELETE', path)
    expect(answer.status).toBe(200)
    expect(sessionIn(answer).taskIds).toEqual([])
    const { sessionIds, timeline } = await read.task(task.id)
    expect(sessionIds).toEqual([])
    expect(timeline[2]).toMatchObject({ type: 'session_ended', sessionId: session.id })
    expect((await call('DELETE', path)).text).toBe(answer.text)
  })

  it('is refused with a task of another project', async () => {
    const { session } = await linked()
    const elsewhere = await make.task((await make.project()).id)
    for (const method of ['POST', 'DELETE']) {
      const refusal = refusalIn(await call(method, `/api/sessions/${session.id}/tasks/${elsewhere.id}`))
      expect(refusal).toMatchObject({ status: 404, code: 'TASK_NOT_FOUND' })
    }
  })
})

describe('the events of a session', () => {
  it('get one with its data', async () => {
    const { id } = await make.session((await make.project()).id)
    const answer = await call('POST', `/api/sessions/${id}/events`, { body: { type: 'tick', data: [1] } })
    expect(answer.status).toBe(200)
    const { events, lastActivity } = sessionIn(answer)
    expect(events).toEqual([{ id: expect.stringMatching(/^evt_/), timestamp: lastActivity, type: 'tick', data: [1] }])
  })

  it.each([{}, { type: '' }, { type: 7 }])('need a type: %j', async (body) => {
    const { id } = await make.session((await make.project()).id)
    const refusal = refusalIn(await call('POST', `/api/sessions/${id}/events`, { body }))
    expect(refusal).toMatchObject({ code: 'VALIDATION_ERROR', details: [{ path: 'type' }] })
  })
})

describe('the timeline of a session', () => {
  const setUp = async () => {
    const { id: projectId } = await make.project()
    const [task, session] = [await make.task(projectId), await make.session(projectId)]
    const say = (body: object) => call('POST', `/api/sessions/${session.id}/timeline`, { body })
    return { task, session, say }
  }

  it('appends an event of type progress', async () => {
    const { task, say } = await setUp()
    const answer = await say({ message: 'Halfway' })
    expect(answer.status).toBe(200)
    expect(sessionIn(answer).events).toMatchObject([{ type: 'progress', data: { message: 'Halfway' } }])
    expect(await read.task(task.id)).toEqual(task)
  })

  it.each([
    ['progress', 'update'],
    ['milestone', 'milestone'],
    ['blocker', 'blocker'],
  ])('with a task also lands there: %s as %s', async (type, shown) => {
    const { task, session, say } = await setUp()
    const { events } = sessionIn(await say({ message: 'Halfway', type, taskId: task.id }))
    expect(events).toMatchObject([{ type, data: { message: 'Halfway', taskId: task.id } }])
    const { timeline, updatedAt } = await read.task(task.id)
    expect(timeline[1]).toMatchObject({ type: shown, message: 'Halfway', sessionId: session.id, timestamp: updatedAt })
  })

  it('needs a message, and a task that exists', async () => {
    const { say } = await setUp()
    expect(refusalIn(await say({ type: 'progress' }))).toMatchObject({ message: 'message is required' })
    expect(refusalIn(await say({ message: 'A', taskId: 'task_1' }))).toMatchObject({ code: 'TASK_NOT_FOUND' })
  })
})

it('deleting a session takes it out of its tasks and leaves an entry on each', async () => {
  const { id: projectId } = await make.project()
  const tasks = [await make.task(projectId), await make.task(projectId)]
  const { id } = await make.session(projectId, { taskIds: tasks.map((task) => task.id) })
  expect(await call('DELETE', `/api/sessions/${id}`)).toMatchObject({ status: 200, body: { success: true, id } })
  for (const task of tasks) {
    const { sessionIds, timeline } = await read.task(task.id)
    expect(sessionIds).toEqual([])
    expect(timeline[2]).toMatchObject({ type: 'session_ended', sessionId: id })
  }
  expect(refusalIn(await call('GET', `/api/sessions/${id}`)).code).toBe('SESSION_NOT_FOUND')
})
