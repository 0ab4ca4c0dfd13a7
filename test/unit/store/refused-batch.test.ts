import { beforeEach, describe, expect, it } from 'vitest'
import type { ProjectId, TaskId } from '../../../events/index.ts'
import { AppError } from '../../../src/errors.ts'
import { createProject, createSession, createTask, deleteTask, updateTask } from '../../support/commands.ts'
import { allOf, byUser, openStore, quiet, type StoreFixture, watch, withKey } from '../../support/store-fixture.ts'
import { session } from '../../support/vocabulary.ts'

let fixture: StoreFixture
let project: ProjectId
let task: TaskId
beforeEach(async () => {
  fixture = await openStore()
  project = await fixture.givenProject()
  task = await fixture.givenTask(project)
})

const full = new AppError('INSUFFICIENT_STORAGE', 'There is no room')
const broken = new AppError('LOG_UNAVAILABLE', 'The log cannot be written')

describe.each([full, broken])('a write that is refused with $code', (error) => {
  it('is told to all whose changes were in it or on top of it, and nothing of them is left', async () => {
    const before = allOf(fixture.stateOf(project))
    const position = fixture.store.positionOf(project)
    let told = 0
    fixture.store.subscribe((commits) => {
      told += commits.length
    })
    fixture.log.hold()
    const one = watch(fixture.send(project, updateTask(task, { title: 'One' })))
    const arrival = await fixture.log.next()
    const two = watch(fixture.send(project, updateTask(task, { title: 'Two' })))
    const gone = watch(fixture.send(project, deleteTask(task)))
    const created = watch(fixture.send(project, createSession({ sessionId: session('s'), taskIds: [] })))
    arrival.fail(error)
    await quiet()
    expect([one, two, gone, created].map(({ refusal }) => refusal)).toEqual([error, error, error, error])
    expect(fixture.log.arrivals.at(-1)).toBe(arrival)
    expect(allOf(fixture.stateOf(project))).toEqual(before)
    expect(fixture.store.positionOf(project)).toEqual(position)
    expect(told).toBe(0)
  })

  it('is followed by writes that go on without a gap, as if it had never been', async () => {
    fixture.log.hold()
    const lost = watch(fixture.send(project, updateTask(task, { title: 'Lost', status: 'completed' })))
    const arrival = await fixture.log.next()
    arrival.fail(error)
    fixture.log.release()
    await quiet()
    expect(lost.refusal).toBe(error)
    const { sight, receipt } = await fixture.send(project, updateTask(task, { description: 'Kept' }))
    expect(sight).toMatchObject({ version: 2, entity: { title: 'Task', description: 'Kept', completedAt: null } })
    expect(receipt.offset).toBe(3)
    const again = await fixture.another()
    expect(allOf(again.stateOf(project))).toEqual(allOf(fixture.stateOf(project)))
  })

  it('gives back the session ids that it had taken, in every project', async () => {
    const other = await fixture.givenProject('Other')
    fixture.log.hold()
    const lost = watch(fixture.send(project, createSession({ sessionId: session('s') })))
    const arrival = await fixture.log.next()
    arrival.fail(error)
    fixture.log.release()
    await quiet()
    expect(lost.refusal).toBe(error)
    const { sight } = await fixture.send(other, createSession({ sessionId: session('s') }))
    expect(sight).toMatchObject({ entity: { projectId: other } })
  })

  it('leaves its idempotency keys unused', async () => {
    fixture.log.hold()
    const lost = watch(fixture.send(project, createTask({ title: 'Lost' }), withKey('k')))
    const arrival = await fixture.log.next()
    arrival.fail(error)
    fixture.log.release()
    await quiet()
    expect(lost.refusal).toBe(error)
    expect((await fixture.send(project, createTask({ title: 'Kept' }), withKey('k', 'another'))).outcome).toBe(
      'appended',
    )
  })

  it('of a new project leaves no project, and another one can be created', async () => {
    fixture.log.hold()
    const lost = watch(fixture.store.createProject(createProject({ name: 'Lost' }), withKey('k')))
    const arrival = await fixture.log.next()
    arrival.fail(error)
    fixture.log.release()
    await quiet()
    expect(lost.refusal).toBe(error)
    expect(fixture.store.logs()).toEqual([project])
    expect(fixture.store.project(arrival.projectId)).toBeUndefined()
    const { outcome } = await fixture.store.createProject(createProject({ name: 'Kept' }), withKey('k'))
    expect(outcome).toBe('appended')
    expect(fixture.store.projects().map(({ entity }) => entity.name)).toEqual(['Project', 'Kept'])
  })

  it('in one project does not touch another', async () => {
    const other = await fixture.givenProject('Other')
    fixture.log.hold()
    const lost = watch(fixture.send(project, createTask({ title: 'Lost' })))
    const kept = watch(fixture.send(other, createTask({ title: 'Kept' })))
    const [first, second] = [await fixture.log.next(), await fixture.log.next()]
    first.fail(error)
    second.pass()
    await quiet()
    expect(lost.refusal).toBe(error)
    expect(kept.answer?.outcome).toBe('appended')
  })

  it('is told of for as long as no other has gone well', async () => {
    fixture.log.hold()
    const lost = watch(fixture.send(project, createTask({ title: 'Lost' })))
    const arrival = await fixture.log.next()
    arrival.fail(error)
    fixture.log.release()
    await quiet()
    expect(lost.refusal).toBe(error)
    expect(fixture.store.ailments()).toEqual([
      { projectId: project, status: { kind: 'refusing', reason: error.message } },
    ])
    await fixture.send(project, createTask({ title: 'Kept' }))
    expect(fixture.store.ailments()).toEqual([])
  })
})

it('a second write that is refused does not take back the first', async () => {
  fixture.log.hold()
  const kept = watch(fixture.send(project, updateTask(task, { title: 'Kept' })))
  const first = await fixture.log.next()
  const lost = watch(fixture.send(project, updateTask(task, { title: 'Lost' })))
  first.pass()
  const second = await fixture.log.next()
  const alsoLost = watch(fixture.send(project, updateTask(task, { title: 'Lost too' })))
  second.fail(full)
  fixture.log.release()
  await quiet()
  expect(kept.answer?.sight).toMatchObject({ version: 2, entity: { title: 'Kept' } })
  expect([lost.refusal, alsoLost.refusal]).toEqual([full, full])
  expect(fixture.store.task(task)).toMatchObject({ version: 2, entity: { title: 'Kept' } })
  expect((await fixture.send(project, updateTask(task, { title: 'New' }), byUser)).sight.version).toBe(3)
})

it('nothing is waited for when nothing is staged any more', async () => {
  fixture.log.hold()
  watch(fixture.send(project, createTask({ title: 'A' })))
  watch(fixture.store.createProject(createProject({ name: 'B' }), byUser))
  let idle = false
  const waiting = fixture.store.idle().then(() => {
    idle = true
  })
  const [task, other] = [await fixture.log.next(), await fixture.log.next()]
  task.fail(full)
  await quiet()
  expect(idle).toBe(false)
  other.pass()
  await waiting
  expect(fixture.store.projects()).toHaveLength(2)
})
