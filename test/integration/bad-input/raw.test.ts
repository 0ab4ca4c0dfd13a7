import { beforeAll, describe, expect, it } from 'vitest'
import { sharedServer } from '../../support/shared-server.ts'
import { anyGround, type Ground, layGround, storedIn } from './ground.ts'
import { json } from './nonsense/kind.ts'
import { expectRefusal, forbidden, invalid, type Refused, tooLarge } from './refusal.ts'
import { exchange, openConnection, send } from './wire.ts'

const server = sharedServer()
let ground: Ground = anyGround
beforeAll(async () => {
  ground = await layGround(server.call)
})

const head = 'POST /api/projects HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n'
const body = '{"name":"never stored"}'

const methodRefused: Refused = { status: 405, code: 'METHOD_NOT_ALLOWED' }

const notHttp: ReadonlyArray<[what: string, bytes: string | Buffer, refused?: Refused]> = [
  ['words', 'what is this\r\n\r\n'],
  ['a TLS handshake', Buffer.from('16030100c8010000c40303', 'hex')],
  ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  ['a version that does not exist', 'GET /health HTTP/3.1\r\nHost: localhost\r\n\r\n'],
  ['a method that does not exist', 'NONSENSE /health HTTP/1.1\r\nHost: localhost\r\n\r\n'],
  ['a path without a slash', 'GET health HTTP/1.1\r\nHost: localhost\r\n\r\n'],
  ['a path with raw bytes', Buffer.from('GET /api/tasks/\xff\xfe HTTP/1.1\r\nHost: localhost\r\n\r\n', 'latin1')],
  ['a path with a space', 'GET /api/ta sks HTTP/1.1\r\nHost: localhost\r\n\r\n'],
  ['lines that end in line feeds only', 'GET /health HTTP/1.1\nHost: localhost\n\n'],
  ['a carriage return within a header', 'GET /health HTTP/1.1\r\nHost: localhost\r\nX: a\rb\r\n\r\n'],
  ['a zero byte within a header', 'GET /health HTTP/1.1\r\nHost: localhost\r\nX: a\0b\r\n\r\n'],
  ['a space before the colon of a header', 'GET /health HTTP/1.1\r\nHost : localhost\r\n\r\n'],
  ['a header without a name', 'GET /health HTTP/1.1\r\nHost: localhost\r\n: x\r\n\r\n'],
  ['a header without a colon', 'GET /health HTTP/1.1\r\nHost: localhost\r\nx\r\n\r\n'],
  ['two lengths', `${head}Content-Length: 23\r\nContent-Length: 24\r\n\r\n${body}`],
  ['a length twice', `${head}Content-Length: 23\r\nContent-Length: 23\r\n\r\n${body}`],
  ['a list of lengths', `${head}Content-Length: 23, 23\r\n\r\n${body}`],
  ['a negative length', `${head}Content-Length: -1\r\n\r\n${body}`],
  ['a signed length', `${head}Content-Length: +23\r\n\r\n${body}`],
  ['a length in hex', `${head}Content-Length: 0x17\r\n\r\n${body}`],
  ['a length beyond 64 bits', `${head}Content-Length: 18446744073709551617\r\n\r\n${body}`],
  ['a length and chunks', `${head}Content-Length: 23\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
  ['chunks twice over', `${head}Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n`],
  ['a transfer coding that ends otherwise than in chunks', `${head}Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n`],
  ['a chunk of no known size', `${head}Transfer-Encoding: chunked\r\n\r\nxyz\r\n{}\r\n0\r\n\r\n`],
  ['a chunk of negative size', `${head}Transfer-Encoding: chunked\r\n\r\n-2\r\n{}\r\n0\r\n\r\n`],
  ['a chunk that is longer than it says', `${head}Transfer-Encoding: chunked\r\n\r\n2\r\n{} \r\n0\r\n\r\n`],
  ['a method that asks for a proxy', 'CONNECT localhost:1 HTTP/1.1\r\nHost: localhost:1\r\n\r\n', methodRefused],
  ['no Host', 'GET /health HTTP/1.1\r\nConnection: close\r\n\r\n', forbidden],
  ['no Host, in HTTP/1.0', 'GET /health HTTP/1.0\r\n\r\n', forbidden],
  ['a header of 1 MiB', `GET /health HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(1024 * 1024)}\r\n\r\n`, tooLarge],
  ['a path of 1 MiB', `GET /${'x'.repeat(1024 * 1024)} HTTP/1.1\r\nHost: localhost\r\n\r\n`, tooLarge],
  ['10,000 headers', `GET /health HTTP/1.1\r\nHost: localhost\r\n${'x: y\r\n'.repeat(10_000)}\r\n`, tooLarge],
]

/** What is refused before it is over. */
const unfinished: ReadonlyArray<[what: string, bytes: string]> = [
  ['bytes that are not HTTP', 'nonsense\r\n\r\n'],
  [
    'garbage in a body that is refused already',
    'PUT /nowhere HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n',
  ],
  ['an upgrade that is refused', 'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n'],
  ['a request for a proxy', 'CONNECT localhost:1 HTTP/1.1\r\nHost: localhost:1\r\n\r\n'],
]

describe('what is not HTTP', () => {
  it.each(notHttp)('is refused in JSON and ends the connection: %s', async (_what, bytes, refused = invalid) => {
    const before = await storedIn(server, ground)
    const [answer, ...more] = await exchange(server.url, bytes)
    if (answer === undefined) throw new Error('the connection ended without an answer')
    expectRefusal(answer, refused)
    expect(more).toEqual([])
    expect(await storedIn(server, ground)).toEqual(before)
  })

  it.concurrent.each(unfinished)('is cut off when its sender goes on, and does not close: %s', async (_what, bytes) => {
    const { socket, over } = openConnection(server.url)
    // A sender that does not read does not see that the server has closed.
    socket.pause()
    socket.write(bytes)
    const flood = (failed?: Error | null): void => {
      if (!failed) socket.write('x'.repeat(1024), flood)
    }
    flood()
    await over
  })

  it.each(unfinished)('is answered also when its sender only reads after much more: %s', async (_what, bytes) => {
    const { socket, over } = openConnection(server.url)
    socket.pause()
    // More than fits between the two.
    const much = Buffer.concat([Buffer.from(bytes), Buffer.alloc(40 * 1024 * 1024, 'x')])
    const isTaken = await new Promise<boolean>((resolve) => socket.write(much, (failed) => resolve(!failed)))
    expect(isTaken).toBe(true)
    socket.resume()
    expect(await over).toMatchObject([{ body: { error: true } }])
  })
})

describe('headers', () => {
  it.each([
    [
      'two Hosts, the first of this machine',
      [
        ['Host', 'localhost'],
        ['Host', 'maestro.example'],
      ],
      403,
      'FORBIDDEN',
    ],
    [
      'two Hosts, the second of this machine',
      [
        ['Host', 'maestro.example'],
        ['Host', 'localhost'],
      ],
      403,
      'FORBIDDEN',
    ],
    [
      'two Origins',
      [
        ['Origin', 'http://localhost'],
        ['Origin', 'http://maestro.example'],
      ],
      403,
      'FORBIDDEN',
    ],
    [
      'two Idempotency-Keys',
      [
        ['Idempotency-Key', 'a'],
        ['Idempotency-Key', 'b'],
      ],
      400,
      'VALIDATION_ERROR',
    ],
    [
      'two Maestro-Actors',
      [
        ['Maestro-Actor', 'a'],
        ['Maestro-Actor', 'b'],
      ],
      400,
      'VALIDATION_ERROR',
    ],
    [
      'two Maestro-Sessions',
      [
        ['Maestro-Session', 'a'],
        ['maestro-session', 'a'],
      ],
      400,
      'VALIDATION_ERROR',
    ],
  ] as const)('that contradict each other are refused: %s', async (_what, headers, status, code) => {
    const request = { method: 'POST', path: '/api/projects', headers: [json, ...headers], body }
    expectRefusal(await send(server.url, request), { status, code })
  })

  it('count however many stand before them', async () => {
    const many = Array.from({ length: 2500 }, () => ['x', ''] as const)
    const headers = [json, ...many, ['Idempotency-Key', 'two words'] as const]
    expectRefusal(await send(server.url, { method: 'POST', path: '/api/projects', headers, body }), invalid)
  })

  it.each(['return=nonsense', '"', ';;;,,,', 'return=minimal=maximal', '__proto__', 'é'])(
    'of preferences that nobody knows are not heeded: %s',
    async (prefer) => {
      const request = {
        method: 'PATCH',
        path: `/api/tasks/${ground.task}`,
        headers: [json, ['Prefer', prefer] as const],
      }
      expect(await send(server.url, { ...request, body: '{}' })).toMatchObject({ status: 200 })
    },
  )

  it.each(['', '"', 'W/', '"999"', '5', '*x', '"é"'])(
    'that say nothing of a version get the entity: If-None-Match %s',
    async (tag) => {
      const request = { method: 'GET', path: `/api/tasks/${ground.task}`, headers: [['If-None-Match', tag] as const] }
      expect(await send(server.url, request)).toMatchObject({ status: 200, body: { id: ground.task } })
    },
  )
})

describe('after all of this', () => {
  it('no error is logged', () => {
    expect(server.process.logs.filter(({ level }) => level === 'error')).toEqual([])
  })
})
