import { beforeEach, describe, expect, it } from 'vitest'
import { EntryId, ProjectId, type UnsealedRecord } from '../../../events/index.ts'
import { sha256 } from '../../../src/platform/hash.ts'
import type { Commit } from '../../../src/store/commit.ts'
import { RecentCommits } from '../../../src/store/recent-commits.ts'
import { projectCreated, sessionCreated, taskAdopted, taskCreated, timelineAdded } from '../../support/events.ts'
import { fold, recordOf } from '../../support/fold.ts'
import { session, task } from '../../support/vocabulary.ts'

const [a, b] = ['proj_a', 'proj_b'].map((name) => ProjectId.parse(name))
if (a === undefined || b === undefined) throw new Error('two projects')

/** A commit that weighs what its line does, and what commits weigh beside it. */
const commitOf = (projectId: ProjectId, offset: number, lineBytes = 1000): Commit => {
  const record: UnsealedRecord = { ...recordOf(taskCreated(task('t')), offset), projectId }
  const line = 'x'.repeat(lineBytes)
  return { projectId, record, changes: [], line, next: { offset: offset + 1, hash: sha256(line) } }
}

let recent: RecentCommits
beforeEach(() => {
  recent = new RecentCommits(10_000)
  recent.follow()
})

const kept = (projectId: ProjectId, upTo = 40) =>
  Array.from({ length: upTo }, (_, i) => i).filter((offset) => recent.at(projectId, offset) !== undefined)

describe('recent commits', () => {
  it('are found by project and offset', () => {
    const commit = commitOf(a, 3)
    recent.add(commit)
    expect(recent.at(a, 3)).toBe(commit)
    expect([recent.at(a, 2), recent.at(a, 4), recent.at(b, 3)]).toEqual([undefined, undefined, undefined])
  })

  it('are the last ones of all projects that weigh no more than the limit together', () => {
    for (let i = 0; i < 20; i += 1) recent.add(commitOf(i % 2 === 0 ? a : b, Math.floor(i / 2)))
    // Each weighs some 1,500 bytes.
    expect([kept(a), kept(b)]).toEqual([
      [7, 8, 9],
      [7, 8, 9],
    ])
    for (let i = 10; i < 40; i += 1) recent.add(commitOf(a, i))
    expect([kept(a), kept(b)]).toEqual([[34, 35, 36, 37, 38, 39], []])
  })

  it('that weigh more than all may are not kept', () => {
    recent.add(commitOf(a, 0))
    recent.add(commitOf(a, 1, 20_000))
    expect(kept(a)).toEqual([])
    recent.add(commitOf(a, 2))
    expect(kept(a)).toEqual([2])
  })

  it('weigh with the entities they changed, whose lists are copied with every change', () => {
    const { state } = fold(taskCreated(task('t')), sessionCreated(session('s'), { taskIds: [task('t')] }))
    const entity = state.task.get(task('t'))?.entity
    const entry = entity?.timeline[0]
    if (entity === undefined || entry === undefined) throw new Error('no task')
    const after = { ...entity, timeline: Array<typeof entry>(500).fill(entry) }
    for (let i = 0; i < 5; i += 1) {
      recent.add({ ...commitOf(a, i), changes: [{ kind: 'task', id: entity.id, before: entity, after }] })
    }
    expect(kept(a)).toEqual([4])
  })

  it('weigh nothing more with entities whose versions share their lists', () => {
    const timeline = Array.from({ length: 500 }, () => ({
      id: EntryId.parse('e'),
      timestamp: 0,
      type: 'update' as const,
    }))
    const history = fold(projectCreated(), taskAdopted(task('t'), { timeline }))
    for (let i = 0; i < 4; i += 1) {
      recent.add({ ...commitOf(a, i), changes: history.add(timelineAdded(task('t'), { type: 'update' })) })
    }
    expect(kept(a)).toEqual([0, 1, 2, 3])
  })

  it('weigh with what a reader has made of them', () => {
    const commits = [0, 1, 2, 3].map((offset) => commitOf(a, offset))
    for (const commit of commits) recent.add(commit)
    recent.charge(commits[3] ?? never(), 6000)
    expect(kept(a)).toEqual([2, 3])
    recent.charge(commits[0] ?? never(), 50_000)
    expect(kept(a)).toEqual([2, 3])
    recent.charge(commits[3] ?? never(), 50_000)
    expect(kept(a)).toEqual([])
    recent.add(commitOf(a, 4))
    expect(kept(a)).toEqual([4])
  })

  it('are kept only while somebody follows', () => {
    recent.add(commitOf(a, 0))
    recent.follow()
    recent.unfollow()
    expect(kept(a)).toEqual([0])
    recent.unfollow()
    expect(kept(a)).toEqual([])
    recent.add(commitOf(a, 1))
    expect(kept(a)).toEqual([])
    recent.follow()
    for (let i = 2; i < 9; i += 1) recent.add(commitOf(a, i))
    expect(kept(a)).toEqual([3, 4, 5, 6, 7, 8])
  })
})

function never(): never {
  throw new Error('never')
}
