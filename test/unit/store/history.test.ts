import { beforeEach, describe, expect, it } from 'vitest'
import type { ProjectId } from '../../../events/index.ts'
import { ProjectState } from '../../../projections/index.ts'
import type { Commit } from '../../../src/store/commit.ts'
import { type BusyProject, busyProject } from '../../support/busy-project.ts'
import { allOf, openStore, type StoreFixture } from '../../support/store-fixture.ts'

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

const commits = async (id: ProjectId, from: number): Promise<Commit[]> => {
  const all: Commit[] = []
  for await (const commit of fixture.store.history.commitsFrom(id, from)) all.push(commit)
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

  it('is at every offset what it was then', async () => {
    for (const [offset, state] of states.entries()) {
      expect(allOf(await fixture.store.history.stateBefore(project.id, offset))).toEqual(state)
    }
  })

  it('gives the commits of then, from any offset on', async () => {
    for (const from of [0, 1, 7, live.length - 1, live.length]) {
      expect(await commits(project.id, from)).toMatchObject(live.slice(from))
    }
  })
})

it('the past of a project cannot be changed through what is handed out', async () => {
  await fixture.snapshot(project.id)
  const offset = live.length
  const state = await fixture.store.history.stateBefore(project.id, offset)
  for (const { entity } of state.task.rows()) entity.title = 'Changed'
  expect(allOf(await fixture.store.history.stateBefore(project.id, offset))).toEqual(states[offset])
  expect(allOf(fixture.stateOf(project.id))).toEqual(states[offset])
})
