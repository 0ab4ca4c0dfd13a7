import { describe, expect, it } from 'vitest'
import { start } from '../../../events/index.ts'
import { createHasher, sha256 } from '../../../src/platform/hash.ts'
import type { Pace } from '../../../src/platform/pace.ts'
import { createHistory } from '../../../src/store/history.ts'
import { oneByOne, Pacer, paced } from '../../../src/store/pacer.ts'
import { Past } from '../../../src/store/past.ts'
import { busyProject } from '../../support/busy-project.ts'
import { ManualPauses } from '../../support/manual-pauses.ts'
import { openStore } from '../../support/store-fixture.ts'

/** Every look at the clock takes a quarter of a millisecond, and nothing else takes any time. */
const slowClock = () => {
  let now = 0
  const rests: number[] = []
  const pace: Pace = {
    stopwatch: () => {
      now += 0.25
      return now
    },
    pause: async (ms) => void rests.push(ms),
  }
  return { pace, rests }
}

describe('work on the past', () => {
  it('rests after every millisecond, and as long as it worked', async () => {
    const { pace, rests } = slowClock()
    const pacer = new Pacer(pace)
    let pieces = 0
    for (let slice = 0; slice < 3; slice += 1) {
      do pieces += 1
      while (!pacer.isDue)
      await pacer.rest()
    }
    expect(pieces).toBe(12)
    expect(rests.every((ms) => ms >= 1 && ms < 2)).toBe(true)
    expect(rests).toHaveLength(3)
  })

  it('has rested no longer than a slice for what it waited for meanwhile', async () => {
    let now = 0
    const rests: number[] = []
    const pacer = new Pacer({ stopwatch: () => now, pause: async (ms) => void rests.push(ms) })
    now = 60_000
    await pacer.rest()
    expect(rests).toEqual([2])
  })

  it('that is shared rests one after the other', async () => {
    const { begun, pause } = new ManualPauses()
    const pace = oneByOne({ stopwatch: () => 0, pause, loopUse: () => 0 })
    const { signal } = new AbortController()
    const done: string[] = []
    const all = ['a', 'b', 'c'].map(async (name) => {
      await pace.pause(1, signal)
      done.push(name)
    })
    for (const name of ['a', 'b', 'c']) {
      const rest = await begun.next()
      expect(begun.count).toBe(0)
      expect(done).not.toContain(name)
      rest.end()
    }
    await Promise.all(all)
    expect(done).toEqual(['a', 'b', 'c'])
  })

  it('that is shared rests longer after a rest in which others had something to do', async () => {
    const rests: number[] = []
    let use = 0
    const pace = oneByOne({ stopwatch: () => 0, pause: async (ms) => void rests.push(ms), loopUse: () => use })
    const { signal } = new AbortController()
    for (use of [0, 0.1, 0.9, 0.5, 0.1, 0]) await pace.pause(1, signal)
    expect(rests).toEqual([1, 1, 1, 4, 4, 1])
  })

  it('of an iteration hands out everything, in order', async () => {
    const { pace, rests } = slowClock()
    const numbers = Array.from({ length: 100 }, (_, i) => i)
    const got: number[] = []
    for await (const number of paced(numbers, pace)) got.push(number)
    expect(got).toEqual(numbers)
    expect(rests.length).toBeGreaterThanOrEqual(20)
  })

  it('rests while it folds, hashes, and hands out records and commits', async () => {
    const fixture = await openStore()
    const { id } = await busyProject(fixture)
    const { pace, rests } = slowClock()
    const history = createHistory({ log: fixture.log, snapshots: fixture.snapshots, sha256, pace })
    const { signal } = new AbortController()
    const restsOf = async (work: () => Promise<unknown>): Promise<number> => {
      rests.splice(0)
      await work()
      return rests.length
    }
    const records = fixture.store.positionOf(id).offset
    const enough = Math.floor(records / 5)
    expect(await restsOf(() => history.stateBefore(id, records))).toBeGreaterThanOrEqual(enough)
    const all = async (items: AsyncIterable<unknown>): Promise<void> => {
      for await (const _ of items);
    }
    expect(await restsOf(() => all(history.recordsFrom(id, start.offset)))).toBeGreaterThanOrEqual(enough)
    expect(await restsOf(() => all(history.commitsFrom(id, start.offset)))).toBeGreaterThanOrEqual(enough)

    const past = new Past({ store: fixture.store, sha256, createHasher, pace })
    const present = await past.present(await past.find(id, undefined, 'at'), signal)
    expect(await restsOf(() => past.stateHash(present, signal))).toBeGreaterThanOrEqual(1)
    expect(await restsOf(() => past.piece(() => 1))).toBe(1)
  })
})
