import { beforeEach, describe, expect, it } from 'vitest'
import type { ProjectId } from '../../../events/index.ts'
import type { Snapshots } from '../../../src/log/snapshots.ts'
import { createHasher, sha256 } from '../../../src/platform/hash.ts'
import type { Commit } from '../../../src/store/commit.ts'
import { createHistory } from '../../../src/store/history.ts'
import { noVisitor } from '../../../src/store/load-visitor.ts'
import { SnapshotHeader } from '../../../src/store/snapshot.ts'
import { Snapshotter, type SnapshotterOptions } from '../../../src/store/snapshotter.ts'
import { type Logged, rememberingLogger } from '../../support/adoption.ts'
import { afterSteps } from '../../support/after-steps.ts'
import { busyProject } from '../../support/busy-project.ts'
import { createTask, deleteTask, updateTask } from '../../support/commands.ts'
import { ManualPauses } from '../../support/manual-pauses.ts'
import { MemorySnapshots } from '../../support/memory-snapshots.ts'
import { allOf, noRest, openStore, type StoreFixture } from '../../support/store-fixture.ts'
import { task } from '../../support/vocabulary.ts'

let fixture: StoreFixture
let project: ProjectId
let warnings: readonly Logged[]
beforeEach(async () => {
  fixture = await openStore()
  project = await fixture.givenProject()
})

const never = { records: Number.POSITIVE_INFINITY, bytes: Number.POSITIVE_INFINITY }

/** A snapshotter that follows the store. */
const following = (options: Partial<SnapshotterOptions> = {}): Snapshotter => {
  const { logger, lines } = rememberingLogger()
  warnings = lines
  const snapshotter = new Snapshotter({
    ...{ snapshots: fixture.snapshots, sha256, createHasher, ...noRest, logger, limits: never },
    capture: (id) => fixture.store.capture(id),
    outstanding: () => [],
    ...options,
  })
  fixture.store.subscribe((commits) => snapshotter.committed(commits))
  return snapshotter
}
const warned = () => warnings.filter(({ level }) => level === 'warn').map(({ fields }) => fields)
const kept = (id = project) => fixture.snapshots.list(id)
const add = async (count: number): Promise<void> => {
  for (let i = 0; i < count; i += 1) await fixture.givenTask(project)
}

describe('a snapshot', () => {
  it('is taken after so many records, and then after as many again', async () => {
    const snapshotter = following({ limits: { ...never, records: 5 } })
    await add(4)
    await snapshotter.idle()
    expect(await kept()).toEqual([])
    await add(1)
    await snapshotter.idle()
    expect(await kept()).toEqual([6])
    await add(9)
    await snapshotter.idle()
    expect(await kept()).toEqual([11, 6])
    await add(1)
    await snapshotter.idle()
    expect(await kept()).toEqual([16, 11])
  })

  it('is taken after so many bytes', async () => {
    const snapshotter = following({ limits: { ...never, bytes: 100_000 } })
    await fixture.send(project, createTask({ title: 'x'.repeat(60_000) }))
    await snapshotter.idle()
    expect(await kept()).toEqual([])
    await fixture.send(project, createTask({ title: 'x'.repeat(60_000) }))
    await snapshotter.idle()
    expect(await kept()).toEqual([3])
  })

  it('is taken at start, when what had to be read was too long', async () => {
    const other = await fixture.givenProject()
    const snapshotter = following({ limits: { ...never, records: 3 } })
    for (const id of [project, project, other, project, other]) snapshotter.replayed(id)
    expect(await kept()).toEqual([])
    snapshotter.start()
    await snapshotter.idle()
    expect([await kept(), await kept(other)]).toEqual([[1], []])
  })

  it('is taken at the end of every project that has changed since its last one, and of no other', async () => {
    const [quiet, busy] = [await fixture.givenProject(), await fixture.givenProject()]
    const snapshotter = following({ limits: { ...never, records: 2 } })
    await fixture.givenTask(busy)
    await add(2)
    await snapshotter.idle()
    await snapshotter.close()
    expect([await kept(), await kept(busy), await kept(quiet)]).toEqual([[3], [2], []])
    const [stored] = fixture.snapshotStorage.get(project)?.values() ?? []
    await snapshotter.close()
    expect([...(fixture.snapshotStorage.get(project)?.values() ?? [])]).toEqual([stored])
  })

  it('says of which history, fold and state it is', async () => {
    const { id } = await busyProject(fixture)
    await fixture.snapshot(id)
    const stored = await fixture.snapshots.read(id, fixture.store.positionOf(id).offset)
    expect(SnapshotHeader.parse(JSON.parse(stored?.header ?? ''))).toMatchObject({
      ...fixture.store.positionOf(id),
      projectId: id,
      stateHash: fixture.stateHash(id),
    })
  })

  it('is not taken of a project that takes no writes', async () => {
    const snapshotter = following({ capture: () => undefined })
    await add(1)
    await snapshotter.close()
    expect(await kept()).toEqual([])
    expect(warned()).toEqual([])
  })

  it('names what is gone and whose file may still be there', async () => {
    const gone = { kind: 'task', id: task('gone') } as const
    const snapshotter = following({ outstanding: (id) => (id === project ? [gone] : []) })
    await add(1)
    await snapshotter.close()
    const told: unknown[] = []
    await fixture.another({ visitor: { ...noVisitor, gone: (id, subject) => told.push([id, subject]) } })
    expect(told).toEqual([[project, gone]])
  })
})

