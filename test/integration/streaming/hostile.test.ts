import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { maxSubscriptions } from '../../../src/ws/protocol.ts'
import { makerOf } from '../../support/entities.ts'
import { type Listener, listenTo } from '../../support/listener.ts'
import { rawCall, upgradeHeaders } from '../../support/raw-http.ts'
import { sharedServer } from '../../support/shared-server.ts'
import { streamClient } from '../../support/stream-server.ts'
import { frameOf, opcodes, openSocketWire, type WireFrame } from '../bad-input/socket-wire.ts'

const server = sharedServer()
const make = makerOf(server.call)
let projectId = ''
let task = ''
let changes = 0
/** Somebody who follows everything all the time. */
let onlooker: Listener | undefined

beforeAll(async () => {
  projectId = (await make.project()).id
  task = (await make.task(projectId)).id
})
afterAll(() => onlooker?.close())

/** Whoever follows the project still hears at once of what happens. */
const expectNobodyNotices = async (): Promise<void> => {
  onlooker ??= await listenTo(`${server.url}/?projectId=*&from=now`)
  changes += 1
  const title = `Title ${changes}`
  await server.call('PATCH', `/api/tasks/${task}`, { body: { title } })
  await onlooker.until(({ data }) => Object(data).title === title)
  expect(server.process.logs.filter(({ level }) => level === 'error')).toEqual([])
}

const client = async (path = '/') => streamClient(await server.listen(path))
const subscribe = (fields: object) => JSON.stringify({ type: 'subscribe', projectId, ...fields })
const text = (payload: string | Buffer, more: Partial<WireFrame> = {}): WireFrame => ({
  opcode: opcodes.text,
  payload,
  ...more,
})

describe('a hostile subscriber', () => {
  it.each([
    ['not JSON', 'subscribe'],
    ['half of JSON', '{"type":"subscribe",'],
    ['a negative offset', subscribe({ from: -1 })],
    ['a fractional offset', subscribe({ from: 0.5 })],
    ['an offset beyond all numbers', subscribe({ from: 1e300 })],
    ['an offset with too many digits', subscribe({ from: '9'.repeat(40) })],
    ['a hash that is none', subscribe({ from: '1:xyz' })],
    ['a path for an id', subscribe({ projectId: '../../etc/passwd' })],
    ['a prototype for an id', '{"type":"subscribe","projectId":"*","cursors":{"__proto__":1}}'],
    ['a filter that is a pattern', subscribe({ types: ['(a+)+$'] })],
    ['too many filters', subscribe({ types: Array.from({ length: 65 }, () => 'task:*') })],
    ['fields of the other kind', subscribe({ cursors: { [projectId]: 1 } })],
  ])('that sends %s is told BAD_MESSAGE, and stays what it was', async (_what, message) => {
    const bad = await client(`/?projectId=*&from=now`)
    await bad.upTo('caught_up')
    const before = bad.frames.length
    bad.socket.send(message)
    const frames = await bad.soFar()
    expect(frames.slice(before)).toMatchObject([{ type: 'error', code: 'BAD_MESSAGE' }])
    expect(JSON.stringify(frames.at(-1)).length).toBeLessThan(1000)
    await expectNobodyNotices()
  })

  it.each([
    ['binary', { opcode: opcodes.binary, payload: '{"type":"subscribe","projectId":"*"}' }, 4400],
    ['64 KiB and a byte', text(subscribe({}).padEnd(64 * 1024 + 1)), 1009],
    ['text that is not UTF-8', text(Buffer.from('{"type":"subscribe","projectId":"\xff"}', 'latin1')), 1007],
    ['what it says is compressed', text(Buffer.alloc(1000), { reserved: 4 }), 1002],
    [
      '100,000 projects',
      text(`{"type":"subscribe","projectId":"*","cursors":{${'"p":1,'.repeat(100_000)}"p":1}}`),
      1009,
    ],
  ] satisfies Array<[string, WireFrame, number]>)('that sends %s is disconnected', async (_what, frame, code) => {
    const wire = await openSocketWire(server.url)
    onTestFinished(() => wire.end())
    wire.write(frame)
    const [close] = await wire.received(1)
    expect(close).toMatchObject({ opcode: opcodes.close })
    expect(close?.payload.readUInt16BE(0)).toBe(code)
    await expectNobodyNotices()
  })

  it('that offers compression does not get it', async () => {
    const headers = { ...upgradeHeaders, 'Sec-WebSocket-Extensions': 'permessage-deflate; client_max_window_bits' }
    const answer = await rawCall(server.url, 'GET', '/', { headers })
    expect(answer.status).toBe(101)
    expect(answer.headers.get('sec-websocket-extensions')).toBeNull()
  })

  it('that names as many projects as fit into a message is told LIMIT', async () => {
    const bad = await client()
    const cursors = Object.fromEntries(Array.from({ length: 7000 }, (_, i) => [i.toString(36), 0]))
    bad.say({ type: 'subscribe', projectId: '*', cursors })
    expect(await bad.soFar()).toMatchObject([{ type: 'error', code: 'LIMIT' }])
    await expectNobodyNotices()
  })

  it('that names as many as it may that are not there is told of each', async () => {
    const bad = await client()
    const cursors = Object.fromEntries(Array.from({ length: maxSubscriptions }, (_, i) => [`proj_none_${i}`, i]))
    bad.say({ type: 'subscribe', projectId: '*', cursors, else: 'now' })
    const frames = await bad.upTo('caught_up')
    const errors = frames.filter(({ type }) => type === 'error')
    expect(errors.map((frame) => frame.projectId)).toEqual(Object.keys(cursors))
    expect(new Set(errors.map(({ code }) => code))).toEqual(new Set(['PROJECT_NOT_FOUND']))
    await expectNobodyNotices()
  })

  it('that subscribes 10,000 times is answered each time, in order', async () => {
    const bad = await client()
    const count = 10_000
    for (let i = 0; i < count; i += 1) bad.socket.send(subscribe({ from: i % 3 === 0 ? 'now' : i % 3 }))
    bad.say({ type: 'ping' })
    await expectNobodyNotices()
    const frames = await bad.upTo('pong')
    const starts = frames.filter(({ type }) => type === 'subscribed').map(({ from }) => String(from).split(':')[0])
    expect(starts).toHaveLength(count)
    expect(starts.filter((from, i) => i % 3 !== 0 && from !== String(i % 3))).toEqual([])
  })

  it('that subscribes again and again and does not read is not listened to any more', async () => {
    const wire = await openSocketWire(server.url)
    onTestFinished(() => wire.end())
    wire.pause()
    const cursors = Object.fromEntries(Array.from({ length: maxSubscriptions }, (_, i) => [`none_${i}`, 0]))
    const message = frameOf(text(subscribe({ projectId: '*', cursors, else: 'now' })))
    const waiting = async (): Promise<number> => {
      const { body } = await server.call('GET', '/ws-status')
      return Math.max(...Object(body).clients.map(({ buffered }: { buffered: number }) => buffered))
    }
    while ((await waiting()) === 0) wire.write(message)
    for (let i = 0; i < 20; i += 1) {
      wire.write(message)
      expect(await waiting()).toBeLessThan(256 * 1024)
    }
    await expectNobodyNotices()
  })
})
