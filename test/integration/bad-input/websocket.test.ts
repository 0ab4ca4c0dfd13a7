import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { sharedServer } from '../../support/shared-server.ts'
import { anyGround, type Ground, layGround, storedIn } from './ground.ts'
import { opcodes, openSocketWire, type ReceivedFrame, type SocketWire, type WireFrame } from './socket-wire.ts'

const server = sharedServer()
let ground: Ground = anyGround
beforeAll(async () => {
  ground = await layGround(server.call)
})

const open = async (): Promise<SocketWire> => {
  const wire = await openSocketWire(server.url)
  onTestFinished(() => wire.end())
  return wire
}

const text = (payload: string | Buffer, more: Partial<WireFrame> = {}): WireFrame => ({
  opcode: opcodes.text,
  payload,
  ...more,
})
const ping = text('{"type":"ping"}')
const isPong = { type: 'pong', timestamp: expect.any(Number) }
const isError = { type: 'error', code: 'BAD_MESSAGE', message: expect.any(String) }

const messageIn = ({ opcode, payload }: ReceivedFrame): unknown => {
  expect(opcode).toBe(opcodes.text)
  return JSON.parse(payload.toString())
}

/** A ping of just so many bytes. */
const longPing = (bytes: number): string => `{"type":"ping"${' '.repeat(bytes - 15)}}`
const limit = 64 * 1024

/** Short enough for the name of a test. */
const shown = (message: string): string => JSON.stringify(message).slice(0, 40)

const unknown = [
  ...['', ' ', 'ping', '{', '{"type":"ping"', '{"type":"ping"}}', "{'type':'ping'}", '\u0000', '\ufeff{"type":"ping"}'],
  ...['null', 'true', '5', '"ping"', '[]', '["ping"]', '[{"type":"ping"}]', '{}', '{"type":null}', '{"type":"pong"}'],
  ...['{"type":"PING"}', '{"type":["ping"]}', '{"type":{"type":"ping"}}', '{"type":"__proto__"}', '{"type":"error"}'],
  ...[
    '{"__proto__":{"type":"ping"}}',
    '{"type":"constructor"}',
    '{"type":"task:updated","data":{}}',
    '1e999',
    '\ud7ff',
  ],
  ...[`${'['.repeat(30_000)}${']'.repeat(30_000)}`, '{"a":'.repeat(10_000), 'x'.repeat(limit), '\u2028'.repeat(20_000)],
]

describe('a message that is not known', () => {
  it.each(unknown.map((message) => [shown(message), message] as const))(
    'is answered with an error, and the connection goes on: %s',
    async (_shown, message) => {
      const wire = await open()
      wire.write(text(message), ping)
      expect((await wire.received(2)).map(messageIn)).toEqual([isError, isPong])
    },
  )

  it('ends the connection with 4400 when it is the tenth, whatever else was said', async () => {
    const wire = await open()
    for (let i = 0; i < 9; i += 1) wire.write(text('nonsense'), ping)
    const answers = (await wire.received(18)).map(messageIn)
    expect(answers).toEqual(Array.from({ length: 9 }, () => [isError, isPong]).flat())
    wire.write(text('nonsense'), ping, text('nonsense'), ping)
    const [last] = (await wire.received(19)).slice(18)
    expect(last).toMatchObject({ opcode: opcodes.close })
    wire.write({ opcode: opcodes.close, payload: Buffer.from([0x11, 0x30]) })
    expect(await wire.closed).toBe(4400)
    expect(wire.frames).toHaveLength(19)
  })
})

