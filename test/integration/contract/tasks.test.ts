import { describe, expect, it } from 'vitest'
import { TaskStatus } from '../../../events/index.ts'
import { idsIn, makerOf, readerOf, refusalIn, taskIn } from '../../support/entities.ts'
import { sharedServer } from '../../support/shared-server.ts'

const server = sharedServer()
const { call } = server
const make = makerOf(call)
const read = readerOf(call)

const patch = async (id: string, body: object) => taskIn(await call('PATCH', `/api/tasks/${id}`, { body }))
const refused = async (id: string, body: object) => refusalIn(await call('PATCH', `/api/tasks/${id}`, { body }))

describe('creating a task', () => {
  it('answers 201 with the task, its defaults, and where it is found', async () => {
    const { id: projectId } = await make.project()
    const answer = await call('POST', '/api/tasks', { body: { projectId, title: 'Build it' } })
    expect(answer.status).toBe(201)
    const task = taskIn(answer)
    expect(task).toEqual({
      id: expect.stringMatching(/^task_\d+_[0-9a-z]+$/),
      projectId,
      parentId: null,
      title: 'Build it',
      description: '',
      initialPrompt: '',
      status: 'pending',
      priority: 'medium',
      sessionIds: [],
      skillIds: [],
      agentIds: [],
      dependencies: [],
      subtasks: [],
      timeline: [
        {
          id: expect.stringMatching(/^evt_\d+_[0-9a-z]+$/),
          type: 'created',
          timestamp: task.createdAt,
          message: 'Task created',
        },
      ],
      createdAt: expect.any(Number),
      updatedAt: task.createdAt,
      startedAt: null,
      completedAt: null,
    })
    expect(answer.headers.get('location')).toBe(`/api/tasks/${task.id}`)
    expect(await read.task(task.id)).toEqual(task)
  })

  it('takes every field', async () => {
    const { id: projectId } = await make.project()
    const parent = await make.task(projectId)
    const fields = {
      parentId: parent.id,
      description: 'How',
      initialPrompt: 'Go',
      priority: 'high',
      dependencies: [parent.id],
      skillIds: ['review'],
      agentIds: ['ada'],
    }
    expect(await make.task(projectId, fields)).toMatchObject(fields)
  })

  it.each([
    ['projectId', { title: 'A' }],
    ['title', { projectId: 'proj_1' }],
    ['title', { projectId: 'proj_1', title: ' ' }],
  ])('needs %s: %j', async (field, body) => {
    expect(refusalIn(await call('POST', '/api/tasks', { body }))).toMatchObject({
      code: 'VALIDATION_ERROR',
      message: `${field} is required`,
    })
  })

  it.each(['parentId', 'dependencies'])('refuses %s of another project', async (field) => {
    const { id: projectId } = await make.project()
    const elsewhere = await make.task((await make.project()).id)
    const value = field === 'parentId' ? elsewhere.id : [elsewhere.id]
    const answer = await call('POST', '/api/tasks', { body: { projectId, title: 'A', [field]: value } })
    expect(refusalIn(answer)).toMatchObject({ status: 404, code: 'TASK_NOT_FOUND', message: 'Task not found' })
    expect((await call('GET', `/api/tasks?projectId=${projectId}`)).body).toEqual([])
  })

  it.each([
    ['description', 1],
    ['initialPrompt', []],
    ['priority', 'urgent'],
    ['parentId', '../..'],
    ['dependencies', 'task_1'],
    ['skillIds', [1]],
    ['agentIds', {}],
  ])('refuses %s: %j', async (field, value) => {
    const { id: projectId } = await make.project()
    const answer = await call('POST', '/api/tasks', { body: { projectId, title: 'A', [field]: value } })
    expect(refusalIn(answer)).toMatchObject({
      code: 'VALIDATION_ERROR',
      details: [{ path: expect.stringMatching(new RegExp(`^${field}`)) }],
    })
  })
})

describe('listing tasks', () => {
  it('filters by project, status and parent, each alone and all together, in creation order', async () => {
    const { id: projectId } = await make.project()
    const root = await make.task(projectId)
    const first = await make.task(projectId, { parentId: root.id })
    const second = await make.task(projectId, { parentId: root.id })
    const third = await make.task(projectId, { parentId: first.id })
    for (const { id } of [second, root]) await patch(id, { status: 'in_progress' })

    const list = async (query: string) => idsIn(await call('GET', `/api/tasks?projectId=${projectId}${query}`))
    expect(await list('')).toEqual([root.id, first.id, second.id, third.id])
    expect(await list('&status=in_progress')).toEqual([root.id, second.id])
    expect(await list('&parentId=null')).toEqual([root.id])
    expect(await list(`&parentId=${root.id}`)).toEqual([first.id, second.id])
    expect(await list(`&parentId=${root.id}&status=pending`)).toEqual([first.id])
    expect(await list('&status=blocked')).toEqual([])
    expect(idsIn(await call('GET', `/api/tasks?parentId=${root.id}`))).toEqual([first.id, second.id])
    expect(idsIn(await call('GET', '/api/tasks?status=in_progress'))).toEqual(
      expect.arrayContaining([root.id, second.id]),
    )
  })

  it('lists the children of a task, and theirs not', async () => {
    const { id: projectId } = await make.project()
    const root = await make.task(projectId)
    const children = [
      await make.task(projectId, { parentId: root.id }),
      await make.task(projectId, { parentId: root.id }),
    ]
    await make.task(projectId, { parentId: children[0]?.id })
    const { body } = await call('GET', `/api/tasks/${root.id}/children`)
    expect(body).toEqual(children)
    expect((await call('GET', `/api/tasks/${children[1]?.id}/children`)).body).toEqual([])
  })
})

