import { beforeEach, describe, expect, it } from 'vitest'
import { maxRecordBytes, type ProjectId, type TaskId } from '../../../events/index.ts'
import { maxStaged } from '../../../src/store/project-store.ts'
import { addTimelineEntry, createTask, updateTask } from '../../support/commands.ts'
import { allOf, openStore, quiet, type StoreFixture, watch } from '../../support/store-fixture.ts'

let fixture: StoreFixture
let project: ProjectId
let task: TaskId
beforeEach(async () => {
  fixture = await openStore()
  project = await fixture.givenProject()
  task = await fixture.givenTask(project)
})

const note = (message: string) => addTimelineEntry({ taskId: task, entry: { type: 'update', message } })
const sizes = () => fixture.log.arrivals.map(({ drafts }) => drafts.length)

describe('while one append is under way', () => {
  it('all that comes gathers and goes out as the next one, in order', async () => {
    fixture.log.hold()
    const first = watch(fixture.send(project, note('0')))
    const arrival = await fixture.log.next()
    const others = Array.from({ length: 99 }, (_, i) => watch(fixture.send(project, note(String(i + 1)))))
    await quiet()
    expect(fixture.log.waiting).toBe(0)
    arrival.pass()
    const gathered = await fixture.log.next()
    expect(gathered.drafts).toHaveLength(99)
    expect(first.answer?.receipt.offset).toBe(3)
    gathered.pass()
    await quiet()
    expect(others.map(({ answer }) => answer?.receipt.offset)).toEqual(Array.from({ length: 99 }, (_, i) => i + 4))
    const messages = fixture.store
      .task(task)
      ?.entity.timeline.slice(1)
      .map(({ message }) => message)
    expect(messages).toEqual(Array.from({ length: 100 }, (_, i) => String(i)))
  })

  it('another project goes on by itself', async () => {
    const other = await fixture.givenProject('Other')
    fixture.log.hold()
    const slow = watch(fixture.send(project, createTask({ title: 'Slow' })))
    const arrival = await fixture.log.next()
    fixture.log.release()
    const { outcome } = await fixture.send(other, createTask({ title: 'Fast' }))
    expect(outcome).toBe('appended')
    expect(slow.answer).toBeUndefined()
    arrival.pass()
    await slow.promise
  })
})

it('what is asked for before anything is written goes out as one append', async () => {
  const deferred: Array<() => void> = []
  fixture = await fixture.another({ defer: (run) => deferred.push(run) })
  const answers = ['a', 'b', 'c'].map((message) => fixture.send(project, note(message)))
  await quiet()
  expect(sizes()).toEqual([])
  for (const run of deferred.splice(0)) run()
  await Promise.all(answers)
  expect(sizes()).toEqual([3])
  expect(deferred).toEqual([])
})

it('one append writes some megabytes at most, so that a long queue does not hold up everything else', async () => {
  const megabyte = 'x'.repeat(1_000_000)
  fixture.log.hold()
  const answers = [fixture.send(project, note('first'))]
  const arrival = await fixture.log.next()
  for (let i = 0; i < 20; i += 1) answers.push(fixture.send(project, note(megabyte)))
  arrival.pass()
  fixture.log.release()
  await Promise.all(answers)
  // Two for the project and the task.
  expect(sizes().slice(2)).toEqual([1, 8, 8, 4])
})

describe('a change that makes a record of more than 1 MiB', () => {
  it.each([
    ['in one-byte characters', 'x'.repeat(maxRecordBytes)],
    ['in two-byte characters', 'é'.repeat(maxRecordBytes / 2)],
    ['in characters that JSON escapes', '\u0001'.repeat(maxRecordBytes / 6)],
  ])('%s is refused before anything is written or staged', async (_, title) => {
    const before = allOf(fixture.stateOf(project))
    const appends = fixture.log.arrivals.length
    await expect(fixture.send(project, updateTask(task, { title }))).rejects.toMatchObject({
      code: 'PAYLOAD_TOO_LARGE',
    })
    expect(fixture.log.arrivals).toHaveLength(appends)
    expect(allOf(fixture.stateOf(project))).toEqual(before)
    expect((await fixture.send(project, updateTask(task, { title: 'New' }))).sight).toMatchObject({ version: 2 })
  })

  it('does not take with it what was sent beside it', async () => {
    fixture.log.hold()
    const one = watch(fixture.send(project, note('one')))
    const big = watch(fixture.send(project, note('x'.repeat(maxRecordBytes))))
    const two = watch(fixture.send(project, note('two')))
    fixture.log.release()
    await quiet()
    expect([one.answer?.receipt.offset, two.answer?.receipt.offset]).toEqual([3, 4])
    expect(big.refusal).toMatchObject({ code: 'PAYLOAD_TOO_LARGE' })
  })
})

describe('more changes than may wait for the disk', () => {
  it('are refused at once, and none that was taken is lost', async () => {
    fixture.log.hold()
    const answers = [fixture.send(project, note('first'))]
    const arrival = await fixture.log.next()
    for (let i = 0; i < maxStaged; i += 1) answers.push(fixture.send(project, createTask({ title: 'Task' })))
    const refused = [watch(fixture.send(project, note('late'))), watch(fixture.send(project, note('later')))]
    await quiet()
    expect(refused).toMatchObject([{ refusal: { code: 'RATE_LIMITED' } }, { refusal: { code: 'RATE_LIMITED' } }])
    arrival.pass()
    fixture.log.release()
    await Promise.all(answers)
    expect(fixture.store.tasks(project, {})).toHaveLength(maxStaged + 1)
    expect((await fixture.send(project, note('now'))).outcome).toBe('appended')
    expect(fixture.store.task(task)?.entity.timeline.slice(1)).toMatchObject([{ message: 'first' }, { message: 'now' }])
  })
})
