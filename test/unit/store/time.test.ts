import { beforeEach, describe, expect, it } from 'vitest'
import type { EventRecord, ProjectId, TaskId } from '../../../events/index.ts'
import { sha256 } from '../../../src/platform/hash.ts'
import { readRecords } from '../../../src/store/records.ts'
import { addTimelineEntry, createSubtask, createTask, updateTask } from '../../support/commands.ts'
import { openStore, type StoreFixture } from '../../support/store-fixture.ts'
import { timeAt } from '../../support/vocabulary.ts'

let fixture: StoreFixture
let project: ProjectId
let task: TaskId
beforeEach(async () => {
  fixture = await openStore()
  project = await fixture.givenProject()
  task = await fixture.givenTask(project)
})

const records = async (): Promise<EventRecord[]> => {
  const all: EventRecord[] = []
  for await (const { record } of readRecords(fixture.log, sha256, project, 0)) all.push(record)
  return all
}
const note = () => fixture.send(project, addTimelineEntry({ taskId: task, entry: { type: 'update', message: 'm' } }))
const sorted = <T>(values: readonly T[]): boolean =>
  values.every((value, i) => i === 0 || (values[i - 1] ?? value) < value)

describe('a clock that jumps back', () => {
  const times = [5, 9, 3, 0, 9, 8, 20, 1].map(timeAt)

  it('makes no record earlier than the one before it, in its time or its id', async () => {
    for (const time of times) {
      fixture.now = time
      await note()
      await Promise.all([note(), note()])
    }
    const all = await records()
    expect(all.map(({ at }) => at)).toEqual([
      ...[timeAt(0), timeAt(0)],
      ...[5, 9, 9, 9, 9, 9, 20, 20].flatMap((second) => [timeAt(second), timeAt(second), timeAt(second)]),
    ])
    expect(sorted(all.map(({ id }) => id))).toBe(true)
  })

  it('does so across a restart too, from the log and from a snapshot', async () => {
    fixture.now = timeAt(9)
    await note()
    for (const restart of [() => fixture.another(), () => fixture.snapshot(project).then(() => fixture.another())]) {
      fixture = await restart()
      fixture.now = timeAt(2)
      await note()
    }
    const all = await records()
    expect(all.map(({ at }) => at).slice(2)).toEqual([timeAt(9), timeAt(9), timeAt(9)])
    expect(sorted(all.map(({ id }) => id))).toBe(true)
  })

  it('does not let the times of an entity run backwards', async () => {
    fixture.now = timeAt(50)
    await fixture.send(project, updateTask(task, { status: 'in_progress' }))
    fixture.now = timeAt(10)
    const { sight } = await fixture.send(project, updateTask(task, { status: 'completed' }))
    expect(sight.entity).toMatchObject({ startedAt: timeAt(50), completedAt: timeAt(50), updatedAt: timeAt(50) })
    expect(fixture.store.task(task)?.entity).toEqual(sight.entity)
  })

  it('in one project does not hold up the time of another', async () => {
    fixture.now = timeAt(9)
    await note()
    fixture.now = timeAt(4)
    const other = await fixture.givenProject('Other')
    expect(fixture.store.project(other)?.entity.createdAt).toBe(timeAt(4))
  })
})

describe('ids that are made in one millisecond', () => {
  it('sort in creation order', async () => {
    const created = await Promise.all(Array.from({ length: 300 }, () => fixture.givenTask(project)))
    expect(sorted(created)).toBe(true)
    const projects: ProjectId[] = []
    for (let i = 0; i < 20; i += 1) projects.push(await fixture.givenProject())
    expect(sorted(projects)).toBe(true)
    const subtasks = []
    for (let i = 0; i < 20; i += 1) {
      const { sight } = await fixture.send(project, createSubtask({ taskId: task, title: 'Step' }))
      if (sight.kind === 'task') subtasks.push(sight.entity?.subtasks.at(-1)?.id ?? '')
    }
    expect(subtasks).toHaveLength(20)
    expect(sorted(subtasks)).toBe(true)
  })

  it('of entries of one record do so as well', async () => {
    const timeline = Array.from({ length: 100 }, () => ({ type: 'update' as const }))
    const { sight } = await fixture.send(project, updateTask(task, { timeline }))
    const ids = sight.kind === 'task' ? (sight.entity?.timeline.map(({ id }) => id) ?? []) : []
    expect(ids).toHaveLength(101)
    expect(sorted(ids)).toBe(true)
  })

  it('are lower case, and the same for whoever folds the log', async () => {
    const { sight } = await fixture.send(project, createTask({ title: 'Task' }))
    expect(sight.id).toMatch(/^task_[0-9]+_[0-9a-z]{16}$/)
    const again = await fixture.another()
    expect(again.store.tasks(project, {})).toEqual(fixture.store.tasks(project, {}))
  })
})
