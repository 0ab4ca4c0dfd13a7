import { beforeEach, describe, expect, it } from 'vitest'
import type { ProjectId, SessionId, TaskId } from '../../../events/index.ts'
import type { Commit } from '../../../src/store/commit.ts'
import type { Answer } from '../../../src/store/request.ts'
import {
  addSessionEvent,
  addTimelineEntry,
  createProject,
  createSession,
  createSubtask,
  createTask,
  deleteProject,
  deleteSession,
  deleteTask,
  spawnSession,
  unlinkTask,
  updateProject,
  updateSession,
  updateTask,
} from '../../support/commands.ts'
import { allOf, byUser, openStore, quiet, type StoreFixture, visible, watch } from '../../support/store-fixture.ts'
import { session } from '../../support/vocabulary.ts'

let fixture: StoreFixture
let project: ProjectId
let task: TaskId
let worker: SessionId
beforeEach(async () => {
  fixture = await openStore()
  project = await fixture.givenProject()
  task = await fixture.givenTask(project)
  worker = await fixture.givenSession(project)
  fixture.store.recent.follow()
})

/** Everything that a reader, a list, a file or a subscriber could be made from. */
const everything = () => {
  const { store } = fixture
  return {
    logs: store.logs(),
    lists: [store.projects(), store.tasks(undefined, {}), store.sessions(undefined, {})].map(visible),
    filtered: [store.tasks(project, { status: 'pending' }), store.sessions(project, { active: true })].map(visible),
    children: visible(store.children(task)),
    one: [store.project(project), store.task(task), store.session(worker), store.session(session('chosen'))],
    state: allOf(fixture.stateOf(project)),
    position: store.positionOf(project),
    recent: store.recent.at(project, store.positionOf(project).offset),
    capture: store.capture(project),
  }
}

it('a change that is not durable is seen by no reader, list or listener; then by all, before it is answered', async () => {
  const commands = [
    updateProject({ name: 'New' }),
    createTask({ title: 'Child', parentId: task }),
    updateTask(task, { title: 'New', status: 'completed', sessionIds: [worker] }),
    addTimelineEntry({ taskId: task, entry: { type: 'update', message: 'Half' } }),
    createSubtask({ taskId: task, title: 'Step' }),
    createSession({ sessionId: session('chosen'), taskIds: [task] }),
    spawnSession({ taskIds: [task] }),
    updateSession(worker, { status: 'completed' }),
    addSessionEvent({ sessionId: worker, event: { type: 'note' }, taskId: task }),
    unlinkTask(session('chosen'), task),
    deleteSession(worker),
    deleteTask(task, true),
  ]
  const before = everything()
  const told: Commit[] = []
  const answered: string[] = []
  fixture.store.subscribe((commits) => {
    told.push(...commits)
    for (const { record } of commits) {
      expect(fixture.store.positionOf(project).offset).toBeGreaterThan(record.offset)
      expect(fixture.store.recent.at(project, record.offset)?.record).toBe(record)
    }
    expect(answered).toHaveLength(told.length - commits.length)
  })

  fixture.log.hold()
  const answers: Array<Promise<Answer>> = []
  for (const command of commands) {
    answers.push(fixture.send(project, command))
    await quiet()
    expect(everything()).toEqual(before)
  }
  for (const answer of answers) void answer.then(({ sight }) => answered.push(sight.id))
  await quiet()
  expect({ told, answered }).toEqual({ told: [], answered: [] })

  fixture.log.release()
  await Promise.all(answers)
  expect(answered).toHaveLength(commands.length)
  expect(told).toHaveLength(commands.length)
  expect(fixture.store.project(project)?.entity.name).toBe('New')
  expect(fixture.store.task(task)).toBeUndefined()
})

describe('a command', () => {
  it('is decided on what is staged', async () => {
    fixture.log.hold()
    const renamed = watch(fixture.send(project, updateTask(task, { title: 'New' })))
    const again = watch(fixture.send(project, updateTask(task, { title: 'New', description: 'More' })))
    const gone = watch(fixture.send(project, deleteTask(task)))
    const tooLate = watch(fixture.send(project, updateTask(task, { title: 'Newer' })))
    fixture.log.release()
    await quiet()
    expect(renamed.answer?.sight).toMatchObject({ version: 3, entity: { title: 'New', description: '' } })
    expect(again.answer?.sight).toMatchObject({ version: 4, entity: { title: 'New', description: 'More' } })
    expect(gone.answer?.sight).toMatchObject({ version: 5, entity: undefined })
    expect(tooLate.refusal).toMatchObject({ code: 'TASK_NOT_FOUND' })
  })

  it('to a session whose chosen id is only staged finds it', async () => {
    const id = session('chosen')
    fixture.log.hold()
    const created = watch(fixture.send(project, createSession({ sessionId: id })))
    const updated = watch(fixture.send(project, updateSession(id, { name: 'New' })))
    expect(fixture.store.session(id)).toBeUndefined()
    fixture.log.release()
    await quiet()
    expect(created.answer?.sight).toMatchObject({ version: 3, entity: { name: id } })
    expect(updated.answer?.sight).toMatchObject({ version: 4, entity: { name: 'New' } })
  })

  it('to a project that is only staged does not find it', async () => {
    fixture.log.hold()
    void watch(fixture.store.createProject(createProject({ name: 'Other' }), byUser))
    const [arrival] = fixture.log.arrivals.slice(-1)
    if (arrival === undefined) throw new Error('nothing is being written')
    expect(fixture.store.project(arrival.projectId)).toBeUndefined()
    const early = watch(fixture.send(arrival.projectId, createTask({ title: 'Early' })))
    await quiet()
    expect(early.refusal).toMatchObject({ code: 'PROJECT_NOT_FOUND' })
    fixture.log.release()
    await quiet()
    expect(fixture.store.project(arrival.projectId)).toBeDefined()
  })
})

it('a project that is deleted while it still has something is refused, also when that is only staged', async () => {
  const empty = await fixture.givenProject()
  fixture.log.hold()
  const created = watch(fixture.send(empty, createTask({ title: 'Task' })))
  const deleted = watch(fixture.send(empty, deleteProject()))
  await quiet()
  expect(deleted.refusal).toBeUndefined()
  fixture.log.release()
  await quiet()
  expect(created.answer?.outcome).toBe('appended')
  expect(deleted.refusal).toMatchObject({ code: 'PROJECT_HAS_DEPENDENCIES' })
})
