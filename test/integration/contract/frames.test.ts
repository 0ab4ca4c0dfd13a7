import { describe, expect, it } from 'vitest'
import { idOf } from '../../support/api.ts'
import { makerOf, readerOf } from '../../support/entities.ts'
import { contentOf, framesOf, heardSoFar } from '../../support/frames.ts'
import { sharedServer } from '../../support/shared-server.ts'

const server = sharedServer()
const { call } = server
const make = makerOf(call)
const read = readerOf(call)

const contentsOf = async (method: string, path: string, body?: object) =>
  contentOf(await framesOf(server, () => call(method, path, body === undefined ? {} : { body })))
const added = (sessionId: string, taskId: string) => [
  { type: 'session:task_added', data: { sessionId, taskId } },
  { type: 'task:session_added', data: { sessionId, taskId } },
]
const removed = (sessionId: string, taskId: string) => [
  { type: 'session:task_removed', data: { sessionId, taskId } },
  { type: 'task:session_removed', data: { sessionId, taskId } },
]

/** A project with two tasks and a session on both. */
const setUp = async () => {
  const { id: projectId } = await make.project()
  const [one, two] = [await make.task(projectId), await make.task(projectId)]
  const session = await make.session(projectId, { taskIds: [one.id, two.id] })
  return { projectId, one: one.id, two: two.id, session: session.id }
}

describe('a frame', () => {
  it('carries the entity, the time, and its place in the log, which is that of the receipt', async () => {
    const { id } = await make.project()
    const listener = await server.listen()
    const answer = await call('PUT', `/api/projects/${id}`, { body: { name: 'Gemini' } })
    const [frame] = await listener.received(1)
    expect(frame).toEqual({
      type: 'project:updated',
      event: 'project:updated',
      data: answer.body,
      timestamp: (await read.project(id)).updatedAt,
      projectId: id,
      offset: Number(answer.headers.get('maestro-offset')),
      hash: answer.headers.get('maestro-hash'),
    })
  })

  it('of several is one part of them', async () => {
    const { session } = await setUp()
    const frames = await framesOf(server, () => call('DELETE', `/api/sessions/${session}`))
    expect(frames.map(({ part, parts }) => [part, parts])).toEqual([1, 2, 3, 4, 5].map((part) => [part, 5]))
    expect(new Set(frames.map(({ offset, hash }) => `${offset}:${hash}`)).size).toBe(1)
  })

  it('shows the entity right after its event, however many follow at once', async () => {
    const { id: projectId } = await make.project()
    const { id } = await make.task(projectId)
    const listener = await server.listen()
    const titles = Array.from({ length: 50 }, (_, i) => `Title ${i}`)
    const answers = await Promise.all(titles.map((title) => call('PATCH', `/api/tasks/${id}`, { body: { title } })))
    await listener.received(titles.length)
    const frames = await heardSoFar(listener)
    expect(frames.map(({ offset }) => offset)).toEqual(titles.map((_, i) => i + 2))
    const answerAt = new Map(answers.map(({ headers, body }) => [Number(headers.get('maestro-offset')), body]))
    for (const { offset, data } of frames) expect(data).toEqual(answerAt.get(offset))
  })

  it('goes to every listener, for every project, in one and the same text', async () => {
    const listeners = [await server.listen(), await server.listen('/any/path?and=query'), await server.listen('/ws')]
    const texts = listeners.map(({ socket }) => {
      const heard: string[] = []
      socket.on('message', (data) => heard.push(data.toString()))
      return heard
    })
    const projects = [await make.project(), await make.project()]
    for (const listener of listeners) await listener.received(2)
    expect(listeners[0]?.frames.map(({ projectId }) => projectId)).toEqual(projects.map(({ id }) => id))
    expect(texts[1]).toEqual(texts[0])
    expect(texts[2]).toEqual(texts[0])
  })

  it('is the first thing that a listener hears: there is no greeting, and nothing of before', async () => {
    await make.project()
    const listener = await server.listen()
    expect(await heardSoFar(listener)).toEqual([])
  })

  it('is not sent for a request that changes nothing, or is refused', async () => {
    const { projectId, one, session } = await setUp()
    const listener = await server.listen()
    await call('PUT', `/api/projects/${projectId}`, { body: {} })
    await call('POST', `/api/sessions/${session}/tasks/${one}`)
    await call('PATCH', `/api/tasks/${one}`, { body: { parentId: one } })
    expect(await heardSoFar(listener)).toEqual([])
  })
})