describe('a message', () => {
  it.each([
    ['binary', [{ opcode: opcodes.binary, payload: '{"type":"ping"}' }], 4400],
    ['binary and empty', [{ opcode: opcodes.binary }], 4400],
    [
      'binary in fragments',
      [
        { opcode: opcodes.binary, payload: 'a', isFinal: false },
        { opcode: opcodes.continuation, payload: 'b' },
      ],
      4400,
    ],
    ['of one byte more than 64 KiB', [text(longPing(limit + 1))], 1009],
    [
      'of more than 64 KiB in fragments',
      [text('x'.repeat(limit), { isFinal: false }), { opcode: opcodes.continuation, payload: 'x' }],
      1009,
    ],
    ['that announces 4 GiB', [text('', { length: 2 ** 32 })], 1009],
    ['that announces more than a number can hold', [text('', { length: 2 ** 60 })], 1009],
    ['that is not UTF-8', [text(Buffer.from([0x22, 0xff, 0x22]))], 1007],
    ['with half a pair of surrogates', [text(Buffer.from([0xed, 0xa0, 0x80]))], 1007],
    ['that ends within a character', [text(Buffer.from([0xe2, 0x82]))], 1007],
    ['without a mask', [text('{"type":"ping"}', { isMasked: false })], 1002],
    ['with a reserved bit', [text('{"type":"ping"}', { reserved: 1 })], 1002],
    ['that says it is compressed', [text('{"type":"ping"}', { reserved: 4 })], 1002],
    ['of an unknown kind', [{ opcode: 3, payload: '{"type":"ping"}' }], 1002],
    ['of an unknown control kind', [{ opcode: 11 }], 1002],
    ['that goes on where none began', [{ opcode: opcodes.continuation, payload: 'a' }], 1002],
    ['that begins within another', [text('a', { isFinal: false }), text('b')], 1002],
    ['that is a ping in fragments', [{ opcode: opcodes.ping, isFinal: false }], 1002],
    ['that is a ping of 126 bytes', [{ opcode: opcodes.ping, payload: 'x'.repeat(126) }], 1002],
    ['that closes with half a code', [{ opcode: opcodes.close, payload: 'x' }], 1002],
    ['that closes with a code nobody may send', [{ opcode: opcodes.close, payload: Buffer.from([0x03, 0xed]) }], 1002],
  ] satisfies Array<[string, WireFrame[], number]>)(
    '%s ends its connection, and no other',
    async (_what, frames, code) => {
      const onlooker = await server.listen()
      const before = await storedIn(server, ground)
      const wire = await open()
      wire.write(...frames)
      const [close, ...more] = await wire.received(1)
      expect(close?.payload.readUInt16BE(0)).toBe(code)
      expect(more).toEqual([])
      wire.end()
      onlooker.socket.send('{"type":"ping"}')
      expect(await onlooker.received(1)).toEqual([isPong])
      expect(await storedIn(server, ground)).toEqual(before)
    },
  )

  it.each([
    ['of 64 KiB', [text(longPing(limit))]],
    [
      'in fragments, some of them empty, cut within a character',
      [
        text(Buffer.from('{"type":"ping","x":"\u20ac').subarray(0, -1), { isFinal: false }),
        { opcode: opcodes.continuation, isFinal: false },
        { opcode: opcodes.continuation, payload: Buffer.from([0xac]), isFinal: false },
        { opcode: opcodes.continuation, payload: '"}' },
      ],
    ],
    ['with more than it needs', [text('{"type":"ping","x":{"constructor":[]},"type":"ping"}')]],
  ] satisfies Array<[string, WireFrame[]]>)('%s is answered', async (_what, frames) => {
    const wire = await open()
    wire.write(...frames)
    expect((await wire.received(1)).map(messageIn)).toEqual([isPong])
  })

  it('may have pings of the protocol between its fragments, each answered at once with what it holds', async () => {
    const wire = await open()
    wire.write(
      text('{"type":', { isFinal: false }),
      { opcode: opcodes.ping, payload: 'between' },
      { opcode: opcodes.pong, payload: 'unasked' },
      { opcode: opcodes.ping },
      { opcode: opcodes.continuation, payload: '"ping"}' },
    )
    const [first, second, third] = await wire.received(3)
    expect(first).toEqual({ opcode: opcodes.pong, payload: Buffer.from('between') })
    expect(second).toEqual({ opcode: opcodes.pong, payload: Buffer.alloc(0) })
    expect(third && messageIn(third)).toEqual(isPong)
  })
})

describe('after all of this', () => {
  it('nobody is connected, no error is logged, and changes are heard', async () => {
    const listener = await server.listen()
    await server.call('PATCH', `/api/tasks/${ground.task}`, { body: { title: 'Still here' } })
    expect(await listener.received(1)).toMatchObject([{ type: 'task:updated', data: { title: 'Still here' } }])
    expect(await server.call('GET', '/ws-status')).toMatchObject({ body: { connectedClients: 1 } })
    expect(server.process.logs.filter(({ level }) => level === 'error')).toEqual([])
  })
})
