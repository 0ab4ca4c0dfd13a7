import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { DomainEvent } from '../../../../events/index.ts'
import { evolve, stateHash } from '../../../../projections/index.ts'
import { sha256 } from '../../../../src/platform/hash.ts'
import { matcherOf, searchRecords } from '../../../../tools/log-replay/stepper/search.ts'
import { Walk } from '../../../../tools/log-replay/stepper/walk.ts'
import type { ReadOnlyLog } from '../../../../tools/support/read-only-log.ts'
import { projectCreated, taskCreated, timelineAdded } from '../../../support/events.ts'
import { logOf } from '../../../support/history-logs.ts'
import { intents } from '../../../support/intents.ts'
import { pastOf } from '../../../support/past.ts'
import { task } from '../../../support/vocabulary.ts'

describe('a walk through a log', () => {
  it('comes to the state and the changes of a record on every way there', async () => {
    const ways = fc.array(fc.nat(), { minLength: 1, maxLength: 12 })
    await fc.assert(
      fc.asyncProperty(intents(25), ways, fc.option(fc.nat()), async (plan, way, snapshot) => {
        const past = pastOf(plan)
        const events = past.records.map(({ type, data }): DomainEvent => Object.assign({ type, data }))
        const log = await logOf(events, snapshot === null ? [] : [(snapshot % events.length) + 1])
        const walk = new Walk(log)
        for (const n of way) {
          const offset = n % events.length
          const { record, changes, state } = await walk.goTo(offset)
          expect(record.offset).toBe(offset)
          expect(changes).toEqual(evolve(past.stateBefore(offset), record))
          expect(stateHash(state, sha256)).toBe(stateHash(past.stateBefore(offset + 1), sha256))
        }
      }),
      { numRuns: 30 },
    )
  })

  it('is short back and forth, however long the log is', async () => {
    const events: DomainEvent[] = [projectCreated(), taskCreated(task('a'))]
    for (let i = 0; i < 4_000; i += 1) events.push(timelineAdded(task('a'), { type: 'update', message: `${i}` }))
    const log = await logOf(events)
    let folded = 0
    const walk = new Walk(log, () => (folded += 1))
    const costOf = async (offset: number): Promise<number> => {
      folded = 0
      const { state } = await walk.goTo(offset)
      expect(state.task.get(task('a'))?.entity.timeline).toHaveLength(Math.max(1, offset))
      return folded
    }
    expect(await costOf(4_000)).toBeLessThanOrEqual(4_000)
    for (const offset of [3_999, 3_998, 4_001, 3_990, 3_800]) expect(await costOf(offset)).toBeLessThanOrEqual(512)
    for (const offset of [1_000, 2_900, 100]) expect(await costOf(offset)).toBeLessThanOrEqual(501 + 256)
  })

  it('says in words what a record did, with the names of before', async () => {
    const walk = new Walk(await logOf([projectCreated(), taskCreated(task('a'), { title: 'Build it' })]))
    expect((await walk.goTo(1)).sentence).toBe('somebody created "Build it"')
  })
})

describe('a search through a log', () => {
  const search = (log: ReadOnlyLog, text: string, from: number, step: 1 | -1, signal = new AbortController().signal) =>
    searchRecords({ log, matches: matcherOf(text), from, step, onProgress: () => {}, signal })

  const words = ['Alpha', 'beta', 'Gamma delta', 'beta']
  const events = [projectCreated(), ...words.map((title, i) => taskCreated(task(`t${i}`), { title }))]

  it.each([
    ['BETA', 0, 1, 2],
    ['beta', 3, 1, 4],
    ['beta', 3, -1, 2],
    ['gamma delta', 4, -1, 3],
    ['nothing', 0, 1, undefined],
    ['beta', 1, -1, undefined],
    ['type:project', 4, -1, 0],
    ['type:created', 0, 1, 0],
    ['type:beta', 0, 1, undefined],
    ['beta', 5, 1, undefined],
    ['beta', -1, -1, undefined],
  ] as const)('for %s from %i on by %i leads to %s', async (text, from, step, found) => {
    expect(await search(await logOf(events), text, from, step)).toBe(found)
  })

  it('finds over long stretches what a look at every record finds', async () => {
    const many = Array.from({ length: 2_500 }, (_, i) =>
      taskCreated(task(`t${i}`), { title: i % 700 === 0 ? 'rare' : 'x' }),
    )
    const log = await logOf([projectCreated(), ...many])
    expect(await search(log, 'rare', 2_400, -1)).toBe(2_101)
    expect(await search(log, 'rare', 2_100, -1)).toBe(1_401)
    expect(await search(log, 'rare', 2, 1)).toBe(701)
  })

  it('ends when nobody wants to know any more', async () => {
    expect(await search(await logOf(events), 'beta', 0, 1, AbortSignal.abort())).toBeUndefined()
    expect(await search(await logOf(events), 'alpha', 4, -1, AbortSignal.abort())).toBeUndefined()
  })
})