describe('the frames of a project', () => {
  it('created, updated and deleted are one each', async () => {
    const listener = await server.listen()
    const created = await call('POST', '/api/projects', { body: { name: 'Apollo' } })
    const id = idOf(created)
    const updated = await call('PUT', `/api/projects/${id}`, { body: { name: 'Gemini' } })
    await call('DELETE', `/api/projects/${id}`)
    await listener.received(3)
    expect(contentOf(await heardSoFar(listener))).toEqual([
      { type: 'project:created', data: created.body },
      { type: 'project:updated', data: updated.body },
      { type: 'project:deleted', data: { id } },
    ])
  })
})

describe('the frames of a task', () => {
  it('created, updated, and with an entry in its timeline, are one each', async () => {
    const { id: projectId } = await make.project()
    const listener = await server.listen()
    const created = await call('POST', '/api/tasks', { body: { projectId, title: 'A' } })
    const path = `/api/tasks/${idOf(created)}`
    const updated = await call('PATCH', path, { body: { title: 'B', timeline: [{ message: 'C' }] } })
    const told = await call('POST', `${path}/timeline`, { body: { message: 'D' } })
    await listener.received(3)
    expect(contentOf(await heardSoFar(listener))).toEqual([
      { type: 'task:created', data: created.body },
      { type: 'task:updated', data: updated.body },
      { type: 'task:updated', data: told.body },
    ])
  })

  it('whose sessions are replaced are the link and unlink pairs, then task:updated', async () => {
    const { projectId, one, session } = await setUp()
    const [first, second] = [await make.session(projectId), await make.session(projectId)]
    expect(await contentsOf('PATCH', `/api/tasks/${one}`, { sessionIds: [second.id, first.id] })).toEqual([
      ...added(second.id, one),
      ...added(first.id, one),
      ...removed(session, one),
      { type: 'task:updated', data: await read.task(one) },
    ])
  })

  it('deleted with its subtree are task:deleted deepest first, then what else changed', async () => {
    const { projectId, one, session } = await setUp()
    const child = await make.task(projectId, { parentId: one })
    const [first, second] = [
      await make.task(projectId, { parentId: child.id }),
      await make.task(projectId, { parentId: child.id }),
    ]
    const onChild = await make.session(projectId, { taskIds: [second.id, one] })
    const dependent = await make.task(projectId, { dependencies: [first.id] })

    const frames = await contentsOf('DELETE', `/api/tasks/${one}?cascade=true`)
    expect(frames.slice(0, 4)).toEqual(
      [first.id, second.id, child.id, one].map((id) => ({ type: 'task:deleted', data: { id } })),
    )
    // Sessions come in the order in which the tasks that are gone name them.
    const sessions = [await read.session(onChild.id), await read.session(session)]
    expect(frames.slice(4)).toEqual([
      ...sessions.map((data) => ({ type: 'session:updated', data })),
      { type: 'task:updated', data: await read.task(dependent.id) },
    ])
  })
})

describe('the frames of a subtask', () => {
  it('are its own, then task:updated', async () => {
    const { id: taskId } = await make.task((await make.project()).id)
    const path = `/api/tasks/${taskId}/subtasks`

    const created = await contentsOf('POST', path, { title: 'A' })
    const [subtask] = (await read.task(taskId)).subtasks
    expect(created).toEqual([
      { type: 'subtask:created', data: { taskId, subtask } },
      { type: 'task:updated', data: await read.task(taskId) },
    ])

    const updated = await contentsOf('PATCH', `${path}/${subtask?.id}`, { completed: true })
    const [after] = (await read.task(taskId)).subtasks
    expect(updated).toEqual([
      { type: 'subtask:updated', data: { taskId, subtask: after } },
      { type: 'task:updated', data: await read.task(taskId) },
    ])

    expect(await contentsOf('DELETE', `${path}/${subtask?.id}`)).toEqual([
      { type: 'subtask:deleted', data: { taskId, subtaskId: subtask?.id } },
      { type: 'task:updated', data: await read.task(taskId) },
    ])
  })
})

