import { beforeAll, describe, expect, it } from 'vitest'
import { SessionId, TaskId } from '../../../events/index.ts'
import { Follower, historyEntry } from '../../../projections/history.ts'
import { SessionHistory, TaskHistory } from '../../../src/http/past-schemas.ts'
import type { Answer } from '../../support/api.ts'
import { makerOf, refusalIn } from '../../support/entities.ts'
import { recordsIn } from '../../support/log-records.ts'
import { sharedServer } from '../../support/shared-server.ts'

const server = sharedServer({ FSYNC: 'never' })
const { call } = server
const make = makerOf(call)

const get = (path: string): Promise<Answer> => call('GET', path)

const historyIn = <T>(schema: { parse(value: unknown): T }, answer: Answer): T => {
  expect(answer.status, answer.text).toBe(200)
  return schema.parse(answer.body)
}
const taskHistory = async (id: string, query = '') =>
  historyIn(TaskHistory.strict(), await get(`/api/tasks/${id}/history${query}`))
const sessionHistory = async (id: string, query = '') =>
  historyIn(SessionHistory.strict(), await get(`/api/sessions/${id}/history${query}`))

/** A project in which a task and a session were worked on, by different people. */
const live = async () => {
  const { id } = await make.project()
  const by = (actor: string) => ({ 'maestro-actor': actor })
  const task = await make.task(id, { title: 'Build it' })
  const other = await make.task(id, { dependencies: [task.id] })
  const session = await make.session(id, { taskIds: [task.id] })
  const path = `/api/tasks/${task.id}`
  await call('PATCH', path, { body: { title: 'Build it well' }, headers: by('ada') })
  await call('POST', `${path}/timeline`, { body: { message: 'Half' }, headers: { 'maestro-session': session.id } })
  await call('PATCH', `/api/tasks/${other.id}`, { body: { title: 'Not this one' } })
  await call('DELETE', `/api/sessions/${session.id}`, { headers: by('bob') })
  await call('DELETE', path, { headers: by('eve') })
  return { id, task: task.id, other: other.id, session: session.id }
}

let project: Awaited<ReturnType<typeof live>>
beforeAll(async () => {
  project = await live()
})

describe('the history of a task', () => {
  it('tells who did what when, and what exactly it changed, also when the task is gone', async () => {
    const { entries, ...about } = await taskHistory(project.task)
    expect(about).toMatchObject({ projectId: project.id, id: project.task, head: 9 })
    expect(about.from).toMatch(/^0:0{64}$/)
    expect(about.next).toMatch(/^9:/)
    expect(entries.map(({ offset, type, actor, change }) => ({ offset, type, by: actor.id, change }))).toEqual([
      { offset: 1, type: 'task:created', by: undefined, change: 'created' },
      { offset: 3, type: 'session:created', by: undefined, change: 'changed' },
      { offset: 4, type: 'task:updated', by: 'ada', change: 'changed' },
      { offset: 5, type: 'task:timeline_added', by: project.session, change: 'changed' },
      { offset: 7, type: 'session:deleted', by: 'bob', change: 'changed' },
      { offset: 8, type: 'task:deleted', by: 'eve', change: 'deleted' },
    ])
    expect(entries[2]).toMatchObject({
      patch: [
        { op: 'replace', path: '/title', value: 'Build it well' },
        { op: 'replace', path: '/updatedAt' },
      ],
    })
    expect(entries[4]).toMatchObject({
      patch: expect.arrayContaining([
        { op: 'remove', path: '/sessionIds/0' },
        expect.objectContaining({ op: 'add', path: '/timeline/3' }),
      ]),
    })
  })

  it('holds what others did to it', async () => {
    const { entries } = await taskHistory(project.other)
    expect(entries.map(({ offset }) => offset)).toEqual([2, 6, 8])
    expect(entries[2]).toMatchObject({ type: 'task:deleted', change: 'changed' })
  })

  it('is what a fold of the log tells', async () => {
    for (const subject of [
      { kind: 'task', id: TaskId.parse(project.task) },
      { kind: 'task', id: TaskId.parse(project.other) },
      { kind: 'session', id: SessionId.parse(project.session) },
    ] as const) {
      const follower = new Follower(subject)
      const truth = (await recordsIn(server.dataDir, project.id)).flatMap((record) => {
        const touch = follower.next(record)
        return touch === undefined ? [] : [historyEntry(touch)]
      })
      const { body } = await get(`/api/${subject.kind}s/${subject.id}/history`)
      expect(body).toMatchObject({ entries: JSON.parse(JSON.stringify(truth)) })
    }
  })
})

