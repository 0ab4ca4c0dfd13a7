import { describe, expect, it } from 'vitest'
import { cursorOf, type ProjectId, start } from '../../../events/index.ts'
import { type Manner, mannerOf } from '../../../src/ws/feed/manner.ts'
import { CarefulClient } from '../../support/careful-client.ts'
import { deleteTask } from '../../support/commands.ts'
import type { Frame } from '../../support/listener.ts'
import { offsetsIn, openPumps, type Pumps } from '../../support/pumps.ts'
import { quiet } from '../../support/store-fixture.ts'

const records = mannerOf('records')
const entities = mannerOf('entities')
const mib = 1024 * 1024

const typesOf = (frames: readonly Frame[]): string[] => frames.map(({ type }) => type)

/** A project with so many tasks, each so long, of which nothing is in memory any more. */
const givenPast = async (pumps: Pumps, tasks: number, size = 1): Promise<ProjectId> => {
  const id = await pumps.fixture.givenProject()
  for (let i = 0; i < tasks; i += 1) await pumps.fixture.givenTask(id, 'x'.repeat(size))
  pumps.forgetRecent()
  return id
}

describe.each([records, entities])('a subscriber in the view $view', (manner) => {
  it('gets what was and what comes, each record once, and hears when it has everything', async () => {
    const pumps = await openPumps()
    const id = await givenPast(pumps, 2)
    await pumps.fixture.givenTask(id)
    const { outlet } = pumps.follow(id, manner)
    await pumps.fixture.givenTask(id)
    await pumps.quiet()
    await pumps.fixture.givenTask(id)
    expect(offsetsIn(outlet.frames, id)).toEqual([0, 1, 2, 3, 4, 5])
    expect(typesOf(outlet.frames).filter((type) => type === 'caught_up')).toHaveLength(1)
  })

  it('that does not read makes next to nothing wait, and gets the rest when it reads', async () => {
    const pumps = await openPumps()
    const id = await givenPast(pumps, 0)
    const { outlet } = pumps.follow(id, manner)
    await pumps.quiet()
    outlet.stopReading()
    for (let i = 0; i < 300; i += 1) await pumps.fixture.givenTask(id, 'x'.repeat(10_000))
    expect(outlet.mostBuffered).toBeLessThan(20_000)
    outlet.read()
    await pumps.quiet()
    expect(outlet.mostBuffered).toBeLessThanOrEqual(mib)
    expect(offsetsIn(outlet.frames, id)).toEqual(Array.from({ length: 301 }, (_, i) => i))
    expect(typesOf(outlet.frames).filter((type) => type === 'caught_up')).toHaveLength(2)
  })

  it('that does not read and is far behind makes one batch wait', async () => {
    const pumps = await openPumps()
    const id = await givenPast(pumps, 300, 10_000)
    const client = pumps.connect()
    client.outlet.stopReading()
    client.pump.follow(id, start, manner)
    pumps.flush(client)
    await quiet()
    expect(client.outlet.mostBuffered).toBeGreaterThan(50_000)
    expect(client.outlet.mostBuffered).toBeLessThan(300_000)
    client.outlet.close()
    await pumps.quiet()
  })

  it('at the head shares its messages with all others there', async () => {
    const pumps = await openPumps()
    const id = await givenPast(pumps, 2)
    const clients = [1, 2, 3].map(() => pumps.follow(id, manner))
    await pumps.quiet()
    await pumps.fixture.givenTask(id)
    const [first, ...others] = clients.map(({ outlet }) => outlet.sent.at(-1))
    expect(first?.toString()).toContain('"offset":3')
    for (const other of others) expect(other).toBe(first)
  })
})

describe('an event with more frames than a socket may hold', () => {
  it('is sent part by part as the client reads', async () => {
    const pumps = await openPumps()
    const { fixture } = pumps
    const id = await givenPast(pumps, 0)
    const root = await fixture.givenTask(id)
    for (let i = 0; i < 20_000; i += 1) void fixture.givenTask(id, 'child', root)
    await fixture.store.idle()
    pumps.forgetRecent()
    const { outlet } = pumps.follow(id, entities, fixture.store.positionOf(id))
    outlet.stopReading()
    await fixture.send(id, deleteTask(root, true))
    const size = outlet.sent.length
    expect(outlet.mostBuffered).toBeLessThan(mib)
    expect(size).toBeLessThan(5)
    const careful = new CarefulClient()
    outlet.read()
    await pumps.quiet()
    for (const frame of outlet.frames) careful.take(frame)
    expect(typesOf(outlet.frames).filter((type) => type === 'task:deleted')).toHaveLength(20_001)
    expect(careful.cursor(id)).toBe(cursorOf(fixture.store.positionOf(id)))
    expect(outlet.mostBuffered).toBeLessThan(mib)
  })
})

