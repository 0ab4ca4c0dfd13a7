import { describe, expect, it } from 'vitest'
import { cursorOf } from '../../../events/index.ts'
import { startStreamServer } from '../../support/stream-server.ts'

describe('a heartbeat', () => {
  it('comes every 15 s, with the cursors, also of what a filter does not let through', async () => {
    const server = await startStreamServer()
    const id = await server.fixture.givenProject()
    const client = await server.connect(`/?projectId=${id}&types=session:*`)
    await client.upTo('caught_up')
    await server.fixture.givenTask(id)
    server.time.pass(14_999)
    expect(await client.soFar()).toHaveLength(2)
    server.time.pass(1)
    expect((await client.soFar()).slice(2)).toEqual([
      { type: 'heartbeat', cursors: { [id]: cursorOf(server.fixture.store.positionOf(id)) } },
    ])
    server.time.pass(2 * 15_000)
    expect(await client.soFar()).toHaveLength(5)
  })

  it('is all that a client hears that follows nothing any more', async () => {
    const server = await startStreamServer()
    const id = await server.fixture.givenProject()
    const client = await server.connect(`/?projectId=${id}&from=now`)
    client.say({ type: 'unsubscribe', projectId: id })
    await client.soFar()
    server.time.pass(15_000)
    expect((await client.soFar()).at(-1)).toEqual({ type: 'heartbeat', cursors: {} })
  })
})

describe('a server that goes away', () => {
  it('tells every subscriber how far it is, and plain listeners nothing, and closes with 1001', async () => {
    const server = await startStreamServer()
    const id = await server.fixture.givenProject()
    const subscriber = await server.connect(`/?projectId=${id}&from=now&view=records`)
    const listener = await server.connect()
    await subscriber.upTo('caught_up')
    await server.fixture.givenTask(id)
    await server.hub.close(AbortSignal.timeout(5000))
    for (const client of [subscriber, listener]) {
      expect(await client.closed).toEqual({ code: 1001, reason: 'server is going away' })
    }
    expect(subscriber.frames.slice(2)).toMatchObject([
      { type: 'records', from: 1, next: 2 },
      { type: 'heartbeat', cursors: { [id]: cursorOf(server.fixture.store.positionOf(id)) } },
    ])
    expect(listener.frames).toMatchObject([{ type: 'task:created', offset: 1 }])
  })
})

describe('a client that answers no ping', () => {
  it('is let go with 4408 after 30 s, whatever it follows', async () => {
    const server = await startStreamServer()
    const id = await server.fixture.givenProject()
    const client = await server.connect(`/?projectId=${id}`)
    await client.upTo('caught_up')
    // The client would answer: it does not get to see the ping before the time is over.
    server.time.pass(70_000)
    expect(await client.closed).toEqual({ code: 4408, reason: 'no pong' })
    expect(server.hub.status().stuckClients).toBe(0)
  })
})

describe('a client that does not read', () => {
  it('is let go with 4413 after 60 s, which it sees if it reads again, is counted, and goes on where it was', async () => {
    const server = await startStreamServer()
    const { fixture, hub, time } = server
    const id = await fixture.givenProject()
    const client = await server.connect(`/?projectId=${id}&view=records`)
    await client.upTo('caught_up')
    client.socket.pause()
    const tasks = 20
    const buffered = () => hub.status().clients[0]?.buffered ?? 0
    // Until all that lies between the two is full.
    let sent = 0
    while (buffered() === 0) {
      for (let i = 0; i < tasks; i += 1) await fixture.givenTask(id, 'x'.repeat(100_000))
      sent += tasks
      await new Promise((resolve) => setImmediate(resolve))
    }
    await fixture.givenTask(id)
    time.pass(55_000)
    expect(hub.status()).toMatchObject({
      connectedClients: 1,
      stuckClients: 0,
      clients: [{ stuck: true, lag: expect.any(Number) }],
    })
    time.pass(10_000)
    expect(hub.status()).toMatchObject({ stuckClients: 1 })
    time.pass(20_000)
    expect(hub.status()).toMatchObject({ stuckClients: 1 })
    client.socket.resume()
    expect(await client.closed).toEqual({ code: 4413, reason: 'no progress' })

    const next = Math.max(...client.frames.map((frame) => Number(frame.next ?? 0)))
    expect(next).toBeLessThan(sent + 2)
    const again = await server.connect(`/?projectId=${id}&view=records&from=${next}`)
    const lines = (await again.upTo('caught_up')).flatMap((frame) => frame.lines ?? [])
    expect(lines.map((line) => JSON.parse(line).offset)).toEqual(
      Array.from({ length: sent + 2 - next }, (_, i) => next + i),
    )
  })
})

describe('the status of the server', () => {
  it('tells of each client what it follows and how far it is behind', async () => {
    const server = await startStreamServer()
    const id = await server.fixture.givenProject()
    await server.connect()
    const some = await server.connect(`/?projectId=*&view=records&types=task:*`)
    some.say({ type: 'subscribe', projectId: id, from: 'now' })
    await some.soFar()
    const client = { connectedAt: server.fixture.now, buffered: 0, lag: 0, stuck: false }
    expect(server.hub.status()).toEqual({
      connectedClients: 2,
      stuckClients: 0,
      clients: [
        { ...client, plain: true, follows: [{ projectId: '*', view: 'entities' }] },
        {
          ...client,
          plain: false,
          follows: [
            { projectId: '*', view: 'records', types: ['task:*'] },
            { projectId: id, view: 'entities' },
          ],
        },
      ],
    })
  })
})
