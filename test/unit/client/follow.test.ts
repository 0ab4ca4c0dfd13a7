import { describe, expect, it } from 'vitest'
import { taskCreated } from '../../support/events.ts'
import { projectId, task } from '../../support/vocabulary.ts'
import { connected, following, longestPause } from './support/following.ts'
import { historyOf } from './support/history.ts'
import { World } from './support/world.ts'

describe('a follower', () => {
  it('does nothing before it is asked for an item', async () => {
    const world = new World()
    const items = world.client().follow({ projects: projectId })
    await Promise.resolve()
    expect(world.connections.count).toBe(0)
    expect(await items.next()).toMatchObject({ value: { kind: 'connecting', attempt: 1, delay: 0, reason: undefined } })
    await items.return()
    expect(world.connections.count).toBe(0)
  })

  it('asks for every project from its start', async () => {
    const { world, stop } = following()
    const peer = await connected(world)
    expect(peer.address).toEqual({ url: 'ws://127.0.0.1:3000/', token: undefined })
    expect(peer.said).toEqual([{ type: 'subscribe', projectId: '*', cursors: {}, else: 'start', view: 'records' }])
    stop()
  })

  it('gives every record once, in order, with the cursor after it', async () => {
    const history = historyOf(5)
    const { world, items, stop } = following({ projects: projectId })
    const peer = await connected(world)
    peer.say(history.subscribed(), history.batch(0, 2), history.batch(2, 5), history.caughtUp())
    await items.until('caught_up')
    expect(items.items).toEqual([
      { kind: 'connecting', attempt: 1, delay: 0, reason: undefined },
      { kind: 'following', projectId, cursor: 'start', head: 5 },
      ...history.records.map((record, offset) => ({
        ...{ kind: 'record', projectId, offset, record },
        cursor: history.cursorAt(offset + 1),
      })),
      { kind: 'caught_up', cursors: { [projectId]: history.cursorAt(5) } },
    ])
    stop()
    expect(await items.ended).toBeUndefined()
    expect(peer.isLeft).toBe(true)
  })

  it('reads bytes as it reads text', async () => {
    const history = historyOf(3)
    const { world, items, stop } = following({ projects: projectId })
    const peer = await connected(world)
    peer.say(Buffer.from(JSON.stringify(history.subscribed())), Buffer.from(`${history.batch(0, 3)}\n`))
    expect((await items.until('record', 3)).map(({ offset }) => offset)).toEqual([0, 1, 2])
    stop()
  })

  it('goes on from where it was when a connection ends', async () => {
    const history = historyOf(4)
    const { world, items, stop } = following({ projects: projectId })
    const first = await connected(world)
    first.say(history.subscribed(), history.batch(0, 3))
    await items.until('record', 3)
    first.end(1001, 'server is going away')
    expect((await items.until('connecting', 2)).at(-1)).toMatchObject({
      ...{ attempt: 1, delay: 50, reason: 'closed with 1001 server is going away' },
    })
    world.time.pass(50)
    const second = await connected(world)
    expect(second.said).toEqual([{ type: 'subscribe', projectId, from: history.cursorAt(3), view: 'records' }])
    second.say(history.subscribed(3), history.batch(3, 4), history.caughtUp())
    await items.until('caught_up')
    expect(items.of('record').map(({ offset }) => offset)).toEqual([0, 1, 2, 3])
    stop()
  })

  it('takes nothing for its own that comes before the server has begun', async () => {
    const history = historyOf(3)
    const { world, items, stop } = following({ projects: projectId })
    const peer = await connected(world)
    // Until it has read the subscription, a server sends to a listener.
    peer.say(...history.frames.flat(), history.batch(1, 3), history.caughtUp(), history.heartbeat())
    peer.say(history.subscribed(), history.batch(0, 3), history.caughtUp())
    await items.until('caught_up')
    expect(items.of('record').map(({ offset }) => offset)).toEqual([0, 1, 2])
    stop()
  })

  it('waits between attempts for a random part of a bound that doubles up to five seconds', async () => {
    const { world, items, stop } = following()
    for (let attempt = 1; attempt <= 10; attempt += 1) {
      const [{ delay } = { delay: -1 }] = (await items.until('connecting', attempt)).slice(-1)
      world.time.pass(delay)
      const peer = await world.connections.next()
      peer.end()
    }
    expect(items.of('connecting').map(({ delay }) => delay * 2)).toEqual([
      ...[0, 200, 400, 800, 1600, 3200, 5000, 5000, 5000, 5000],
    ])
    stop()
  })

  it('comes back soon after a connection that was of use', async () => {
    const history = historyOf(1)
    const { world, items, stop } = following({ backoff: { base: 10, cap: 1000 } })
    for (let attempt = 0; attempt < 5; attempt += 1) {
      ;(await world.connections.next()).end()
      await items.until('connecting', attempt + 2)
      world.time.pass(longestPause)
    }
    const peer = await connected(world)
    peer.say(history.subscribed(), history.batch(0, 1))
    await items.until('record')
    peer.end()
    expect((await items.until('connecting', 7)).at(-1)).toMatchObject({ attempt: 1, delay: 5 })
    stop()
  })

  it('takes a server from which nothing is heard for 30 seconds for gone', async () => {
    const history = historyOf(1)
    const { world, items, stop } = following()
    const peer = await connected(world)
    peer.say(history.subscribed(), history.batch(0, 1), history.caughtUp())
    await items.until('caught_up')
    world.time.pass(29_999)
    peer.say(history.heartbeat())
    world.time.pass(29_999)
    expect(peer.isLeft).toBe(false)
    world.time.pass(1)
    expect(peer.isLeft).toBe(true)
    const [, again] = await items.until('connecting', 2)
    expect(again?.reason).toMatch(/nothing was heard/)
    stop()
  })

  it('does not wait for ever for a connection to open', async () => {
    const { world, items, stop } = following()
    const peer = await world.connections.next()
    world.time.pass(30_000)
    await items.until('connecting', 2)
    expect(peer.isLeft).toBe(true)
    stop()
  })

  it('has caught up when it has with all projects that it follows', async () => {
    const [one, two] = [historyOf(2), historyOf(2, 'proj_two')]
    const { world, items, stop } = following({ projects: [projectId, 'proj_two'] })
    const peer = await connected(world)
    peer.say(one.subscribed(), one.batch(0, 2), one.caughtUp())
    const cursors = { [projectId]: one.cursorAt(2), proj_two: two.cursorAt(2) }
    peer.say(two.subscribed(), two.batch(0, 2), { type: 'caught_up', cursors })
    expect(await items.until('caught_up')).toEqual([{ kind: 'caught_up', cursors }])
    expect(items.of('record')).toHaveLength(4)
    stop()
  })

  it('follows what comes live, and projects that are new', async () => {
    const [one, two] = [historyOf(1), historyOf(2, 'proj_two')]
    const { world, items, stop } = following()
    const peer = await connected(world)
    peer.say(one.subscribed(), one.batch(0, 1), one.caughtUp())
    one.add(taskCreated(task('new')))
    peer.say(one.batch(1, 2), two.subscribed(), two.batch(0, 1), two.batch(1, 2))
    const records = await items.until('record', 4)
    expect(records.map((item) => [item.projectId, item.offset])).toEqual([
      ...[
        [projectId, 0],
        [projectId, 1],
        ['proj_two', 0],
        ['proj_two', 1],
      ],
    ])
    stop()
  })
})