describe('a snapshot that cannot be written', () => {
  const failing = (times: number): Snapshots => {
    let left = times
    return {
      list: (id) => fixture.snapshots.list(id),
      read: (id, offset) => fixture.snapshots.read(id, offset),
      remove: (id, offset) => fixture.snapshots.remove(id, offset),
      write: async (...args) => {
        left -= 1
        if (left >= 0) throw new Error('no room')
        return fixture.snapshots.write(...args)
      },
    }
  }

  it('is told, the server goes on, and the next one is due as much later', async () => {
    const snapshotter = following({ snapshots: failing(1), limits: { ...never, records: 3 } })
    await add(3)
    await snapshotter.idle()
    expect(warned()).toMatchObject([{ projectId: project, err: { message: 'no room' } }])
    await add(2)
    await snapshotter.idle()
    expect(await kept()).toEqual([])
    await add(1)
    await snapshotter.idle()
    expect(await kept()).toEqual([7])
    expect(warned()).toHaveLength(1)
  })

  it('does not keep others from being written', async () => {
    const other = await fixture.givenProject()
    const snapshotter = following({ snapshots: failing(1) })
    await add(1)
    await fixture.givenTask(other)
    await snapshotter.close()
    expect(warned()).toHaveLength(1)
    expect([await kept(), await kept(other)]).toEqual([[], [2]])
  })
})

describe('while a snapshot is written', () => {
  it('writes go on, and what is in it is of the moment when it was begun', async () => {
    const { pause, begun } = new ManualPauses()
    const { id, root, tasks } = await busyProject(fixture)
    await Promise.all(Array.from({ length: 1200 }, () => fixture.givenTask(id)))
    let capture = (of: ProjectId) => fixture.store.capture(of)
    let looks = 0
    const stopwatch = (): number => {
      looks += 1
      return looks / 20
    }
    const snapshotter = following({ pause, stopwatch, limits: { ...never, records: 1 }, capture: (of) => capture(of) })
    await fixture.send(id, updateTask(root, { title: 'Then' }))
    const { offset } = fixture.store.positionOf(id)
    capture = () => undefined
    let rests = 0
    for (;;) {
      const rest = await Promise.race([begun.next(), snapshotter.idle()])
      if (rest === undefined) break
      rests += 1
      await fixture.send(id, updateTask(root, { title: `Later ${rests}` }))
      if (rests === 2) await fixture.send(id, deleteTask(tasks[1] ?? root, true))
      await fixture.send(id, createTask({ title: 'New' }))
      rest.end()
    }
    expect(rests).toBeGreaterThan(8)
    expect(await kept(id)).toEqual([offset])
    const fromLog = createHistory({ log: fixture.log, snapshots: new MemorySnapshots(), sha256, pace: noRest })
    expect(allOf(await fixture.store.history.stateBefore(id, offset))).toEqual(
      allOf(await fromLog.stateBefore(id, offset)),
    )
  })

  it('another one that falls due waits for it', async () => {
    const { pause, begun } = new ManualPauses()
    const other = await fixture.givenProject()
    const order: string[] = []
    const snapshotter = following({
      pause,
      limits: { ...never, records: 1 },
      capture: (id) => {
        order.push(id)
        return fixture.store.capture(id)
      },
    })
    await add(1)
    await fixture.givenTask(other)
    await add(1)
    await begun.next()
    expect(order).toEqual([project])
    await snapshotter.close()
    expect(order).toEqual([project, other, project])
    expect([await kept(), await kept(other)]).toEqual([[3, 2], [2]])
  })
})

it.each(Array.from({ length: 20 }, (_, i) => i))(
  'a project that falls due %i steps after the end of another snapshot is not forgotten',
  async (steps) => {
    const commits: Commit[] = []
    fixture.store.subscribe((more) => {
      commits.push(...more)
    })
    const other = await fixture.givenProject()
    await add(1)
    let reached = Promise.resolve()
    const snapshots = new MemorySnapshots(fixture.snapshotStorage)
    const snapshotter = following({
      limits: { ...never, records: 1 },
      snapshots: {
        list: (id) => snapshots.list(id),
        read: (id, offset) => snapshots.read(id, offset),
        remove: (id, offset) => snapshots.remove(id, offset),
        write: async (id, ...rest) => {
          await snapshots.write(id, ...rest)
          if (id === project) reached = afterSteps(steps, () => snapshotter.committed(commits.filter(isOf(other))))
        },
      },
    })
    snapshotter.committed(commits.filter(isOf(project)))
    await snapshotter.idle()
    await reached
    await snapshotter.idle()
    expect([await kept(), await kept(other)]).toEqual([[2], [1]])
  },
)

const isOf = (id: ProjectId) => (commit: Commit) => commit.projectId === id