describe('changing a task', () => {
  it('changes the fields that are given, and the time of the last change', async () => {
    const { id: projectId } = await make.project()
    const parent = await make.task(projectId)
    const task = await make.task(projectId, { description: 'Kept' })
    const fields = {
      title: 'New',
      initialPrompt: 'Go',
      priority: 'low',
      parentId: parent.id,
      dependencies: [parent.id],
      skillIds: ['a'],
      agentIds: ['b'],
      status: 'blocked',
    }
    const changed = await patch(task.id, fields)
    expect(changed).toEqual({ ...task, ...fields, updatedAt: changed.updatedAt })
    expect(await read.task(task.id)).toEqual(changed)
    expect(await patch(task.id, { parentId: null })).toMatchObject({ parentId: null, description: 'Kept' })
  })

  it.each([
    ['title', ''],
    ['status', 'done'],
    ['status', null],
    ['priority', 2],
    ['timeline', [{ type: 'rumour', message: 'A' }]],
    ['sessionIds', null],
  ])('refuses %s: %j', async (field, value) => {
    const task = await make.task((await make.project()).id)
    expect(await refused(task.id, { [field]: value })).toMatchObject({
      code: 'VALIDATION_ERROR',
      details: [{ path: expect.stringMatching(new RegExp(`^${field}`)) }],
    })
    expect(await read.task(task.id)).toEqual(task)
  })

  it('refuses parents, dependencies and sessions that the project does not have', async () => {
    const task = await make.task((await make.project()).id)
    const elsewhere = (await make.project()).id
    const [other, session] = [await make.task(elsewhere), await make.session(elsewhere)]
    expect(await refused(task.id, { parentId: other.id })).toMatchObject({ status: 404, code: 'TASK_NOT_FOUND' })
    expect(await refused(task.id, { dependencies: [other.id] })).toMatchObject({ status: 404, code: 'TASK_NOT_FOUND' })
    expect(await refused(task.id, { sessionIds: [session.id] })).toMatchObject({
      status: 404,
      code: 'SESSION_NOT_FOUND',
    })
  })

  it('refuses a task as its own parent and as its own dependency', async () => {
    const { id } = await make.task((await make.project()).id)
    expect(await refused(id, { parentId: id })).toMatchObject({ code: 'VALIDATION_ERROR' })
    expect(await refused(id, { dependencies: [id] })).toMatchObject({ code: 'VALIDATION_ERROR' })
  })

  it('replaces its sessions and keeps both sides in step', async () => {
    const { id: projectId } = await make.project()
    const task = await make.task(projectId)
    const [kept, gone, come] = [
      await make.session(projectId, { taskIds: [task.id] }),
      await make.session(projectId, { taskIds: [task.id] }),
      await make.session(projectId),
    ]
    const changed = await patch(task.id, { sessionIds: [come.id, kept.id] })
    expect(changed.sessionIds).toEqual([come.id, kept.id])
    expect(changed.timeline.slice(3)).toMatchObject([
      { type: 'session_started', sessionId: come.id },
      { type: 'session_ended', sessionId: gone.id },
    ])
    expect((await read.session(come.id)).taskIds).toEqual([task.id])
    expect((await read.session(kept.id)).taskIds).toEqual([task.id])
    expect((await read.session(gone.id)).taskIds).toEqual([])
  })

  it('appends to the timeline', async () => {
    const task = await make.task((await make.project()).id)
    const entries = [{ type: 'milestone', message: 'Halfway' }, { message: 'Going on' }]
    const { timeline } = await patch(task.id, { timeline: entries })
    expect(timeline[0]).toEqual(task.timeline[0])
    expect(timeline.slice(1)).toMatchObject([entries[0] ?? {}, { type: 'update', message: 'Going on' }])
    expect(new Set(timeline.map(({ id }) => id)).size).toBe(3)
  })
})

