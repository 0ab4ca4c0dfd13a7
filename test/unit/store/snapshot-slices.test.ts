import { expect, it } from 'vitest'
import { type Task, TaskId } from '../../../events/index.ts'
import { Row } from '../../../projections/index.ts'
import { createHasher, sha256 } from '../../../src/platform/hash.ts'
import { Snapshotter, type SnapshotterOptions } from '../../../src/store/snapshotter.ts'
import { taskCreated } from '../../support/events.ts'
import { fold } from '../../support/fold.ts'
import { noRest, strictLogger } from '../../support/store-fixture.ts'
import { projectId, recordIdAt, task } from '../../support/vocabulary.ts'

const example = fold(taskCreated(task('0'))).task(task('0'))

/** Takes a snapshot of these tasks, and tells how many rows each slice of it has. */
const slicesOf = async (
  tasks: ReadonlyArray<Row<Task>>,
  options: Partial<SnapshotterOptions> = {},
): Promise<number[]> => {
  const slices: number[] = []
  const snapshotter = new Snapshotter({
    ...{ sha256, createHasher, ...noRest, logger: strictLogger, limits: { records: 1, bytes: 1 } },
    capture: () => ({
      ...{ projectId, position: { offset: tasks.length + 1, hash: sha256('') }, at: 0, id: recordIdAt(0) },
      ...{ project: [], sessions: [], keys: [], tasks },
    }),
    outstanding: () => [],
    snapshots: {
      list: async () => [],
      read: async () => undefined,
      remove: async () => {},
      write: async (_id, _offset, _header, parts) => {
        for await (const { length } of parts) slices.push(length)
      },
    },
    ...options,
  })
  snapshotter.replayed(projectId)
  await snapshotter.close()
  return slices
}

it('a snapshot of 100,000 tasks is made of slices of some hundred, with a rest after each that is longer than it took', async () => {
  const rests: number[] = []
  let hashed = 0
  let mostHashed = 0
  let now = 0
  const tasks = Array.from({ length: 100_000 }, (_, i) => {
    return new Row({ ...example, id: TaskId.parse(`task_${1_700_000_000_000 + i}`) }, i, i)
  })
  const slices = await slicesOf(tasks, {
    stopwatch: () => {
      now += 10
      return now
    },
    pause: async (ms) => {
      rests.push(ms)
      hashed = 0
    },
    sha256: (data) => {
      hashed += 1
      mostHashed = Math.max(mostHashed, hashed)
      return sha256(data)
    },
  })
  expect(slices).toEqual(Array(200).fill(500))
  expect(mostHashed).toBe(500)
  // Twice through the tasks, and once through the lines of the state's hash.
  expect(rests).toEqual(Array(600).fill(40))
})

it('a snapshot of tasks that have long timelines is made of slices of fewer', async () => {
  const withEntries = (entries: number): Row<Task> =>
    new Row({ ...example, timeline: Array(entries).fill(example.timeline[0]) }, 0, 0)
  const tasks = [10, 2000, 2000, 990, 1, 9000, 9000, 1, 1].map(withEntries)
  expect(await slicesOf(tasks)).toEqual([4, 1, 1, 1, 2])
})
