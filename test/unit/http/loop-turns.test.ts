import { describe, expect, it } from 'vitest'
import { Arrivals } from '../../../src/http/arrivals.ts'
import { createTurns, LoopTurns } from '../../../src/http/loop-turns.ts'

/** LoopTurns of 5 ms, of an event loop that goes on when it is told to, with requests that take what they are said to take. */
const setUp = (room = 100) => {
  let now = 0
  const deferred: Array<() => void> = []
  const turns = new LoopTurns({ stopwatch: () => now, defer: (run) => void deferred.push(run), turnFor: () => 5, room })
  const served: string[] = []
  const serve = (name: string, takes: number): void => {
    served.push(name)
    now += takes
  }
  const request = async (name: string, takes: number): Promise<void> => {
    const turn = turns.wait()
    if (turn !== undefined) await turn
    serve(name, takes)
  }
  /** The next turn of the loop, and everything in it that is done when a promise is settled. */
  const turn = async (): Promise<void> => {
    for (const run of deferred.splice(0)) run()
    await new Promise((resolve) => setImmediate(resolve))
  }
  return { turns, served, request, turn, deferred }
}

describe('turns', () => {
  it('serve at once as long as there is time in a turn', () => {
    const { turns, served, request } = setUp()
    void request('a', 2)
    void request('b', 2)
    void request('c', 2)
    expect(served).toEqual(['a', 'b', 'c'])
    expect(turns.waiting).toBe(0)
  })

  it('serve the rest in later turns, as many in each as there is time for, first come first served', async () => {
    const { served, request, turn } = setUp()
    for (const name of 'abcdefg') void request(name, 3)
    expect(served.join('')).toBe('ab')
    await turn()
    expect(served.join('')).toBe('abcd')
    void request('h', 3)
    await turn()
    expect(served.join('')).toBe('abcdef')
    await turn()
    expect(served.join('')).toBe('abcdefgh')
  })

  it('let nobody overtake those who wait', async () => {
    const { served, request, turn } = setUp()
    for (const name of 'abc') void request(name, 5)
    await turn()
    void request('d', 5)
    expect(served.join('')).toBe('ab')
    await turn()
    await turn()
    expect(served.join('')).toBe('abcd')
  })

  it('serve one that takes longer than a turn, and go on with the next', async () => {
    const { served, request, turn } = setUp()
    for (const name of 'abc') void request(name, 50)
    await turn()
    await turn()
    expect(served).toEqual(['a', 'b', 'c'])
  })

  it('let nobody wait for whom there is no room', () => {
    const { turns, served, request } = setUp(1)
    void request('a', 5)
    void request('b', 5)
    expect([served.join(''), turns.waiting]).toEqual(['a', 1])
    void request('c', 5)
    expect([served.join(''), turns.waiting]).toEqual(['ac', 1])
  })

  it('ask for nothing of the loop when there is nothing to do', async () => {
    const { request, turn, deferred } = setUp()
    void request('a', 1)
    await turn()
    expect(deferred).toEqual([])
  })
})

describe('clients that are let in', () => {
  const watched = () => {
    const deferred: Array<() => void> = []
    const arrivals = new Arrivals((run) => void deferred.push(run))
    /** A turn of the event loop that lets somebody in, or nobody. */
    const turn = (letsIn: boolean): boolean => {
      if (letsIn) arrivals.note()
      for (const run of deferred.splice(0)) run()
      return arrivals.areMany
    }
    return { turn, deferred }
  }

  it('are many from the third turn on that lets in one, until one does not', () => {
    const { turn } = watched()
    expect([true, true, true, true, false, true, true, true].map(turn)).toEqual([
      ...[false, false, true, true],
      ...[false, false, false, true],
    ])
  })

  it('are not many when there is a turn between them', () => {
    const { turn } = watched()
    expect([true, false, true, true, false, true, false].map(turn)).not.toContain(true)
  })

  it('ask for nothing of the loop when nobody comes', () => {
    const { turn, deferred } = watched()
    turn(true)
    expect(deferred).toHaveLength(1)
    turn(false)
    expect(deferred).toEqual([])
  })

  it.each([
    [false, { reads: 2, writes: 2, refusals: 0.5 }],
    [true, { reads: 0.2, writes: 0.2, refusals: 0.2 }],
  ])('make turns short: many is %s', (areMany, lengths) => {
    let now = 0
    const turns = createTurns({ stopwatch: () => now, defer: () => {}, arrivals: { areMany } })
    for (const kind of ['reads', 'writes', 'refusals'] as const) {
      now = 0
      expect(turns[kind].wait()).toBeUndefined()
      now = lengths[kind] - 0.01
      expect(turns[kind].wait()).toBeUndefined()
      now = lengths[kind]
      expect(turns[kind].wait()).toBeInstanceOf(Promise)
    }
  })
})
