import { beforeEach, describe, expect, it } from 'vitest'
import type { ProjectId, TaskId } from '../../../events/index.ts'
import { AppError } from '../../../src/errors.ts'
import { createSession, deleteTask, updateTask } from '../../support/commands.ts'
import { byUser, ifMatch, openStore, quiet, type StoreFixture, watch, withKey } from '../../support/store-fixture.ts'
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
const chosen = createSession({ sessionId: session('chosen') })

/** Answers that append nothing: what is sent, what after it, and how that ends, whether the first is kept or dropped. */
const scenes = [
  {
    name: 'that nothing is to be changed',
    send: () => fixture.send(project, updateTask(task, { title: 'New' })),
    repeat: () => fixture.send(project, updateTask(task, { title: 'New' })),
    kept: { answer: { outcome: 'unchanged', sight: { version: 2, entity: { title: 'New' } }, receipt: { offset: 3 } } },
    dropped: { answer: { outcome: 'appended', sight: { version: 2, entity: { title: 'New' } } } },
  },
  {
    name: 'that something is not there any more',
    send: () => fixture.send(project, deleteTask(task)),
    repeat: () => fixture.send(project, updateTask(task, { title: 'New' })),
    kept: { refusal: { code: 'TASK_NOT_FOUND' } },
    dropped: { answer: { outcome: 'appended', sight: { version: 2, entity: { title: 'New' } } } },
  },
  {
    name: 'that a session id is taken',
    send: () => fixture.send(project, chosen),
    repeat: () => fixture.send(project, chosen),
    kept: { refusal: { code: 'SESSION_EXISTS' } },
    dropped: { answer: { outcome: 'appended', sight: { version: 2, id: session('chosen') } } },
  },
  {
    name: 'that the version is another one',
    send: () => fixture.send(project, updateTask(task, { title: 'New' })),
    repeat: () => fixture.send(project, updateTask(task, { title: 'Newer' }), ifMatch(1)),
    kept: { refusal: { code: 'VERSION_CONFLICT', details: { current: '"2"' } } },
    dropped: { answer: { outcome: 'appended', sight: { version: 2, entity: { title: 'Newer' } } } },
  },
  {
    name: 'that the same request was carried out before',
    send: () => fixture.send(project, updateTask(task, { title: 'New' }), withKey('k')),
    repeat: () => fixture.send(project, updateTask(task, { title: 'New' }), withKey('k')),
    kept: { answer: { outcome: 'replayed', sight: { version: 2, entity: { title: 'New' } }, receipt: { offset: 3 } } },
    dropped: { answer: { outcome: 'appended', sight: { version: 2, entity: { title: 'New' } } } },
  },
  {
    name: 'that the key stands for another request',
    send: () => fixture.send(project, updateTask(task, { title: 'New' }), withKey('k', 'one')),
    repeat: () => fixture.send(project, updateTask(task, { title: 'Newer' }), withKey('k', 'two')),
    kept: { refusal: { code: 'IDEMPOTENCY_MISMATCH' } },
    dropped: { answer: { outcome: 'appended', sight: { version: 2, entity: { title: 'Newer' } } } },
  },
]

describe.each(scenes)('the answer $name', ({ send, repeat, kept, dropped }) => {
  it('waits until what it rests on is durable', async () => {
    fixture.log.hold()
    const [one, two] = [watch(send()), watch(repeat())]
    const arrival = await fixture.log.next()
    await quiet()
    expect([one.answer, one.refusal, two.answer, two.refusal]).toEqual(Array(4).fill(undefined))
    arrival.pass()
    await quiet()
    expect(one.answer?.outcome).toBe('appended')
    expect(two).toMatchObject(kept)
    expect(fixture.store.positionOf(project).offset).toBe(3)
  })

  it('is not given when what it rests on was dropped: it is decided again', async () => {
    fixture.log.hold()
    const [one, two] = [watch(send()), watch(repeat())]
    const arrival = await fixture.log.next()
    arrival.fail(full)
    fixture.log.release()
    await quiet()
    expect(one.refusal).toBe(full)
    expect(two).toMatchObject(dropped)
    expect(fixture.store.positionOf(project).offset).toBe(3)
  })
})

