import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import type { ProjectId } from '../../../events/index.ts'
import { ProjectState, rebuild } from '../../../projections/index.ts'
import type { Log } from '../../../src/log/log.ts'
import { sha256 } from '../../../src/platform/hash.ts'
import type { Commit } from '../../../src/store/commit.ts'
import { createHistory, type History } from '../../../src/store/history.ts'
import { Waypoints } from '../../../src/store/waypoints.ts'
import { type BusyProject, busyProject } from '../../support/busy-project.ts'
import { allOf, noRest, openStore, type StoreFixture } from '../../support/store-fixture.ts'

let fixture: StoreFixture
let live: Commit[]
let project: BusyProject
/** What there was before the record at each offset. */
let states: string[][]
beforeEach(async () => {
  fixture = await openStore()
  live = []
  const state = new ProjectState()
  states = [[]]
  fixture.store.subscribe((commits) => {
    for (const commit of commits) {
      live.push(commit)
      state.apply(commit.changes, commit.record.offset)
      states.push(allOf(state))
    }
  })
  project = await busyProject(fixture)
})

/** A log that counts the records that are read from it. */
const counting = (log: Log): Log & { readonly read: Log['read']; records: number } => {
  const counted = {
    records: 0,
    list: () => log.list(),
    replay: log.replay.bind(log),
    append: log.append.bind(log),
    async *read(id: ProjectId, from: number, limit?: number) {
      for await (const block of log.read(id, from, limit)) {
        counted.records += block.next - block.from
        yield block
      }
    },
    head: (id: ProjectId) => log.head(id),
    status: (id: ProjectId) => log.status(id),
    moved: log.moved.bind(log),
    close: () => log.close(),
  }
  return counted
}

const historyOf = (distance: number, waypoints?: Waypoints, log: Log = fixture.log): History =>
  createHistory(
    { log, snapshots: fixture.snapshots, sha256, pace: noRest },
    { waypointEvery: () => distance, ...(waypoints && { waypoints }) },
  )

const commits = async (history: History, from: number): Promise<Commit[]> => {
  const all: Commit[] = []
  for await (const commit of history.commitsFrom(project.id, from)) all.push(commit)
  return all
}

const sources: Array<[string, () => Promise<void>]> = [
  ['the log alone', async () => {}],
  ['a snapshot and the log', () => fixture.snapshot(project.id)],
  [
    'snapshots of which the newest cannot be used',
    async () => {
      await fixture.snapshot(project.id)
      await fixture.givenTask(project.id)
      await fixture.snapshot(project.id)
      const kept = fixture.snapshotStorage.get(project.id)
      for (const [offset, stored] of kept ?? []) {
        if (offset === live.length) kept?.set(offset, { ...stored, header: '{}' })
      }
    },
  ],
]

describe.each(sources)('the past, from %s', (_, prepare) => {
  beforeEach(() => prepare())

  it('is at every offset what it was then, whatever was asked before, and however many states are kept', async () => {
    const asked = fc.array(fc.nat({ max: states.length - 1 }), { minLength: 1, maxLength: 12 })
    await fc.assert(
      fc.asyncProperty(
        asked,
        fc.constantFrom(1, 2, 5, 100),
        fc.constantFrom(0, 9_000, 1e9),
        async (all, distance, room) => {
          const history = historyOf(distance, new Waypoints(room))
          for (const offset of all) {
            expect(allOf(await history.stateBefore(project.id, offset))).toEqual(states[offset])
          }
          const together = await Promise.all(all.map((offset) => history.stateBefore(project.id, offset)))
          expect(together.map(allOf)).toEqual(all.map((offset) => states[offset]))
        },
      ),
      { numRuns: 60 },
    )
  })

  it('gives the commits of then, from any offset on', async () => {
    const history = historyOf(3)
    for (const from of [0, 1, 7, live.length - 1, live.length]) {
      expect(await commits(history, from)).toMatchObject(live.slice(from))
    }
  })

  it('belongs to whoever asked: who goes on from it changes it for nobody else', async () => {
    const history = historyOf(3)
    const middle = 11
    const [first, second] = [
      await history.stateBefore(project.id, middle),
      await history.stateBefore(project.id, middle),
    ]
    for await (const { record } of history.recordsFrom(project.id, middle)) rebuild(first, record)
    expect(allOf(first)).toEqual(states.at(-1))
    await commits(history, middle)
    expect(allOf(second)).toEqual(states[middle])
    expect(allOf(await history.stateBefore(project.id, middle))).toEqual(states[middle])
  })
})

describe('the states that are kept', () => {
  it('spare whoever comes after most of the way', async () => {
    const log = counting(fixture.log)
    const history = historyOf(4, new Waypoints(), log)
    const read = async (offset: number): Promise<number> => {
      log.records = 0
      await history.stateBefore(project.id, offset)
      return log.records
    }
    expect(await read(14)).toBe(14)
    expect(await read(15)).toBe(3)
    expect(await read(12)).toBe(0)
    expect(await read(3)).toBe(3)
    expect(await read(17)).toBe(5)
    expect(await read(17)).toBe(1)
  })

  it('begin at a snapshot where that is nearer by far', async () => {
    await fixture.snapshot(project.id)
    for (let i = 0; i < 3; i += 1) await fixture.givenTask(project.id)
    const log = counting(fixture.log)
    const history = historyOf(4, new Waypoints(), log)
    const head = live.length
    await history.stateBefore(project.id, head)
    expect(log.records).toBe(3)
    await history.stateBefore(project.id, 5)
    expect(log.records).toBe(8)
    await history.stateBefore(project.id, head - 2)
    expect(log.records).toBe(9)
    expect(allOf(await history.stateBefore(project.id, head - 3))).toEqual(states[head - 3])
  })

  it('are dropped where there is no room for them, those of other projects first', async () => {
    const other = await fixture.givenProject()
    for (let i = 0; i < 15; i += 1) await fixture.givenTask(other)
    const log = counting(fixture.log)
    const history = historyOf(2, new Waypoints(30_000), log)
    const read = async (id: ProjectId, offset: number): Promise<number> => {
      log.records = 0
      await history.stateBefore(id, offset)
      return log.records
    }
    expect(await read(project.id, 13)).toBe(13)
    expect(await read(project.id, 13)).toBe(1)
    expect(await read(other, 13)).toBe(13)
    expect(await read(other, 13)).toBe(1)
    expect(await read(project.id, 13)).toBe(13)
  })
})
