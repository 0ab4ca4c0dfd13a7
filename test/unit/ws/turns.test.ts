import { describe, expect, it } from 'vitest'
import { type Turn, Turns } from '../../../src/ws/feed/turns.ts'
import { quiet } from '../../support/store-fixture.ts'

/** Asks for turns, and notes who has got one. */
const askers = (turns: Turns, ...names: string[]): Map<string, Turn> => {
  const got = new Map<string, Turn>()
  for (const name of names) void turns.take().then((turn) => got.set(name, turn))
  return got
}

/** Something that is over when a test says so. */
const something = () => {
  let over = (): void => {}
  const promise = new Promise<void>((resolve) => {
    over = resolve
  })
  return { promise, over: () => over() }
}

describe('turns', () => {
  it('are taken by so many at a time, and by all others in the order in which they came', async () => {
    const turns = new Turns(2)
    const got = askers(turns, 'a', 'b', 'c', 'd')
    await quiet()
    expect([...got.keys()]).toEqual(['a', 'b'])
    expect(got.get('a')?.isWanted).toBe(true)
    got.get('b')?.end()
    await quiet()
    expect([...got.keys()]).toEqual(['a', 'b', 'c'])
    got.get('a')?.end()
    got.get('c')?.end()
    await quiet()
    expect([...got.keys()]).toEqual(['a', 'b', 'c', 'd'])
    expect(got.get('d')?.isWanted).toBe(false)
  })

  it('end once, however often it is said', async () => {
    const turns = new Turns(1)
    const got = askers(turns, 'a', 'b', 'c')
    await quiet()
    got.get('a')?.end()
    got.get('a')?.end()
    await quiet()
    expect([...got.keys()]).toEqual(['a', 'b'])
  })

  it('are called back, one for each who wants one, from holders who wait for something else', async () => {
    const turns = new Turns(2)
    const holders = [await turns.take(), await turns.take()]
    const endless = something()
    const waits = holders.map((holder) => holder.during(endless.promise))
    const got = askers(turns, 'a')
    await waits[0]
    expect(holders.map(({ isCalledBack }) => isCalledBack)).toEqual([true, false])
    expect([...got.keys()]).toEqual([])
    holders[0]?.end()
    await quiet()
    expect([...got.keys()]).toEqual(['a'])
    endless.over()
    await waits[1]
    expect(holders[1]?.isCalledBack).toBe(false)
  })

  it('that somebody wants already are called back as soon as their holders wait for something else', async () => {
    const turns = new Turns(1)
    const holder = await turns.take()
    askers(turns, 'a')
    await quiet()
    expect(holder.isCalledBack).toBe(false)
    await holder.during(something().promise)
    expect(holder.isCalledBack).toBe(true)
  })

  it('stay with holders whose waiting is over', async () => {
    const turns = new Turns(1)
    const holder = await turns.take()
    await holder.during(Promise.resolve())
    const got = askers(turns, 'a')
    await quiet()
    expect([...got.keys()]).toEqual([])
    expect(holder.isCalledBack).toBe(false)
  })
})
