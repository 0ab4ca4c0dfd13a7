import { beforeAll, describe, expect, it } from 'vitest'
import { sharedServer } from '../../support/shared-server.ts'
import { anyGround, type Ground, layGround, storedIn } from './ground.ts'
import { json } from './nonsense/kind.ts'
import { expectRefusal, invalid } from './refusal.ts'
import { bytesOf, exchange, openConnection, type WireRequest } from './wire.ts'

const server = sharedServer()
let ground: Ground = anyGround
beforeAll(async () => {
  ground = await layGround(server.call)
})

const keepAlive = ['Connection', 'keep-alive'] as const
const head = 'POST /api/projects HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n'
const body = '{"name":"never stored"}'

describe('a request that comes in pieces', () => {
  it.each([
    ['in the request line', 'POST /api/pro'],
    ['in the headers', head],
    ['before the body', `${head}Content-Length: 23\r\n\r\n`],
    ['in the body', `${head}Content-Length: 23\r\n\r\n${body.slice(0, -1)}`],
    ['in the body, although what came is complete JSON', `${head}Content-Length: 24\r\n\r\n${body}`],
    ['in a chunk', `${head}Transfer-Encoding: chunked\r\n\r\n17\r\n${body.slice(0, -1)}`],
    ['before the last chunk', `${head}Transfer-Encoding: chunked\r\n\r\n17\r\n${body}\r\n`],
  ])('and stops %s is refused, and so is one whose sender is gone', async (_where, bytes) => {
    const before = await storedIn(server, ground)
    const answers = await exchange(server.url, bytes, { thenStop: true })
    expect(answers).toHaveLength(1)
    for (const answer of answers) expectRefusal(answer, invalid)
    const { socket, over } = openConnection(server.url)
    socket.write(bytes, () => socket.resetAndDestroy())
    await over
    expect(await storedIn(server, ground)).toEqual(before)
  })

  it('byte by byte is served', async () => {
    const { socket, over } = openConnection(server.url)
    for (const byte of bytesOf({ method: 'GET', path: `/api/tasks/${ground.task}` })) {
      await new Promise((resolve) => socket.write(Buffer.from([byte]), resolve))
    }
    expect(await over).toMatchObject([{ status: 200 }])
  })
})

describe('requests on one connection', () => {
  const rename = (title: string, headers: WireRequest['headers'] = []): Buffer =>
    bytesOf({
      method: 'PATCH',
      path: `/api/tasks/${ground.task}`,
      headers: [json, keepAlive, ...headers],
      body: JSON.stringify({ title }),
    })

  it.each([
    ['nonsense', 'nonsense\r\n\r\n'],
    ['a broken body', `${head}Transfer-Encoding: chunked\r\n\r\nxyz\r\n`],
    [
      'a body over the limit',
      bytesOf({ method: 'POST', path: '/api/projects', headers: [json], body: ' '.repeat(2 ** 21) }),
    ],
  ])('have their answers in order when %s follows', async (_what, bytes) => {
    const answers = await exchange(server.url, Buffer.concat([rename('One'), rename('Two'), Buffer.from(bytes)]))
    expect(answers.map(({ status }) => status)).toEqual([200, 200, expect.any(Number)])
    expect(answers.map(({ body: told }) => told)).toMatchObject([{ title: 'One' }, { title: 'Two' }, { error: true }])
  })

  it('are served after one whose body was too large, was cut short, or was none', async () => {
    const large = { method: 'POST', path: '/api/projects', headers: [json, keepAlive] }
    const answers = await exchange(
      server.url,
      Buffer.concat([
        bytesOf({ ...large, body: ' '.repeat(2 ** 21) }),
        bytesOf({ ...large, body: ' '.repeat(2 ** 21), chunked: true }),
        bytesOf({ ...large, body: '{"name":' }),
        bytesOf({ method: 'PUT', path: '/nowhere', headers: [keepAlive], body: 'x'.repeat(2 ** 21) }),
        bytesOf({ method: 'GET', path: `/api/tasks/${ground.task}` }),
      ]),
    )
    expect(answers.map(({ status }) => status)).toEqual([413, 413, 400, 404, 200])
  })

  it('have one answer each, also when a body turns to garbage after it is refused', async () => {
    const { socket, over } = openConnection(server.url)
    socket.on('data', () => socket.write('garbage\r\n'))
    socket.write('PUT /nowhere HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n')
    expect(await over).toMatchObject([{ status: 404 }])
  })

  it('that announce a body get to hear that it may come', async () => {
    const answers = await exchange(
      server.url,
      rename('Expected', [
        ['Expect', '100-continue'],
        ['Connection', 'close'],
      ]),
    )
    expect(answers.map(({ status }) => status)).toEqual([100, 200])
  })
})

describe('after all of this', () => {
  it('no error is logged', () => {
    expect(server.process.logs.filter(({ level }) => level === 'error')).toEqual([])
  })
})
