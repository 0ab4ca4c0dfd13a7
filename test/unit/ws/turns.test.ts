import { describe, expect, it } from 'vitest'
import { type Turn, Turns } from '../../../src/ws/feed/turns.ts'
import { quiet } from '../../support/store-fixture.ts'

/** Asks for turns, and notes who has got one. */
const askers = (turns: Turns, ...names: string[]): Map<string, Turn> => {
  const got = new Map<string, Turn>()
  for (const name of names) void turns.take().then((turn) => got.set(name, turn))
  return got
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

  it('go to whoever wants one while their holders wait for something else', async () => {
    const turns = new Turns(1)
    const holder = await turns.take()
    let over = (): void => {}
    const waiting = holder.during(
      new Promise((resolve) => {
        over = resolve
      }),
    )
    const got = askers(turns, 'a', 'b')
    await quiet()
    expect([...got.keys()]).toEqual(['a'])
    expect(holder.isOver).toBe(true)
    over()
    await waiting
    holder.end()
    await quiet()
    expect([...got.keys()]).toEqual(['a'])
  })

  it('that somebody wants already end as soon as their holders wait for something else', async () => {
    const turns = new Turns(1)
    const holder = await turns.take()
    const got = askers(turns, 'a')
    await quiet()
    expect([...got.keys()]).toEqual([])
    await holder.during(Promise.resolve())
    expect([...got.keys()]).toEqual(['a'])
  })

  it('stay with holders whose waiting is over', async () => {
    const turns = new Turns(1)
    const holder = await turns.take()
    await holder.during(Promise.resolve())
    const got = askers(turns, 'a')
    await quiet()
    expect([...got.keys()]).toEqual([])
    expect(holder.isOver).toBe(false)
  })
})
