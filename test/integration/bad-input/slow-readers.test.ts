import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { z } from 'zod'
import { sharedServer } from '../../support/shared-server.ts'
import { anyGround, type Ground, layGround } from './ground.ts'
import { frameOf, opcodes, openSocketWire } from './socket-wire.ts'

// What is tested is how much waits in memory: how soon it is on disk does not matter.
const server = sharedServer({ FSYNC: 'never' })
let ground: Ground = anyGround
beforeAll(async () => {
  ground = await layGround(server.call)
})

const Status = z.object({ clients: z.array(z.object({ buffered: z.number(), lag: z.number() })) })

/** The most that waits in the server for one client, bytes and records. */
const mostWaiting = async (): Promise<{ readonly buffered: number; readonly lag: number }> => {
  const { clients } = Status.parse((await server.call('GET', '/ws-status')).body)
  return {
    buffered: Math.max(...clients.map(({ buffered }) => buffered)),
    lag: Math.max(...clients.map(({ lag }) => lag)),
  }
}

/** Changes the task and resolves with the offset of the change. */
const change = async (fields: object): Promise<number> => {
  const { status, headers } = await server.call('PATCH', `/api/tasks/${ground.task}`, { body: fields })
  expect(status).toBe(200)
  return Number(headers.get('maestro-offset'))
}

const kib = 1024
const mib = 1024 * kib

describe('a client that asks and asks, and does not read', () => {
  /** Pings that are numbered, so that their answers can be told apart, and as long as a ping may be. */
  const asked = 1000
  const pings = (from: number): Buffer =>
    Buffer.concat(
      Array.from({ length: asked }, (_, i) => frameOf({ opcode: opcodes.ping, payload: String(from + i).padEnd(125) })),
    )

  it('is not listened to any more, costs next to nothing, disturbs nobody, and has all answers when it reads', async () => {
    const wire = await openSocketWire(server.url)
    onTestFinished(() => wire.end())
    const onlooker = await server.listen()
    wire.pause()
    let sent = 0
    const flood = (): void => {
      wire.write(pings(sent))
      sent += asked
    }
    // Only when all that lies between the two is full do answers wait in the server.
    while ((await mostWaiting()).buffered === 0) flood()
    for (let round = 0; round < 30; round += 1) {
      flood()
      const offset = await change({ title: `Round ${round}` })
      await onlooker.until((frame) => frame.offset === offset)
      expect((await mostWaiting()).buffered).toBeLessThan(256 * kib)
    }
    wire.resume()
    const pongs = (await wire.received(sent + 30)).filter(({ opcode }) => opcode === opcodes.pong)
    expect(pongs.map(({ payload }) => Number(payload))).toEqual(Array.from({ length: sent }, (_, i) => i))
  })
})

describe('a client that stops reading while much changes', () => {
  const changes = 120
  const size = 300 * kib

  it('makes the server keep at most 1 MiB, delays nobody, and gets every frame once and in order when it reads', async () => {
    const [slow, prompt] = [await server.listen(), await server.listen()]
    slow.socket.pause()
    let most = { buffered: 0, lag: 0 }
    for (let i = 0; i < changes; i += 1) {
      const offset = await change({ description: String(i).padEnd(size, '.') })
      await prompt.until((frame) => frame.offset === offset)
      const { buffered, lag } = await mostWaiting()
      most = { buffered: Math.max(most.buffered, buffered), lag: Math.max(most.lag, lag) }
    }
    expect(most.buffered).toBeLessThanOrEqual(mib)
    expect(most.buffered).toBeGreaterThan(0)
    // More than the server keeps in memory for those who lag behind, so that part of it comes from the log.
    expect(most.lag * size).toBeGreaterThan(20 * mib)
    slow.socket.resume()
    const frames = await slow.received(changes)
    expect(frames.map(({ offset }) => offset)).toEqual(prompt.frames.map(({ offset }) => offset))
    // Their numbers only: nobody could read how 30 MiB differ.
    const texts = prompt.frames.map((frame) => JSON.stringify(frame))
    expect(frames.flatMap((frame, i) => (JSON.stringify(frame) === texts[i] ? [] : [i]))).toEqual([])
    expect(await mostWaiting()).toEqual({ buffered: 0, lag: 0 })
  })
})