describe('the history of a session', () => {
  it('tells both of its lives', async () => {
    const id = 'sess_twice'
    for (let life = 0; life < 2; life += 1) {
      await make.session(project.id, { id })
      await call('DELETE', `/api/sessions/${id}`)
    }
    const { entries } = await sessionHistory(id)
    expect(entries.map(({ change }) => change)).toEqual(['created', 'deleted', 'created', 'deleted'])
  })

  it('can be asked of one project, where an id was used in several', async () => {
    const id = 'sess_moved'
    const elsewhere = (await make.project()).id
    for (const projectId of [project.id, elsewhere]) {
      await make.session(projectId, { id, name: projectId })
      await call('DELETE', `/api/sessions/${id}`)
    }
    for (const projectId of [project.id, elsewhere]) {
      const history = await sessionHistory(id, `?projectId=${projectId}`)
      expect(history).toMatchObject({ projectId, entries: [{ entity: { name: projectId } }, { change: 'deleted' }] })
    }
    const { id: third } = await make.project()
    expect(refusalIn(await get(`/api/sessions/${id}/history?projectId=${third}`))).toMatchObject({
      status: 404,
      code: 'SESSION_NOT_FOUND',
    })
  })
})

describe('pages of a history', () => {
  it('hold each entry once, and end where the log does', async () => {
    const whole = await taskHistory(project.task)
    for (const limit of [1, 2, 4]) {
      const entries = []
      let next = 'start'
      for (let more = true; more; ) {
        const page = await taskHistory(project.task, `?from=${next}&limit=${limit}`)
        expect(page.entries.length).toBeLessThanOrEqual(limit)
        entries.push(...page.entries)
        next = page.next
        more = Number(next.split(':')[0]) < page.head
      }
      expect(entries).toEqual(whole.entries)
    }
  })

  it('begin where a cursor is', async () => {
    const offsets = async (from: string) =>
      (await taskHistory(project.task, `?from=${from}`)).entries.map(({ offset }) => offset)
    expect(await offsets('5')).toEqual([5, 7, 8])
    expect(await offsets('6')).toEqual([7, 8])
    expect(await offsets('now')).toEqual([])
  })

  it.each([
    ['from=999', 409, 'OFFSET_AHEAD'],
    [`from=2:${'f'.repeat(64)}`, 409, 'HISTORY_DIVERGED'],
    ['projectId=proj_1_none', 404, 'PROJECT_NOT_FOUND'],
    ['projectId=..%2F..', 404, 'PROJECT_NOT_FOUND'],
    ...['from=', 'from=x', 'limit=0', 'limit=1001', 'limit=x', 'limit=1&limit=1'].map(
      (query) => [query, 400, 'VALIDATION_ERROR'] as const,
    ),
  ] as const)('are refused with %s', async (query, status, code) => {
    expect(refusalIn(await get(`/api/tasks/${project.task}/history?${query}`))).toMatchObject({ status, code })
  })

  it('of what never was are refused', async () => {
    for (const id of ['task_1_none', project.session, 'constructor', '..%2Fx']) {
      expect(refusalIn(await get(`/api/tasks/${id}/history`))).toMatchObject({ status: 404, code: 'TASK_NOT_FOUND' })
    }
    expect(refusalIn(await get(`/api/sessions/${project.task}/history`))).toMatchObject({ code: 'SESSION_NOT_FOUND' })
  })
})
