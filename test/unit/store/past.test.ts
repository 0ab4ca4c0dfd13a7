import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonical, ProjectId, SessionId, start, TaskId } from '../../../events/index.ts'
import { diffStates, type Present } from '../../../projections/history.ts'
import { type Sight, stateHash } from '../../../projections/index.ts'
import { AppError } from '../../../src/errors.ts'
import { createHasher, sha256 } from '../../../src/platform/hash.ts'
import { readHistory } from '../../../src/store/entity-history.ts'
import { Past } from '../../../src/store/past.ts'
import { busyProject } from '../../support/busy-project.ts'
import { deleteProject, updateTask } from '../../support/commands.ts'
import { commandOf } from '../../support/histories.ts'
import { intents } from '../../support/intents.ts'
import { draftOf } from '../../support/logs.ts'
import { allOf, noRest, openStore, type StoreFixture, visible } from '../../support/store-fixture.ts'

const { signal } = new AbortController()

const pastOf = ({ store }: StoreFixture): Past => new Past({ store, sha256, createHasher, pace: noRest })

const rowsIn = ({ project, task, session }: Present): string[] =>
  [project, task, session].flatMap((rows) => visible([...rows.entries()].map(([, row]) => row)))

/** What the server answered to a write, and what there was then. */
interface Then {
  readonly offset: number
  readonly at: number
  readonly sight: Sight
  readonly all: readonly string[]
  readonly stateHash: string
}

/** Carries out a plan, and notes after every write what was answered and what there was. */
const carriedOut = async (fixture: StoreFixture, plan: Parameters<typeof commandOf>[0][]) => {
  const projectId = await fixture.givenProject()
  for (let i = 0; i < 3; i += 1) await fixture.givenTask(projectId)
  await fixture.givenSession(projectId)
  const notes: Then[] = []
  for (const intent of plan) {
    fixture.now += 1000
    try {
      const { outcome, receipt, sight } = await fixture.send(projectId, commandOf(intent, fixture.stateOf(projectId)))
      if (outcome !== 'appended') continue
      const state = fixture.stateOf(projectId)
      const note = {
        offset: receipt.offset - 1,
        at: fixture.now,
        sight,
        all: allOf(state),
        stateHash: stateHash(state, sha256),
      }
      notes.push(note)
    } catch (error) {
      if (!(error instanceof AppError)) throw error
    }
  }
  return { projectId, notes }
}

describe('the past', () => {
  it('is at every offset, and at every time, what the server answered right after that write', async () => {
    await fc.assert(
      fc.asyncProperty(intents(25), async (plan) => {
        const fixture = await openStore()
        const past = pastOf(fixture)
        const { projectId, notes } = await carriedOut(fixture, plan)
        for (const { offset, at, sight, all, stateHash } of notes) {
          const point = await past.find(projectId, { kind: 'offset', offset }, 'at')
          expect(await past.find(projectId, { kind: 'time', at }, 'at')).toEqual(point)
          const present = await past.present(point, signal)
          expect(rowsIn(present)).toEqual(all)
          expect(await past.stateHash(present, signal)).toBe(stateHash)
          if (sight.kind !== 'project') expect(await past.entityAt(point, sight, signal)).toEqual(sight.entity)
        }
      }),
      { numRuns: 40 },
    )
  })

  it('stays what it was when it is looked at while things happen', async () => {
    const fixture = await openStore()
    const { id, root } = await busyProject(fixture)
    const past = pastOf(fixture)
    const now = await past.find(id, undefined, 'at')
    const [present, all] = [await past.present(now, signal), allOf(fixture.stateOf(id))]
    await fixture.send(id, updateTask(root, { title: 'Later' }))
    expect(rowsIn(present)).toEqual(all)
    expect(rowsIn(await past.present(now, signal))).toEqual(all)
    expect(await past.ask(now, (state) => allOf(state), signal)).toEqual(all)
    expect(await past.entityAt(now, { kind: 'task', id: root }, signal)).toMatchObject({ title: 'Task' })
  })

  it('answers many at once', async () => {
    const fixture = await openStore()
    const { id } = await busyProject(fixture)
    const past = pastOf(fixture)
    const head = fixture.store.positionOf(id).offset
    const asked = Array.from({ length: 60 }, (_, i) => (i * 7) % head)
    const answers = await Promise.all(
      asked.map(async (offset) => {
        const point = await past.find(id, { kind: 'offset', offset }, 'at')
        return past.stateHash(await past.present(point, signal), signal)
      }),
    )
    for (const [i, offset] of asked.entries()) {
      const state = await fixture.store.history.stateBefore(id, offset + 1)
      expect(answers[i]).toBe(stateHash(state, sha256))
    }
  })
})

describe('a moment', () => {
  it.each([
    [{ kind: 'offset', offset: 99 } as const, /goes from offset 0 \(.*Z\) to offset 17 /],
    [{ kind: 'time', at: 5 } as const, /goes from offset 0/],
    [{ kind: 'time', at: 9e12 } as const, /goes from offset 0/],
  ])('that is not in the log is refused, and the log told: %j', async (moment, message) => {
    const fixture = await openStore()
    const { id } = await busyProject(fixture)
    await expect(pastOf(fixture).find(id, moment, 'to')).rejects.toMatchObject({
      code: 'VALIDATION_ERROR',
      message: expect.stringMatching(message),
      details: [{ path: 'to' }],
    })
  })

  it('of a project that never was is refused, and of one that is no more is found', async () => {
    const fixture = await openStore()
    const id = await fixture.givenProject()
    await fixture.send(id, deleteProject())
    const past = pastOf(fixture)
    expect(await past.find(id, undefined, 'at')).toMatchObject({ offset: 1 })
    const first = await past.find(id, { kind: 'offset', offset: 0 }, 'at')
    expect((await past.present(first, signal)).project.get(id)?.entity.name).toBe('Project')
    await expect(past.find(ProjectId.parse('proj_1_none'), undefined, 'at')).rejects.toMatchObject({
      code: 'PROJECT_NOT_FOUND',
    })
  })
})

