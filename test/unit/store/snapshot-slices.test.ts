import fc from 'fast-check'
import { beforeEach, expect, it } from 'vitest'
import { type Task, TaskId } from '../../../events/index.ts'
import { Row, stateLine } from '../../../projections/index.ts'
import { createHasher, sha256 } from '../../../src/platform/hash.ts'
import { merged } from '../../../src/store/merged.ts'
import { SnapshotHeader } from '../../../src/store/snapshot.ts'
import { Snapshotter } from '../../../src/store/snapshotter.ts'
import { taskCreated } from '../../support/events.ts'
import { fold } from '../../support/fold.ts'
import { strictLogger } from '../../support/store-fixture.ts'
import { projectId, recordIdAt, task } from '../../support/vocabulary.ts'

let now: number
let rests: number[]
beforeEach(() => {
  now = 0
  rests = []
})

const example = fold(taskCreated(task('0'))).task(task('0'))

/** A task with a number, which takes so long to be made into text, ms. */
const slowTask = (i: number, ms: number): Row<Task> => {
  const plain = { ...example, id: TaskId.parse(`task_${i}`) }
  const toJSON = (): Task => {
    now += ms
    return plain
  }
  return new Row(Object.assign({ ...plain }, { toJSON }), i, i)
}

/** Takes a snapshot of these tasks, and tells how many of them each slice of it has, and the hash of the state. */
const slicesOf = async (tasks: ReadonlyArray<Row<Task>>): Promise<{ slices: number[]; stateHash: string }> => {
  const slices: number[] = []
  let stateHash = ''
  const snapshotter = new Snapshotter({
    ...{ sha256, createHasher, logger: strictLogger, limits: { records: 1, bytes: 1 } },
    stopwatch: () => now,
    pause: async (ms) => {
      rests.push(ms)
    },
    capture: () => ({
      ...{ projectId, position: { offset: tasks.length + 1, hash: sha256('') }, at: 0, id: recordIdAt(0) },
      ...{ project: [], sessions: [], keys: [], tasks },
    }),
    outstanding: () => [],
    snapshots: {
      list: async () => [],
      read: async () => undefined,
      remove: async () => {},
      write: async (_id, _offset, header, parts) => {
        stateHash = SnapshotHeader.parse(JSON.parse(header)).stateHash
        for await (const rows of parts) slices.push(rows.filter((row) => !isPage(row)).length)
      },
    },
  })
  snapshotter.replayed(projectId)
  await snapshotter.close()
  return { slices, stateHash }
}

/** Whether a row holds the heads of the tasks in the next ones, which here takes no time. */
const isPage = (row: string): boolean => row.startsWith('{"kind":"page"')

it('a snapshot of 100,000 tasks is made in slices of five milliseconds, with a rest after each that is longer than it took', async () => {
  const { slices } = await slicesOf(Array.from({ length: 100_000 }, (_, i) => slowTask(i, 1 / 16)))
  expect(slices).toEqual(Array(1250).fill(80))
  // For the hash of each task, for merging them, which here takes no time, and for the rows.
  expect(rests).toEqual([...Array(1250).fill(20), 0, ...Array(1250).fill(20)])
})

it('a task that takes long ends the slice that it is in', async () => {
  const { slices } = await slicesOf([1, 1, 1, 20, 2, 2, 2, 30, 1, 1].map((ms, i) => slowTask(i, ms)))
  expect(slices).toEqual([4, 3, 1, 2])
})

it('the hash of a state in many slices is that of all its lines, sorted', async () => {
  const tasks = Array.from({ length: 1000 }, (_, i) => slowTask((i * 7919) % 1000, 1))
  const lines = tasks.map((row) => stateLine(row, sha256)).sort()
  expect((await slicesOf(tasks)).stateHash).toBe(sha256(lines.join('')))
})

it('sorted lists are merged into one', () => {
  fc.assert(
    fc.property(fc.array(fc.array(fc.string({ unit: 'binary', maxLength: 3 }))), (lists) => {
      const sorted = lists.map((list) => list.toSorted())
      expect([...merged(sorted)]).toEqual(lists.flat().sort())
    }),
  )
})
