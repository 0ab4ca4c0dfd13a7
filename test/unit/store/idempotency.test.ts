import { beforeEach, describe, expect, it } from 'vitest'
import type { ProjectId, TaskId } from '../../../events/index.ts'
import { keysKept } from '../../../src/store/idempotency.ts'
import type { Answer } from '../../../src/store/request.ts'
import {
  addTimelineEntry,
  createProject,
  createSession,
  createSubtask,
  createTask,
  deleteProject,
  deleteSession,
  deleteTask,
  linkTask,
  spawnSession,
  updateProject,
  updateSession,
  updateTask,
} from '../../support/commands.ts'
import { openStore, quiet, type StoreFixture, watch, withKey } from '../../support/store-fixture.ts'
import { session } from '../../support/vocabulary.ts'

let fixture: StoreFixture
let project: ProjectId
let task: TaskId
const worker = session('worker')
beforeEach(async () => {
  fixture = await openStore()
  project = await fixture.givenProject()
  task = await fixture.givenTask(project)
  await fixture.send(project, createSession({ sessionId: worker }))
})

const head = () => fixture.store.positionOf(project).offset
const expectRepeat = (repeat: Answer, first: Answer): void => expect(repeat).toEqual({ ...first, outcome: 'replayed' })

/** One of every kind of command that a key can come with. Those that delete come last. */
const commands = () =>
  [
    updateProject({ name: 'New' }),
    createTask({ title: 'Other' }),
    updateTask(task, { title: 'New' }),
    addTimelineEntry({ taskId: task, entry: { type: 'update', message: 'Half' } }),
    createSubtask({ taskId: task, title: 'Step' }),
    createSession({ sessionId: session('other'), taskIds: [task] }),
    spawnSession({ taskIds: [task] }),
    updateSession(worker, { status: 'completed' }),
    linkTask(worker, task),
    deleteSession(worker),
    deleteTask(task),
  ].map((command, i) => ({ command, request: withKey(`key-${i}`) }))

/** The same server, and the ones that may come after it. */
const laters: Array<[string, () => Promise<StoreFixture>]> = [
  ['at once', async () => fixture],
  ['after a restart', () => fixture.another()],
  [
    'after a restart from a snapshot',
    async () => {
      await fixture.snapshot(project)
      expect(await fixture.snapshots.list(project)).toEqual([head()])
      return fixture.another()
    },
  ],
]

describe.each(laters)('a request that is repeated %s', (_, later) => {
  it('is answered as the first was, and nothing is done', async () => {
    const asked = commands()
    const firsts: Answer[] = []
    for (const { command, request } of asked) firsts.push(await fixture.send(project, command, request))
    const end = head()
    const server = await later()
    const repeats: Answer[] = []
    for (const { command, request } of asked) repeats.push(await server.send(project, command, request))
    repeats.forEach((repeat, i) => {
      expectRepeat(repeat, firsts[i] ?? repeat)
    })
    expect(server.store.positionOf(project).offset).toBe(end)
  })

  it('shows the entity as it was then, also when it has changed, was deleted, or has come again', async () => {
    const [rename, create] = [withKey('rename'), withKey('create')]
    const renamed = await fixture.send(project, updateTask(task, { title: 'Then' }), rename)
    const created = await fixture.send(project, createSession({ sessionId: session('s'), taskIds: [task] }), create)
    await fixture.send(project, updateTask(task, { title: 'Now' }))
    await fixture.send(project, deleteSession(session('s')))
    await fixture.send(project, createSession({ sessionId: session('s'), name: 'Another' }))
    await fixture.send(project, deleteTask(task))
    const server = await later()
    expectRepeat(await server.send(project, updateTask(task, { title: 'Then' }), rename), renamed)
    expectRepeat(await server.send(project, createSession({ sessionId: session('s') }), create), created)
    expect(server.store.session(session('s'))?.entity.name).toBe('Another')
  })

  it('is answered also when the project is gone', async () => {
    const empty = await fixture.givenProject('Empty')
    const renamed = await fixture.send(empty, updateProject({ name: 'New' }), withKey('rename'))
    const deleted = await fixture.send(empty, deleteProject(), withKey('delete'))
    await fixture.snapshot(empty)
    const server = await later()
    expectRepeat(await server.send(empty, updateProject({ name: 'New' }), withKey('rename')), renamed)
    expectRepeat(await server.send(empty, deleteProject(), withKey('delete')), deleted)
    await expect(server.send(empty, deleteProject(), withKey('again'))).rejects.toMatchObject({
      code: 'PROJECT_NOT_FOUND',
    })
  })

  it('but is another request is a mismatch', async () => {
    await fixture.send(project, updateTask(task, { title: 'One' }), withKey('k', 'one'))
    const server = await later()
    for (const command of [updateTask(task, { title: 'Two' }), updateProject({ name: 'Two' }), deleteTask(task)]) {
      await expect(server.send(project, command, withKey('k', 'two'))).rejects.toMatchObject({
        code: 'IDEMPOTENCY_MISMATCH',
      })
    }
    expect(server.store.task(task)?.entity.title).toBe('One')
  })

  it('and creates a project finds it, whatever has become of it', async () => {
    const [kept, lost] = [withKey('kept'), withKey('lost')]
    const first = await fixture.store.createProject(createProject({ name: 'Kept' }), kept)
    const second = await fixture.store.createProject(createProject({ name: 'Lost' }), lost)
    const [one, two] = [first, second].map(({ sight }) => sight)
    if (one?.kind !== 'project' || two?.kind !== 'project') throw new Error('no projects')
    await fixture.send(one.id, updateProject({ name: 'Now' }))
    await fixture.send(two.id, deleteProject())
    for (const id of [one.id, two.id]) await fixture.snapshot(id)
    const server = await later()
    expectRepeat(await server.store.createProject(createProject({ name: 'Kept' }), kept), first)
    expectRepeat(await server.store.createProject(createProject({ name: 'Lost' }), lost), second)
    await expect(
      server.store.createProject(createProject({ name: 'Other' }), withKey('kept', 'other')),
    ).rejects.toMatchObject({ code: 'IDEMPOTENCY_MISMATCH' })
    expect(server.store.projects().map(({ entity }) => entity.name)).toEqual(['Project', 'Now'])
  })
})