describe('subscribers that are far behind', () => {
  it('and do not read give their turns to those who do', async () => {
    const pumps = await openPumps()
    const id = await givenPast(pumps, 200, 2000)
    const stuck = Array.from({ length: 5 }, () => {
      const client = pumps.connect()
      client.outlet.stopReading()
      client.pump.follow(id, start, entities)
      pumps.flush(client)
      return client
    })
    await quiet()
    const good = pumps.follow(id, entities)
    while (good.pump.lag > 0) await quiet()
    expect(offsetsIn(good.outlet.frames, id)).toHaveLength(201)
    for (const { outlet } of stuck) outlet.read()
    await pumps.quiet()
    for (const { outlet } of stuck) expect(offsetsIn(outlet.frames, id)).toHaveLength(201)
    // Whoever gives up a turn lets go of what it has read, and of the state that it has folded.
    expect(pumps.mostReading).toBe(2)
  })

  it('and wait for a turn are sent what happens in their other projects', async () => {
    const pumps = await openPumps()
    const far = await givenPast(pumps, 2)
    const live = await givenPast(pumps, 0)
    const turns = [await pumps.feed.turns.entities.take(), await pumps.feed.turns.entities.take()]
    const client = pumps.connect()
    client.pump.follow(live, pumps.fixture.store.positionOf(live), entities)
    client.pump.follow(far, start, entities)
    pumps.flush(client)
    await pumps.fixture.givenTask(live)
    expect(offsetsIn(client.outlet.frames, live)).toEqual([1])
    expect(offsetsIn(client.outlet.frames, far)).toEqual([])
    for (const turn of turns) turn.end()
    await pumps.quiet()
    expect(offsetsIn(client.outlet.frames, far)).toEqual([0, 1, 2])
  })

  it('let others have a go after every batch', async () => {
    const pumps = await openPumps()
    const id = await givenPast(pumps, 100, 10_000)
    pumps.follow(id, records)
    await pumps.quiet()
    expect(pumps.turns).toBeGreaterThanOrEqual(7)
  })
})

describe('a subscriber with a filter', () => {
  const deleted: Manner = mannerOf('records', ['task:deleted', 'session:*'])

  it.each(['memory', 'the log'])('gets batches that go on where the last one ended: %s', async (source) => {
    const pumps = await openPumps()
    const { fixture } = pumps
    const id = await givenPast(pumps, 1)
    const task = await fixture.givenTask(id)
    const client = source === 'memory' ? pumps.follow(id, deleted) : undefined
    await pumps.quiet()
    await fixture.givenSession(id)
    await fixture.givenTask(id)
    await fixture.send(id, deleteTask(task))
    await fixture.givenTask(id)
    if (source === 'the log') pumps.forgetRecent()
    const { outlet } = client ?? pumps.follow(id, deleted)
    await pumps.quiet()
    const cursor = { cursors: { [id]: cursorOf(fixture.store.positionOf(id)) } }
    if (source === 'the log') {
      expect(outlet.frames.slice(1)).toMatchObject([
        { type: 'records', from: 0, next: 7, lines: [{}, {}] },
        { type: 'caught_up', ...cursor },
      ])
      return
    }
    client?.pump.heartbeat()
    await fixture.givenSession(id)
    expect(outlet.frames.slice(1)).toMatchObject([
      { type: 'caught_up' },
      { type: 'records', from: 3, next: 4 },
      { type: 'records', from: 4, next: 6 },
      { type: 'heartbeat', ...cursor },
      { type: 'records', from: 7, next: 8 },
    ])
  })
})

describe('a plain listener', () => {
  it('gets what happens from now on in all projects, also those to come, and no other word', async () => {
    const pumps = await openPumps()
    const id = await givenPast(pumps, 1)
    const { outlet, pump } = pumps.listen()
    await pumps.fixture.givenTask(id)
    const later = await pumps.fixture.givenProject()
    pump.heartbeat()
    pump.farewell()
    expect(outlet.frames).toMatchObject([
      { type: 'task:created', projectId: id, offset: 2 },
      { type: 'project:created', projectId: later, offset: 0 },
    ])
  })

  it('that subscribes gets only what it subscribes to', async () => {
    const pumps = await openPumps()
    const [one, other] = [await givenPast(pumps, 0), await givenPast(pumps, 0)]
    const { outlet, pump } = pumps.listen()
    pump.subscribing()
    pump.follow(one, pumps.fixture.store.positionOf(one), entities)
    await pumps.fixture.givenTask(other)
    await pumps.fixture.givenTask(one)
    expect(outlet.frames.filter(({ offset }) => offset !== undefined)).toMatchObject([{ projectId: one, offset: 1 }])
  })
})