it('an answer that rests on two changes waits for the second', async () => {
  fixture.log.hold()
  const one = watch(fixture.send(project, updateTask(task, { title: 'One' })))
  const first = await fixture.log.next()
  const two = watch(fixture.send(project, updateTask(task, { title: 'Two' })))
  const same = watch(fixture.send(project, updateTask(task, { title: 'Two' })))
  first.pass()
  const second = await fixture.log.next()
  await quiet()
  expect(one.answer?.receipt.offset).toBe(3)
  expect([two.answer, same.answer]).toEqual([undefined, undefined])
  second.pass()
  await quiet()
  expect(two.answer?.receipt.offset).toBe(4)
  expect(same.answer).toMatchObject({ outcome: 'unchanged', receipt: two.answer?.receipt })
})

it('an answer that rests on nothing staged is given at once', async () => {
  const same = await fixture.send(project, updateTask(task, { title: 'Task' }))
  expect(same).toMatchObject({ outcome: 'unchanged', sight: { version: 1 }, receipt: { offset: 2 } })
})

it('that nothing is to be changed is told of the entity as it is then, whatever the same write does to it later', async () => {
  const deferred: Array<() => void> = []
  fixture = await fixture.another({ defer: (run) => deferred.push(run) })
  const renamed = watch(fixture.send(project, updateTask(task, { title: 'New' })))
  const same = watch(fixture.send(project, updateTask(task, { title: 'New' })))
  const gone = watch(fixture.send(project, deleteTask(task)))
  for (const run of deferred) run()
  await quiet()
  expect(fixture.log.arrivals.map(({ drafts }) => drafts.length)).toEqual([2])
  expect(same.answer).toEqual({ ...renamed.answer, outcome: 'unchanged' })
  expect(gone.answer?.sight).toMatchObject({ version: 3, entity: undefined })
})

describe('a session id that a change of another project has taken', () => {
  let other: ProjectId
  beforeEach(async () => {
    other = await fixture.givenProject('Other')
    fixture.log.hold()
  })

  it('is refused when that change is durable', async () => {
    const first = watch(fixture.send(project, chosen))
    const arrival = await fixture.log.next()
    const second = watch(fixture.send(other, chosen))
    await quiet()
    expect(second.refusal).toBeUndefined()
    arrival.pass()
    await quiet()
    expect(first.answer?.outcome).toBe('appended')
    expect(second.refusal).toMatchObject({ code: 'SESSION_EXISTS' })
    expect(fixture.store.sessions(other, {})).toEqual([])
  })

  it('is given away when that change was dropped', async () => {
    const first = watch(fixture.send(project, chosen))
    const arrival = await fixture.log.next()
    const second = watch(fixture.send(other, chosen))
    arrival.fail(full)
    fixture.log.release()
    await quiet()
    expect(first.refusal).toBe(full)
    expect(second.answer).toMatchObject({ outcome: 'appended', sight: { id: session('chosen') } })
    expect(fixture.store.session(session('chosen'))?.entity.projectId).toBe(other)
  })
})

it('a command to a session that was only staged, and was dropped, does not find it', async () => {
  fixture.log.hold()
  const created = watch(fixture.send(project, chosen))
  const linked = watch(fixture.send(project, { type: 'link-task', sessionId: session('chosen'), taskId: task }, byUser))
  const arrival = await fixture.log.next()
  arrival.fail(full)
  fixture.log.release()
  await quiet()
  expect(created.refusal).toBe(full)
  expect(linked.refusal).toMatchObject({ code: 'INSUFFICIENT_STORAGE' })
  const later = watch(fixture.send(project, { type: 'link-task', sessionId: session('chosen'), taskId: task }, byUser))
  await quiet()
  expect(later.refusal).toMatchObject({ code: 'SESSION_NOT_FOUND' })
})