describe('requests with one key that come at once', () => {
  it('are carried out once', async () => {
    fixture.log.hold()
    const asked = Array.from({ length: 5 }, () =>
      watch(fixture.send(project, createTask({ title: 'Once' }), withKey('k'))),
    )
    fixture.log.release()
    await quiet()
    const [first, ...repeats] = asked.map(({ answer }) => answer)
    expect(first?.outcome).toBe('appended')
    for (const repeat of repeats) expect(repeat).toEqual({ ...first, outcome: 'replayed' })
    expect(head()).toBe(4)
  })

  it('create one project, and the repeats wait for the first', async () => {
    fixture.log.hold()
    const asked = Array.from({ length: 5 }, () =>
      watch(fixture.store.createProject(createProject({ name: 'Once' }), withKey('k'))),
    )
    const other = watch(fixture.store.createProject(createProject({ name: 'Other' }), withKey('k', 'other')))
    const arrival = await fixture.log.next()
    await quiet()
    expect(fixture.log.waiting).toBe(0)
    expect([...asked, other].every(({ answer, refusal }) => answer === undefined && refusal === undefined)).toBe(true)
    arrival.pass()
    await quiet()
    const [first, ...repeats] = asked.map(({ answer }) => answer)
    expect(first?.outcome).toBe('appended')
    for (const repeat of repeats) expect(repeat).toEqual({ ...first, outcome: 'replayed' })
    expect(other.refusal).toMatchObject({ code: 'IDEMPOTENCY_MISMATCH' })
    expect(fixture.store.projects()).toHaveLength(2)
  })

  it('but in different scopes do not know of each other', async () => {
    const second = await fixture.givenProject('Second')
    const asked = [
      fixture.store.createProject(createProject({ name: 'Third' }), withKey('k', 'a')),
      fixture.send(project, createTask({ title: 'One' }), withKey('k', 'b')),
      fixture.send(second, createTask({ title: 'Two' }), withKey('k', 'c')),
    ]
    expect((await Promise.all(asked)).map(({ outcome }) => outcome)).toEqual(['appended', 'appended', 'appended'])
  })
})

describe('a key', () => {
  it('of a request that changed nothing, or was refused, is not used up', async () => {
    expect((await fixture.send(project, updateTask(task, { title: 'Task' }), withKey('k'))).outcome).toBe('unchanged')
    await expect(fixture.send(project, deleteProject(), withKey('l'))).rejects.toMatchObject({
      code: 'PROJECT_HAS_DEPENDENCIES',
    })
    const answers = [
      await fixture.send(project, updateTask(task, { title: 'New' }), withKey('k', 'another')),
      await fixture.send(project, updateTask(task, { title: 'Newer' }), withKey('l', 'another')),
    ]
    expect(answers.map(({ outcome }) => outcome)).toEqual(['appended', 'appended'])
  })

  it('does not help another request about what is gone', async () => {
    await fixture.send(project, deleteTask(task), withKey('k', 'delete'))
    for (const request of [withKey('unknown'), withKey('k', 'another')]) {
      await expect(fixture.send(project, deleteTask(task), request)).rejects.toMatchObject({ code: 'TASK_NOT_FOUND' })
    }
  })

  it(`is forgotten after ${keysKept} others`, async () => {
    const note = (i: number) =>
      fixture.send(project, createSubtask({ taskId: task, title: 'Step' }), withKey(`key-${i}`))
    const add = (i: number) => fixture.send(project, createTask({ title: 'Task' }), withKey(`key-${i}`))
    await note(0)
    const second = await note(1)
    const asked: Array<Promise<Answer>> = []
    for (let i = 2; i <= keysKept; i += 1) asked.push(add(i))
    await Promise.all(asked)
    expectRepeat(await note(1), second)
    await fixture.snapshot(project)
    for (const server of [fixture, await fixture.another()]) {
      expectRepeat(await server.send(project, createSubtask({ taskId: task, title: 'Step' }), withKey('key-1')), second)
    }
    const again = await note(0)
    expect(again.outcome).toBe('appended')
  })
})