describe('cursors', () => {
  it('are asked for as they were given', async () => {
    const history = historyOf(9)
    const cursors = { [projectId]: history.cursorAt(3), proj_two: 7, proj_three: 'now', proj_four: '5' }
    const { world, stop } = following({ cursors, else: 'now' })
    const peer = await connected(world)
    expect(peer.said).toMatchObject([{ projectId: '*', else: 'now', cursors: { ...cursors, proj_two: '7' } }])
    stop()
  })

  it('that are not long are made so by what the server says', async () => {
    const history = historyOf(9)
    const { world, items, stop } = following({ projects: [projectId], cursors: { [projectId]: 'now' } })
    const first = await connected(world)
    first.say(history.subscribed(9))
    expect(await items.until('following')).toMatchObject([{ cursor: history.cursorAt(9) }])
    first.end()
    await items.until('connecting', 2)
    world.time.pass(longestPause)
    expect((await connected(world)).said).toMatchObject([{ from: history.cursorAt(9) }])
    stop()
  })

  it('for others begin at the start once it has caught up, since what is not known then came later', async () => {
    const history = historyOf(2)
    const { world, items, stop } = following({ else: 'now' })
    const first = await connected(world)
    first.say(history.subscribed(2), history.caughtUp())
    await items.until('caught_up')
    first.end()
    await items.until('connecting', 2)
    world.time.pass(longestPause)
    const said = { projectId: '*', cursors: { [projectId]: history.cursorAt(2) }, else: 'start' }
    expect((await connected(world)).said).toMatchObject([said])
    stop()
  })

  it('that do not fit into one message are asked for one by one, before all others', async () => {
    const ids = Array.from({ length: 600 }, (_, i) => `proj_1706790000000_${String(i).padStart(16, '0')}`)
    const cursors = Object.fromEntries(ids.map((id) => [id, historyOf(1).cursorAt(1)]))
    const { world, stop } = following({ cursors })
    const { said } = await connected(world)
    const single = said.slice(0, -1)
    const together = Object.keys(said.at(-1)?.cursors ?? {})
    expect([...together, ...single.map(({ projectId }) => projectId)]).toEqual(ids)
    expect(together.length).toBeGreaterThan(400)
    expect(JSON.stringify(said.at(-1)).length).toBeLessThanOrEqual(64 * 1024)
    stop()
  })

  it('that are too many for one connection are refused', async () => {
    const cursors = Object.fromEntries(Array.from({ length: 2001 }, (_, i) => [`proj_${i}`, 1]))
    const { items } = following({ cursors })
    expect(await items.ended).toMatchObject({ code: 'LIMIT' })
  })

  it.each([
    { projects: 'not/an/id' },
    { projects: [] },
    { cursors: { 'not/an/id': 1 } },
    { cursors: { proj_p: -1 } },
    { cursors: { proj_p: '12:hash' } },
    { else: 'middle' },
    { types: ['task'] },
  ])('and ids and types that cannot be are refused: %j', async (options) => {
    expect(await following(options).items.ended).toMatchObject({ name: 'MaestroError', code: 'VALIDATION_ERROR' })
  })
})

