import { beforeEach, describe, expect, it } from 'vitest'
import type { ProjectId, TaskId } from '../../../events/index.ts'
import { stateHash } from '../../../projections/index.ts'
import { sha256 } from '../../../src/platform/hash.ts'
import type { Commit } from '../../../src/store/commit.ts'
import { addTimelineEntry, createSession, createTask, deleteTask, updateTask } from '../../support/commands.ts'
import { allOf, ifMatch, openStore, quiet, type StoreFixture, watch, withKey } from '../../support/store-fixture.ts'
import { session } from '../../support/vocabulary.ts'

/** Two servers over one shared log, as they would be over one database. */
let one: StoreFixture
let two: StoreFixture
let project: ProjectId
let task: TaskId
beforeEach(async () => {
  one = await openStore()
  project = await one.givenProject()
  task = await one.givenTask(project)
  two = await one.another()
})

const entry = (message: string) => addTimelineEntry({ taskId: task, entry: { type: 'update', message } })

/** A server knows what others wrote once it has written itself. Then both tell the same, and so does a third. */
const expectToAgree = async (): Promise<void> => {
  await one.send(project, entry('one'))
  await two.send(project, entry('two'))
  const { offset } = two.store.positionOf(project)
  await one.send(project, entry('one again'))
  expect(stateHash(await one.store.history.stateBefore(project, offset), sha256)).toBe(two.stateHash(project))
  const three = await one.another()
  expect(allOf(one.stateOf(project))).toEqual(allOf(three.stateOf(project)))
}

it('two servers that write at the same time both keep writing, lose nothing, and end with the same state', async () => {
  const answers = Array.from({ length: 200 }, (_, i) =>
    (i % 2 === 0 ? one : two).send(project, i % 5 === 0 ? createTask({ title: `${i}` }) : entry(`${i}`)),
  )
  const offsets = (await Promise.all(answers)).map(({ receipt }) => receipt.offset)
  expect(offsets.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 200 }, (_, i) => i + 3))
  await expectToAgree()
})

it('what another server wrote is told to all who follow, in order and without a gap', async () => {
  const commits: Commit[] = []
  two.store.subscribe((more) => {
    commits.push(...more)
  })
  for (let i = 0; i < 5; i += 1) await one.send(project, entry(`${i}`))
  await two.send(project, entry('mine'))
  expect(commits.map(({ record }) => record.offset)).toEqual([2, 3, 4, 5, 6, 7])
  expect(commits.map(({ next }) => next.offset)).toEqual([3, 4, 5, 6, 7, 8])
  expect(two.store.task(task)?.entity.timeline.map(({ message }) => message)).toEqual([
    ...['Task created', '0', '1', '2', '3', '4', 'mine'],
  ])
})

describe('a command that was decided before another server wrote', () => {
  it('is decided again', async () => {
    await one.send(project, deleteTask(task))
    await expect(two.send(project, updateTask(task, { title: 'Late' }))).rejects.toMatchObject({
      code: 'TASK_NOT_FOUND',
    })
    expect(two.store.tasks(project, {})).toEqual([])
  })

  it('and all that was staged on top of it are decided again, in order', async () => {
    two.log.hold()
    const first = watch(two.send(project, entry('first')))
    const arrival = await two.log.next()
    const same = watch(two.send(project, updateTask(task, { title: 'New' })))
    const second = watch(two.send(project, entry('second')))
    await one.send(project, updateTask(task, { title: 'New' }))
    arrival.pass()
    two.log.release()
    await quiet()
    expect(first.answer?.receipt.offset).toBe(4)
    expect(same.answer).toMatchObject({ outcome: 'unchanged', sight: { version: 3 }, receipt: { offset: 4 } })
    expect(second.answer?.receipt.offset).toBe(5)
    await expectToAgree()
  })

  it('does not claim what has been claimed: of many who match the same version one wins', async () => {
    const claims = Array.from({ length: 20 }, (_, i) =>
      watch((i % 2 === 0 ? one : two).send(project, updateTask(task, { title: `${i}` }), ifMatch(1))),
    )
    await quiet()
    expect(claims.filter(({ answer }) => answer !== undefined)).toHaveLength(1)
    for (const { refusal } of claims.filter(({ answer }) => answer === undefined)) {
      expect(refusal).toMatchObject({ code: 'VERSION_CONFLICT', details: { current: '"2"' } })
    }
    await expectToAgree()
  })

  it('does not make a session twice', async () => {
    const created = [one, two].map((server) => watch(server.send(project, createSession({ sessionId: session('s') }))))
    await quiet()
    expect(created.filter(({ answer }) => answer?.outcome === 'appended')).toHaveLength(1)
    expect(created.filter(({ refusal }) => refusal?.code === 'SESSION_EXISTS')).toHaveLength(1)
    await expectToAgree()
  })

  it('is not carried out twice under one idempotency key', async () => {
    const created = [one, two].map((server) => watch(server.send(project, createTask({ title: 'New' }), withKey('k'))))
    await quiet()
    const [first, second] = created.map(({ answer }) => answer)
    expect([first?.outcome, second?.outcome].sort()).toEqual(['appended', 'replayed'])
    expect(second?.sight).toEqual(first?.sight)
    expect(second?.receipt).toEqual(first?.receipt)
    await expectToAgree()
  })
})

describe('a log that is not the one that a server has read', () => {
  /** The log of another server, which began in the same way. */
  const otherHistory = async (records: number) => {
    const other = await openStore()
    expect(await other.givenProject()).toBe(project)
    for (let i = 1; i < records; i += 1) await other.givenTask(project, `Other ${i}`)
    const log = other.storage.get(project)
    if (log === undefined) throw new Error('no log')
    return log
  }

  it.each([
    ['as long', 2],
    ['shorter', 1],
    ['longer', 5],
  ])('but is %s takes no writes, and nothing of it is mixed into the state', async (_, records) => {
    one.storage.set(project, await otherHistory(records))
    const before = allOf(one.stateOf(project))
    const late = watch(one.send(project, entry('late')))
    await quiet()
    expect(late.refusal).toMatchObject({ code: 'LOG_UNAVAILABLE' })
    expect(allOf(one.stateOf(project))).toEqual(before)
  })
})
