import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { makerOf } from '../../support/entities.ts'
import { sharedServer } from '../../support/shared-server.ts'

const server = sharedServer()
const make = makerOf(server.call)

describe('a client of the WebSocket', () => {
  it('that sends a ping message is answered with pong and the time', async () => {
    const listener = await server.listen()
    listener.socket.send('{"type":"ping"}')
    expect(await listener.received(1)).toEqual([{ type: 'pong', timestamp: expect.any(Number) }])
  })

  it('that sends a ping frame is answered with a pong frame of the same content', async () => {
    const { socket } = await server.listen()
    socket.ping('hello')
    const [data] = await once(socket, 'pong')
    expect(String(data)).toBe('hello')
  })

  it.each(['hello', '{', '[]', 'null', '{}', '{"type":"dance"}', '"ping"'])(
    'that sends %s is told that nobody knows it, and stays connected',
    async (text) => {
      const listener = await server.listen()
      listener.socket.send(text)
      expect(await listener.received(1)).toEqual([
        { type: 'error', code: 'BAD_MESSAGE', message: expect.stringContaining('ping') },
      ])
      await make.project()
      expect((await listener.received(2))[1]).toMatchObject({ type: 'project:created' })
    },
  )

  it('that sends ten such messages is told nine times and then disconnected with 4400', async () => {
    const listener = await server.listen()
    for (let i = 0; i < 10; i += 1) listener.socket.send('hello')
    expect(await listener.closed).toEqual({ code: 4400, reason: 'bad message' })
    expect(listener.frames.map(({ type }) => type)).toEqual(Array.from({ length: 9 }, () => 'error'))
  })

  it('that sends a binary message is disconnected with 4400', async () => {
    const listener = await server.listen()
    listener.socket.send(Buffer.from('{"type":"ping"}'))
    expect(await listener.closed).toEqual({ code: 4400, reason: 'bad message' })
    expect(listener.frames).toEqual([])
  })

  it('may send a message of 64 KiB', async () => {
    const listener = await server.listen()
    listener.socket.send('{"type":"ping"}'.padEnd(64 * 1024))
    expect(await listener.received(1)).toMatchObject([{ type: 'pong' }])
  })

  it('that sends a message over 64 KiB is disconnected with 1009', async () => {
    const listener = await server.listen()
    listener.socket.send('{"type":"ping"}'.padEnd(64 * 1024 + 1))
    expect((await listener.closed).code).toBe(1009)
  })

  it('that sends text which is no UTF-8 is disconnected with 1007', async () => {
    const listener = await server.listen()
    listener.socket.send(Buffer.from([0x22, 0xff, 0x22]), { binary: false })
    expect((await listener.closed).code).toBe(1007)
  })

  it('does not suffer from what another one does', async () => {
    const [good, bad] = [await server.listen(), await server.listen()]
    bad.socket.send(Buffer.from([0]))
    await bad.closed
    await make.project()
    expect(await good.received(1)).toMatchObject([{ type: 'project:created' }])
  })
})