describe('the status of a task', () => {
  it('sets startedAt at the first in_progress and completedAt at the first completed, and clears neither', async () => {
    const { id } = await make.task((await make.project()).id)
    const started = await patch(id, { status: 'in_progress' })
    expect(started).toMatchObject({ startedAt: started.updatedAt, completedAt: null })
    const completed = await patch(id, { status: 'completed' })
    expect(completed).toMatchObject({ startedAt: started.startedAt, completedAt: completed.updatedAt })
    for (const status of ['pending', 'in_progress', 'blocked', 'completed']) {
      const { startedAt, completedAt } = await patch(id, { status })
      expect({ startedAt, completedAt }).toEqual({ startedAt: started.startedAt, completedAt: completed.completedAt })
    }
  })

  const pairs = TaskStatus.options.flatMap((from) => TaskStatus.options.map((to) => [from, to] as const))
  const arrows: Readonly<Record<TaskStatus, readonly TaskStatus[]>> = {
    pending: ['in_progress', 'blocked'],
    in_progress: ['completed', 'blocked', 'pending'],
    blocked: ['in_progress', 'pending'],
    completed: [],
  }
  /** Ways to a status that a strict project allows. */
  const ways: Readonly<Record<TaskStatus, readonly TaskStatus[]>> = {
    pending: [],
    in_progress: ['in_progress'],
    blocked: ['blocked'],
    completed: ['in_progress', 'completed'],
  }
  const taskAt = async (status: TaskStatus, lifecycle: string) => {
    const { id } = await make.task((await make.project({ lifecycle })).id)
    for (const step of ways[status]) await patch(id, { status: step })
    return id
  }

  it.each(pairs)('in an open project may go from %s to %s', async (from, to) => {
    expect(await patch(await taskAt(from, 'open'), { status: to })).toMatchObject({ status: to })
  })

  it.each(pairs)('in a strict project follows the arrows: from %s to %s', async (from, to) => {
    const id = await taskAt(from, 'strict')
    const allowed = arrows[from]
    if (from === to || allowed.includes(to)) expect(await patch(id, { status: to })).toMatchObject({ status: to })
    else {
      expect(await refused(id, { status: to })).toMatchObject({
        status: 409,
        code: 'INVALID_TRANSITION',
        details: { from, to, allowed },
      })
      expect(await read.task(id)).toMatchObject({ status: from })
    }
  })
})

describe('the timeline of a task', () => {
  it('gets an update, and the answer is the whole task', async () => {
    const task = await make.task((await make.project()).id)
    const answer = await call('POST', `/api/tasks/${task.id}/timeline`, { body: { message: 'Halfway' } })
    expect(answer.status).toBe(200)
    const { timeline, updatedAt, ...rest } = taskIn(answer)
    expect(task).toMatchObject(rest)
    expect(timeline.slice(1)).toEqual([
      { id: expect.stringMatching(/^evt_/), type: 'update', timestamp: updatedAt, message: 'Halfway' },
    ])
    expect(await read.task(task.id)).toMatchObject({ timeline, updatedAt })
  })

  it.each(['created', 'session_started', 'session_ended', 'update', 'milestone', 'blocker'])(
    'gets an entry of type %s',
    async (type) => {
      const { id } = await make.task((await make.project()).id)
      const body = { type, message: 'A', sessionId: 'sess_1' }
      expect(taskIn(await call('POST', `/api/tasks/${id}/timeline`, { body })).timeline[1]).toMatchObject(body)
    },
  )

  it.each([{}, { message: ' ' }, { type: 'rumour', message: 'A' }, { message: 'A', sessionId: '../x' }])(
    'refuses %j',
    async (body) => {
      const { id } = await make.task((await make.project()).id)
      expect(refusalIn(await call('POST', `/api/tasks/${id}/timeline`, { body })).code).toBe('VALIDATION_ERROR')
    },
  )
})

describe('deleting a task', () => {
  it('takes it out of the tasks of sessions and the dependencies of tasks', async () => {
    const { id: projectId } = await make.project()
    const [task, stays] = [await make.task(projectId), await make.task(projectId)]
    const dependent = await make.task(projectId, { dependencies: [task.id, stays.id] })
    const session = await make.session(projectId, { taskIds: [task.id, stays.id] })

    const answer = await call('DELETE', `/api/tasks/${task.id}`)
    expect(answer).toMatchObject({ status: 200, body: { success: true, id: task.id } })
    expect(answer.headers.has('etag')).toBe(false)
    expect((await read.session(session.id)).taskIds).toEqual([stays.id])
    expect((await read.task(dependent.id)).dependencies).toEqual([stays.id])
    expect(refusalIn(await call('GET', `/api/tasks/${task.id}`)).code).toBe('TASK_NOT_FOUND')
  })

  it('with cascade deletes the subtree in one event', async () => {
    const { id: projectId } = await make.project()
    const root = await make.task(projectId)
    const child = await make.task(projectId, { parentId: root.id })
    await make.task(projectId, { parentId: child.id })
    const other = await make.task(projectId)

    expect(refusalIn(await call('DELETE', `/api/tasks/${root.id}`)).code).toBe('TASK_HAS_CHILDREN')
    const answer = await call('DELETE', `/api/tasks/${root.id}?cascade=true`)
    expect(answer).toMatchObject({ status: 200, body: { success: true, id: root.id } })
    expect(answer.headers.get('maestro-offset')).toBe('5')
    expect(idsIn(await call('GET', `/api/tasks?projectId=${projectId}`))).toEqual([other.id])
  })

  it('refuses a cascade that is neither true nor false', async () => {
    const { id } = await make.task((await make.project()).id)
    expect(refusalIn(await call('DELETE', `/api/tasks/${id}?cascade=yes`)).code).toBe('VALIDATION_ERROR')
  })
})