describe('the frames of a session', () => {
  it('created are session:created, then task:session_added for each task', async () => {
    const { projectId, one, two } = await setUp()
    const id = `chosen-${projectId}`
    expect(await contentsOf('POST', '/api/sessions', { projectId, id, taskIds: [two, one] })).toEqual([
      { type: 'session:created', data: await read.session(id) },
      { type: 'task:session_added', data: { sessionId: id, taskId: two } },
      { type: 'task:session_added', data: { sessionId: id, taskId: one } },
    ])
  })

  it.each([
    ['PATCH', '', { name: 'Ada', events: [{ type: 'tick' }] }],
    ['POST', '/events', { type: 'tick' }],
    ['POST', '/timeline', { message: 'Halfway' }],
  ])('updated are one: %s %s', async (method, path, body) => {
    const { session } = await setUp()
    expect(await contentsOf(method, `/api/sessions/${session}${path}`, body)).toEqual([
      { type: 'session:updated', data: await read.session(session) },
    ])
  })

  it('with a message that also lands on a task are session:updated, then task:updated', async () => {
    const { one, session } = await setUp()
    expect(await contentsOf('POST', `/api/sessions/${session}/timeline`, { message: 'A', taskId: one })).toEqual([
      { type: 'session:updated', data: await read.session(session) },
      { type: 'task:updated', data: await read.task(one) },
    ])
  })

  it('linked and unlinked are the pair, the session first', async () => {
    const { projectId, session } = await setUp()
    const { id: taskId } = await make.task(projectId)
    const path = `/api/sessions/${session}/tasks/${taskId}`
    expect(await contentsOf('POST', path)).toEqual(added(session, taskId))
    expect(await contentsOf('DELETE', path)).toEqual(removed(session, taskId))
  })

  it('whose tasks are replaced are the link and unlink pairs, then session:updated', async () => {
    const { projectId, one, two, session } = await setUp()
    const { id: taskId } = await make.task(projectId)
    expect(await contentsOf('PATCH', `/api/sessions/${session}`, { taskIds: [taskId], name: 'Ada' })).toEqual([
      ...added(session, taskId),
      ...removed(session, one),
      ...removed(session, two),
      { type: 'session:updated', data: await read.session(session) },
    ])
  })

  it('deleted are the unlink pair of each task, then session:deleted', async () => {
    const { one, two, session } = await setUp()
    expect(await contentsOf('DELETE', `/api/sessions/${session}`)).toEqual([
      ...removed(session, one),
      ...removed(session, two),
      { type: 'session:deleted', data: { id: session } },
    ])
  })

  it('spawned are the request, then those of a new session', async () => {
    const { projectId, one, two } = await setUp()
    const body = { projectId, taskIds: [one, two], skills: ['review'], sessionName: 'Ada' }
    const frames = await contentsOf('POST', '/api/sessions/spawn', body)
    const sessions = await call('GET', `/api/sessions?projectId=${projectId}&status=spawning`)
    const session = await read.session(idOf({ ...sessions, body: Array.isArray(sessions.body) && sessions.body[0] }))
    expect(frames).toEqual([
      {
        type: 'session:spawn_request',
        data: { session, projectId, taskIds: [one, two], skillIds: ['review'], name: 'Ada' },
      },
      { type: 'session:created', data: session },
      { type: 'task:session_added', data: { sessionId: session.id, taskId: one } },
      { type: 'task:session_added', data: { sessionId: session.id, taskId: two } },
    ])
  })
})