describe('the tag of a point', () => {
  it('stays the same whatever happens later, and is another one once something was redacted, also after a restart', async () => {
    const fixture = await openStore()
    const { id } = await busyProject(fixture)
    const past = pastOf(fixture)
    const point = await past.find(id, { kind: 'offset', offset: 3 }, 'at')
    const tag = past.tagOf(point)
    expect(tag).toBe(`3-${point.hash.slice(0, 16)}`)
    await fixture.givenTask(id)
    expect(past.tagOf(point)).toBe(tag)

    const head = fixture.store.positionOf(id)
    const data = { offset: 2, digest: sha256('{}'), pointer: '/title', reason: 'leaked' }
    const draft = { ...draftOf({ type: 'record:redacted', data }, 900, id), at: fixture.now }
    await fixture.log.append(id, head, [draft])
    const restarted = await fixture.another()
    expect(pastOf(restarted).tagOf(point)).toBe(`${tag}-r${head.offset}`)
    await restarted.snapshot(id)
    const again = await restarted.another()
    expect(pastOf(again).tagOf(point)).toBe(`${tag}-r${head.offset}`)
  })
})

describe('the project of an entity', () => {
  it('is found by what is there, and else by what the logs tell', async () => {
    const fixture = await openStore()
    const other = await fixture.givenProject('Other')
    const { id, tasks, root } = await busyProject(fixture)
    const past = pastOf(fixture)
    const home = (taskId: TaskId, within?: ProjectId) => past.homeOf({ kind: 'task', id: taskId }, within, signal)
    const leaf = tasks[2] ?? root
    expect(fixture.store.task(leaf)).toBeUndefined()
    expect(await home(root)).toBe(id)
    expect(await home(leaf)).toBe(id)
    expect(await home(leaf, id)).toBe(id)
    expect(await home(leaf, other)).toBeUndefined()
    expect(await home(TaskId.parse('task_1_none'))).toBeUndefined()
    // A text that is in the log, and names nothing that was ever there.
    expect(await past.homeOf({ kind: 'session', id: SessionId.parse('Busy') }, undefined, signal)).toBeUndefined()
  })
})

describe('the history of an entity, in pages', () => {
  it('is the same however long they are', async () => {
    const fixture = await openStore()
    const { id, tasks } = await busyProject(fixture)
    const [root, child, leaf] = tasks
    for (const taskId of [root, child, leaf]) {
      if (taskId === undefined) continue
      const member = { kind: 'task', id: taskId } as const
      const whole = await readHistory(fixture.store, id, member, start, 1000)
      expect(whole.next).toEqual(fixture.store.positionOf(id))
      expect(whole.entries.length).toBeGreaterThan(3)
      for (const limit of [1, 2, 5]) {
        const entries: string[] = []
        for (let from = start; from.offset < whole.next.offset; ) {
          const page = await readHistory(fixture.store, id, member, from, limit)
          expect(page.entries.length).toBeLessThanOrEqual(limit)
          expect(page.next).toEqual(await fixture.store.positionAt(id, page.next.offset))
          entries.push(...page.entries)
          from = page.next
        }
        expect(entries).toEqual(whole.entries)
      }
    }
  })

  it('ends with its deletion', async () => {
    const fixture = await openStore()
    const { id, tasks } = await busyProject(fixture)
    const leaf = tasks[2]
    if (leaf === undefined) throw new Error('there is no third task')
    const { entries } = await readHistory(fixture.store, id, { kind: 'task', id: leaf }, start, 1000)
    expect(JSON.parse(entries.at(-1) ?? '')).toMatchObject({ change: 'deleted', type: 'task:deleted' })
  })

  it('of a session whose id was used twice tells both lives', async () => {
    const fixture = await openStore()
    const { id } = await busyProject(fixture)
    const member = { kind: 'session', id: SessionId.parse('sess_one') } as const
    const { entries } = await readHistory(fixture.store, id, member, start, 1000)
    const changes = entries.map((text): string => JSON.parse(text).change)
    expect(changes.filter((change) => change === 'created')).toHaveLength(2)
    expect(changes.indexOf('deleted')).toBeLessThan(changes.lastIndexOf('created'))
  })
})

describe('the difference between two points', () => {
  it('is what their states differ in, also where one of them is the present', async () => {
    const fixture = await openStore()
    const { id } = await busyProject(fixture)
    const past = pastOf(fixture)
    const head = fixture.store.positionOf(id).offset
    const presentAt = async (offset: number) =>
      past.present(await past.find(id, { kind: 'offset', offset }, 'at'), signal)
    for (const [from, to] of [
      [2, head - 1],
      [head - 1, 5],
      [3, 9],
    ] as const) {
      const [before, after] = [await presentAt(from), await presentAt(to)]
      const truth = diffStates(
        await fixture.store.history.stateBefore(id, from + 1),
        await fixture.store.history.stateBefore(id, to + 1),
      )
      expect([...diffStates(before, after)].map(canonical)).toEqual([...truth].map(canonical))
    }
  })
})
