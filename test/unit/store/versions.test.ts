import { beforeEach, describe, expect, it } from 'vitest'
import type { ProjectId, SessionId, TaskId } from '../../../events/index.ts'
import {
  addSessionEvent,
  createSession,
  createSubtask,
  createTask,
  deleteSession,
  deleteTask,
  linkTask,
  updateProject,
  updateSession,
  updateTask,
} from '../../support/commands.ts'
import { ifMatch, openStore, quiet, type StoreFixture, watch } from '../../support/store-fixture.ts'

let fixture: StoreFixture
let project: ProjectId
let task: TaskId
let worker: SessionId
beforeEach(async () => {
  fixture = await openStore()
  project = await fixture.givenProject()
  task = await fixture.givenTask(project)
  worker = await fixture.givenSession(project)
})

const versions = () => [
  fixture.store.project(project)?.version,
  fixture.store.task(task)?.version,
  fixture.store.session(worker)?.version,
]

describe('the version of an entity', () => {
  it('is the offset of the last event that changed it, whatever that was about', async () => {
    expect(versions()).toEqual([0, 1, 2])
    await fixture.send(project, updateProject({ name: 'New' }))
    expect(versions()).toEqual([3, 1, 2])
    await fixture.send(project, linkTask(worker, task))
    expect(versions()).toEqual([3, 4, 4])
    await fixture.send(project, createSubtask({ taskId: task, title: 'Step' }))
    expect(versions()).toEqual([3, 5, 4])
    await fixture.send(project, addSessionEvent({ sessionId: worker, event: { type: 'note' }, taskId: task }))
    expect(versions()).toEqual([3, 6, 6])
    await fixture.send(project, createTask({ title: 'Other', dependencies: [task] }))
    expect(versions()).toEqual([3, 6, 6])
    await fixture.send(project, deleteSession(worker))
    expect(versions()).toEqual([3, 8, undefined])
  })

  it('is in the answer', async () => {
    const { sight } = await fixture.send(project, updateTask(task, { title: 'New' }))
    const row = fixture.store.task(task)
    expect(sight).toEqual({ kind: 'task', id: task, entity: row?.entity, version: row?.version })
  })

  it('does not move when nothing is changed', async () => {
    const { outcome, sight } = await fixture.send(project, updateTask(task, { title: 'Task' }))
    expect({ outcome, version: sight.version }).toEqual({ outcome: 'unchanged', version: 1 })
    expect(versions()).toEqual([0, 1, 2])
  })
})

describe('If-Match', () => {
  it.each([
    ['the version', () => [1]],
    ['the version among others', () => [7, 1, 3]],
  ])('that names %s lets the change through', async (_, versions) => {
    const { sight } = await fixture.send(project, updateTask(task, { title: 'New' }), ifMatch(...versions()))
    expect(sight.version).toBe(3)
  })

  it('that names another version refuses with the current one, for a change, a deletion, and where nothing would change', async () => {
    const conflict = { code: 'VERSION_CONFLICT', details: { current: '"1"' } }
    for (const command of [updateTask(task, { title: 'New' }), updateTask(task, {}), deleteTask(task)]) {
      await expect(fixture.send(project, command, ifMatch(0, 2))).rejects.toMatchObject(conflict)
    }
    await expect(fixture.send(project, updateTask(task, { title: 'New' }), ifMatch())).rejects.toMatchObject(conflict)
    expect(fixture.store.positionOf(project).offset).toBe(3)
  })

  it('of a project and of a session is that of the project and of the session', async () => {
    const renamed = await fixture.send(project, updateProject({ name: 'New' }), ifMatch(0))
    expect(renamed.sight.version).toBe(3)
    await expect(fixture.send(project, updateSession(worker, { name: 'New' }), ifMatch(3))).rejects.toMatchObject({
      details: { current: '"2"' },
    })
    expect((await fixture.send(project, updateSession(worker, { name: 'New' }), ifMatch(2))).sight.version).toBe(4)
  })

  it('about something that is not there says that it is not there', async () => {
    await fixture.send(project, deleteTask(task))
    fixture.log.hold()
    void watch(fixture.send(project, createSession({})))
    const gone = watch(fixture.send(project, updateTask(task, { title: 'New' }), ifMatch(1)))
    fixture.log.release()
    await quiet()
    expect(gone.refusal).toMatchObject({ code: 'TASK_NOT_FOUND' })
  })

  it('sees what is staged: of many who ask at once for the same version, the first one wins', async () => {
    fixture.log.hold()
    const asked = ['a', 'b', 'c'].map((title) => watch(fixture.send(project, updateTask(task, { title }), ifMatch(1))))
    fixture.log.release()
    await quiet()
    expect(asked.map(({ answer, refusal }) => answer?.sight.version ?? refusal?.details)).toEqual([
      ...[3, { current: '"3"' }, { current: '"3"' }],
    ])
    expect(fixture.store.task(task)?.entity.title).toBe('a')
  })
})
