import { describe, expect, it } from 'vitest'
import { Liveness } from '../../../src/ws/liveness.ts'

const limits = { pingEvery: 30_000, stuckAfter: 60_000 }
const nothing = { waiting: 0, written: 100 }

describe('a client that has everything', () => {
  it('is asked every 30 s, and stays while it answers', () => {
    const liveness = new Liveness(limits)
    const verdicts = [0, 29_999, 30_000, 59_999, 60_000].map((now) => {
      const verdict = liveness.check(now, nothing)
      if (verdict === 'ping') liveness.answered()
      return verdict
    })
    expect(verdicts).toEqual([undefined, undefined, 'ping', undefined, 'ping'])
  })

  it('is let go when it has not answered for 30 s', () => {
    const liveness = new Liveness(limits)
    expect([0, 30_000, 59_999, 60_000].map((now) => liveness.check(now, nothing))).toEqual([
      undefined,
      'ping',
      undefined,
      'noPong',
    ])
  })
})

describe('a client for which bytes wait', () => {
  it('is let go when none has been delivered for 60 s', () => {
    const liveness = new Liveness(limits)
    liveness.check(0, nothing)
    const waiting = { waiting: 50, written: 150 }
    expect([5_000, 65_000, 69_999].map((now) => liveness.check(now, waiting))).toEqual([
      undefined,
      'noProgress',
      'noProgress',
    ])
  })

  it('stays while some are delivered, however slowly', () => {
    const liveness = new Liveness(limits)
    for (let now = 0; now < 600_000; now += 50_000) {
      expect(liveness.check(now, { waiting: 1000, written: 1000 + now })).toBeUndefined()
    }
  })

  it('is not asked, and has all of its time to answer once it has everything', () => {
    const liveness = new Liveness(limits)
    liveness.check(0, nothing)
    expect(liveness.check(30_000, nothing)).toBe('ping')
    for (let now = 35_000; now <= 80_000; now += 5_000) {
      expect(liveness.check(now, { waiting: 10, written: now })).toBeUndefined()
    }
    expect(liveness.check(105_000, { waiting: 0, written: 105_000 })).toBeUndefined()
    expect(liveness.check(110_000, { waiting: 0, written: 105_000 })).toBe('noPong')
  })
})
