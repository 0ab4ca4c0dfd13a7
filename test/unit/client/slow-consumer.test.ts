import { describe, expect, it } from 'vitest'
import { projectId } from '../../support/vocabulary.ts'
import { connected, following } from './support/following.ts'
import { historyOf } from './support/history.ts'
import { World } from './support/world.ts'

/** Whoever has taken the first item has the second after the server has begun. */
const begun = async (world: World, limits: { readonly waiting?: number; readonly overflow?: number }) => {
  const history = historyOf(20)
  const items = world.client().follow({ view: 'records', projects: projectId, limits })
  await items.next()
  const next = items.next()
  const peer = await connected(world)
  peer.say(history.subscribed())
  await next
  return { history, items, peer }
}

describe('a consumer that is slow', () => {
  it('stops the reading from the socket, and starts it again when half of what waits is taken', async () => {
    const batches = Array.from({ length: 8 }, (_, offset) => historyOf(20).batch(offset, offset + 1))
    const bytesFrom = (index: number, to = 8): number => batches.slice(index, to).join('').length
    const waiting = bytesFrom(0, 4)
    const { items, peer } = await begun(new World(), { waiting })
    peer.say(...batches.slice(0, 4))
    expect(peer.isPaused).toBe(false)
    // What was under way when the socket was stopped still comes.
    peer.say(...batches.slice(4))
    expect(peer.isPaused).toBe(true)
    for (let offset = 0; offset < 8; offset += 1) {
      expect(await items.next()).toMatchObject({ value: { kind: 'record', offset } })
      expect(peer.isPaused).toBe(bytesFrom(offset + 1) > waiting / 2)
    }
    await items.return()
  })

  it('is not taken for a server that is silent', async () => {
    const world = new World()
    const { history, items, peer } = await begun(world, { waiting: 10 })
    peer.say(history.batch(0, 1), history.batch(1, 2))
    world.time.pass(600_000)
    expect(peer.isLeft).toBe(false)
    await items.next()
    await items.next()
    expect(peer.isPaused).toBe(false)
    const third = items.next()
    world.time.pass(30_000)
    expect(peer.isLeft).toBe(true)
    expect(await third).toMatchObject({
      value: { kind: 'connecting', reason: expect.stringContaining('nothing was heard') },
    })
    await items.return()
  })

  it('loses the connection where a socket cannot be stopped, gets what has come, and goes on from there', async () => {
    const world = new World({ isPausable: false })
    const { history, items, peer } = await begun(world, { waiting: 10, overflow: 3 * historyOf(1).batch(0, 1).length })
    for (let offset = 0; offset < 20; offset += 1) peer.say(history.batch(offset, offset + 1))
    expect(peer.isLeft).toBe(true)
    const first = await items.next()
    expect(first).toMatchObject({ value: { kind: 'record', offset: 0 } })
    let item = first
    let next = 0
    while (item.value?.kind === 'record') {
      expect(item.value.offset).toBe(next)
      next += 1
      item = await items.next()
    }
    expect(next).toBeGreaterThan(2)
    expect(next).toBeLessThan(20)
    expect(item).toMatchObject({
      value: { kind: 'connecting', attempt: 1, reason: expect.stringContaining('too slow') },
    })
    const again = items.next()
    world.time.pass(5_000)
    const second = await connected(world)
    expect(second.said).toMatchObject([{ from: history.cursorAt(next) }])
    second.end()
    await again
    await items.return()
  })

  it('keeps nothing of what comes after it has left', async () => {
    const { world, items, stop } = following({ projects: projectId })
    const history = historyOf(2)
    const peer = await connected(world)
    stop()
    peer.isLeft = false
    peer.say(history.subscribed(), history.batch(0, 2)).end()
    expect(await items.ended).toBeUndefined()
    expect(items.items).toHaveLength(1)
  })
})