describe('the signal', () => {
  it('ends it before it begins', async () => {
    const { world, items } = following({ signal: AbortSignal.abort() })
    expect(await items.ended).toBeUndefined()
    expect(world.connections.count).toBe(0)
  })

  it('ends it while it waits for a message', async () => {
    const { world, items, stop } = following()
    const peer = await connected(world)
    stop()
    expect(await items.ended).toBeUndefined()
    expect(peer.isLeft).toBe(true)
    expect(world.time.pending).toEqual([])
  })

  it('ends it while it waits to connect again', async () => {
    const { world, items, stop } = following()
    ;(await world.connections.next()).end()
    await items.until('connecting', 2)
    stop()
    expect(await items.ended).toBeUndefined()
    expect(world.time.pending).toEqual([])
  })

  it('ends it between two items of one message', async () => {
    const history = historyOf(5)
    const world = new World()
    const stopping = new AbortController()
    const items = world.client().follow({ view: 'records', signal: stopping.signal })
    await items.next()
    const next = items.next()
    const peer = await connected(world)
    peer.say(history.subscribed(), history.batch(0, 5))
    expect(await next).toMatchObject({ value: { kind: 'following' } })
    expect(await items.next()).toMatchObject({ value: { offset: 0 } })
    stopping.abort()
    expect(await items.next()).toEqual({ done: true, value: undefined })
    expect(peer.isLeft).toBe(true)
  })

  it('is not needed to leave: whoever stops taking items leaves too', async () => {
    const history = historyOf(5)
    const world = new World()
    const offsets = async (): Promise<number[]> => {
      const seen: number[] = []
      for await (const item of world.client().follow({ view: 'records' })) {
        if (item.kind === 'record') seen.push(item.offset)
        if (seen.length === 2) break
      }
      return seen
    }
    const seen = offsets()
    const peer = await connected(world)
    peer.say(history.subscribed(), history.batch(0, 5))
    expect(await seen).toEqual([0, 1])
    expect(peer.isLeft).toBe(true)
    expect(world.time.pending).toEqual([])
  })
})
