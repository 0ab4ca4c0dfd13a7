import { describe, expect, it } from 'vitest'
import { createClient, type Result, unwrap } from '../../../src/client/node/index.ts'
import { operations } from '../../../src/http/app.ts'
import { sharedServer } from '../../support/shared-server.ts'

const server = sharedServer({ SKILLS_DIR: '$DATA/skills' })

/** A client that keeps the names of its calls that went well. */
const watched = () => {
  const client = createClient({ url: () => server.url, actor: 'tester' })
  const went = new Set<string>()
  /** The value of a result, which must be there. */
  const well = async <T>(name: keyof typeof client, result: Promise<Result<T>>): Promise<T> => {
    const value = unwrap(await result)
    went.add(name)
    return value
  }
  return { client, went, well }
}

describe('every call of the client', () => {
  it('is understood by a server, and understands its answer', async () => {
    const { client, went, well } = watched()
    const project = await well('createProject', client.createProject({ name: 'P', lifecycle: 'open' }))
    const { id: projectId } = project
    expect(await well('getProject', client.getProject({ id: projectId }))).toEqual(project)
    expect(await well('listProjects', client.listProjects())).toContainEqual(project)
    await well('updateProject', client.updateProject({ id: projectId, description: 'D' }))

    const parent = await well('createTask', client.createTask({ projectId, title: 'Parent' }))
    const child = unwrap(await client.createTask({ projectId, title: 'Child', parentId: parent.id }))
    await well('updateTask', client.updateTask({ id: child.id, status: 'in_progress', timeline: [{ message: 'go' }] }))
    await well('addTimelineEntry', client.addTimelineEntry({ id: child.id, message: 'half' }))
    expect(await well('getTask', client.getTask({ id: child.id }))).toMatchObject({
      status: 'in_progress',
      parentId: parent.id,
    })
    const ids = (tasks: ReadonlyArray<{ readonly id: string }>): string[] => tasks.map(({ id }) => id)
    expect(ids(await well('listTasks', client.listTasks({ projectId, parentId: null })))).toEqual([parent.id])
    expect(ids(await well('listChildTasks', client.listChildTasks({ id: parent.id })))).toEqual([child.id])

    const subtask = await well('createSubtask', client.createSubtask({ taskId: child.id, title: 'Step' }))
    const step = { taskId: child.id, id: subtask.id }
    expect(await well('updateSubtask', client.updateSubtask({ ...step, completed: true }))).toMatchObject({
      completed: true,
    })
    expect(ids(await well('listSubtasks', client.listSubtasks({ taskId: child.id })))).toEqual([subtask.id])
    expect(await well('deleteSubtask', client.deleteSubtask(step))).toEqual({ success: true, id: subtask.id })

    const session = await well(
      'createSession',
      client.createSession({ projectId, taskIds: [child.id], env: { A: '1' } }),
    )
    const { id } = session
    await well('updateSession', client.updateSession({ id, name: 'S', env: { A: null } }))
    await well('addSessionEvent', client.addSessionEvent({ id, type: 'note', data: { a: [1] } }))
    await well('addSessionMessage', client.addSessionMessage({ id, message: 'hello', taskId: child.id }))
    await well('linkTask', client.linkTask({ id, taskId: parent.id }))
    await well('unlinkTask', client.unlinkTask({ id, taskId: child.id }))
    expect(await well('getSession', client.getSession({ id }))).toMatchObject({
      name: 'S',
      taskIds: [parent.id],
      env: {},
    })
    expect(ids(await well('listSessions', client.listSessions({ projectId, active: true })))).toEqual([id])
    const spawned = await well('spawnSession', client.spawnSession({ projectId, taskIds: [parent.id], role: 'worker' }))
    expect(spawned).toMatchObject({ success: true, sessionId: spawned.session.id })
    await well('deleteSession', client.deleteSession({ id }))
    await well('deleteTask', client.deleteTask({ id: parent.id, cascade: true }))

    const head = await well('getLogHead', client.getLogHead({ id: projectId }))
    const page = await well('readLog', client.readLog({ id: projectId, from: 'start', type: ['task:*', 'session:*'] }))
    expect(page).toMatchObject({ projectId, head: head.head })
    expect(page.records.map(({ actor }) => actor)).toEqual(page.records.map(() => ({ kind: 'user', id: 'tester' })))
    const state = await well('getState', client.getState({ id: projectId }))
    expect(state).toMatchObject({ projectId, offset: head.head - 1, hash: head.hash, project: { id: projectId } })
    expect(unwrap(await client.getState({ id: projectId, at: 0 }))).toMatchObject({ offset: 0, tasks: [] })
    expect(unwrap(await client.listTasks({ projectId, at: 3 }))).toMatchObject([{ id: parent.id }, { id: child.id }])
    const diff = await well('getDiff', client.getDiff({ id: projectId, from: 0, to: 2 }))
    expect(diff.changes).toMatchObject([{ kind: 'project' }, { kind: 'task', change: 'created', id: parent.id }])
    expect(await well('getTaskHistory', client.getTaskHistory({ id: child.id, limit: 1 }))).toMatchObject({
      ...{ id: child.id, entries: [{ type: 'task:created', change: 'created' }] },
    })
    const { entries } = await well('getSessionHistory', client.getSessionHistory({ id }))
    expect(entries.at(-1)).toMatchObject({ type: 'session:deleted', change: 'deleted' })
    expect(await well('auditProject', client.auditProject({ id: projectId }))).toMatchObject({ projectId })
    await client.deleteSession({ id: spawned.sessionId })
    await well('deleteProject', client.deleteProject({ id: projectId }))

    expect(await well('listSkills', client.listSkills())).toEqual([])
    expect(await client.getSkill({ id: 'none' })).toMatchObject({
      ok: false,
      error: { code: 'SKILL_NOT_FOUND', status: 404 },
    })
    went.add('getSkill')
    expect(await well('getHealth', client.getHealth())).toMatchObject({ status: 'ok' })
    expect(await well('getWebSocketStatus', client.getWebSocketStatus())).toMatchObject({ connectedClients: 0 })

    const names = operations.filter(({ type }) => type.startsWith('application/json')).map(({ name }) => name)
    expect([...went].sort()).toEqual(names.sort())
  })

  it('tells what the server refuses', async () => {
    const { client } = watched()
    const error = async (result: Promise<Result<unknown>>) => {
      const settled = await result
      return settled.ok ? undefined : settled.error
    }
    expect(await error(client.getTask({ id: 'task_missing' }))).toMatchObject({ code: 'TASK_NOT_FOUND', status: 404 })
    expect(await error(client.createProject({ name: ' ' }))).toMatchObject({
      ...{ code: 'VALIDATION_ERROR', status: 400, message: 'name is required' },
      details: [{ path: 'name', reason: 'is required' }],
    })
    const project = await client.createProject({ name: 'P', lifecycle: 'strict' })
    const { id } = unwrap(project)
    const { id: taskId } = unwrap(await client.createTask({ projectId: id, title: 'T' }))
    expect(await error(client.updateTask({ id: taskId, status: 'completed' }))).toMatchObject({
      ...{ code: 'INVALID_TRANSITION', status: 409, details: { from: 'pending', to: 'completed' } },
    })
    expect(await error(client.readLog({ id, from: 99 }))).toMatchObject({ code: 'OFFSET_AHEAD', status: 409 })
  })

  it('is done once under one key, and says so', async () => {
    const { client } = watched()
    const first = await client.createProject({ name: 'Once' }, { key: 'the-same' })
    const second = await client.createProject({ name: 'Once' }, { key: 'the-same' })
    expect(first).toMatchObject({ ok: true, status: 201, replayed: false })
    expect(second).toEqual({ ...first, replayed: true })
    expect(await client.createProject({ name: 'Twice' }, { key: 'the-same' })).toMatchObject({
      ...{ ok: false, error: { code: 'IDEMPOTENCY_MISMATCH', key: 'the-same' } },
    })
  })

  it('answered by headers alone still says where and as of what', async () => {
    const { client } = watched()
    const result = await client.createProject.minimal({ name: 'Quiet' })
    expect(result).toMatchObject({ ok: true, status: 204, value: undefined, etag: '"0"', receipt: { offset: 0 } })
    const id = (result.ok && result.location?.split('/').at(-1)) || ''
    expect(await client.getProject({ id })).toMatchObject({ ok: true, value: { name: 'Quiet' } })
  })
})
