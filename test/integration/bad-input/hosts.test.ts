import { describe, expect, it } from 'vitest'
import { upgradeHeaders } from '../../support/raw-http.ts'
import { sharedServer } from '../../support/shared-server.ts'
import { expectRefusal, forbidden, invalid } from './refusal.ts'
import { send } from './wire.ts'

const server = sharedServer()

const upgrade = Object.entries(upgradeHeaders)

/** Asks for something to read, for something to change, and for a WebSocket. */
const askAll = async (...headers: ReadonlyArray<readonly [string, string]>) => [
  await send(server.url, { method: 'GET', path: '/api/projects', headers }),
  await send(server.url, {
    method: 'POST',
    path: '/api/projects',
    headers: [['Content-Type', 'application/json'], ...headers],
    body: '{"name":"never stored"}',
  }),
  await send(server.url, { method: 'GET', path: '/', headers: [...upgrade, ...headers] }),
]

const strangers: Readonly<Record<'Host' | 'Origin', Array<[what: string, value: string]>>> = {
  Host: [
    ['a name that may resolve to this machine', 'rebound.example:3000'],
    ['a name that begins like this machine', 'localhost.maestro.example'],
    ['a name that begins like its address', '127.0.0.1.maestro.example'],
    ['a name below localhost', 'maestro.localhost'],
    ['a trailing dot', 'localhost.'],
    ['a trailing dot and a port', 'localhost.:3000'],
    ['user information', 'localhost@maestro.example'],
    ['user information before this machine', 'maestro.example@localhost'],
    ['a password', 'localhost:3000@maestro.example'],
    ['empty user information', '@localhost'],
    ['a path', 'localhost/'],
    ['a query', 'localhost?'],
    ['a fragment', 'maestro.example#localhost'],
    ['a fragment after this machine', 'localhost#maestro.example'],
    ['a backslash', 'maestro.example\\@localhost'],
    ['an encoded letter', 'loc%61lhost'],
    ['a soft hyphen', 'local\xadhost'],
    ['a list', 'localhost, maestro.example'],
    ['a scheme', 'http://localhost'],
    ['nothing', ''],
    ['a port only', ':3000'],
    ['a port that is no number', 'localhost:http'],
    ['a port beyond all ports', 'localhost:65536'],
    ['every address', '0.0.0.0'],
    ['every IPv6 address', '[::]'],
    ['an address of the network', '192.168.0.1'],
    ['an IPv6 address of the network', '[fe80::1]'],
    ['an IPv6 address without brackets', '::1'],
    ['an IPv6 address with a zone', '[::1%25lo]'],
    ['an IPv6 address that ends early', '[::1'],
    ['an IPv6 address that goes on', '[::1]localhost'],
    ['another address as IPv6', '[::ffff:192.168.0.1]'],
  ],
  Origin: [
    ['a page that may not say where it is from', 'null'],
    ['another site', 'https://maestro.example'],
    ['a site that begins like this machine', 'http://localhost.maestro.example'],
    ['a site with user information', 'http://localhost@maestro.example'],
    ['a site with a fragment', 'http://maestro.example#localhost'],
    ['a site with a backslash', 'http://maestro.example\\.localhost'],
    ['a file', 'file://localhost'],
    ['a script', 'javascript://localhost'],
    ['another program that shows pages', 'tauri://maestro.example'],
    ['a browser extension', 'chrome-extension://localhost'],
    ['every address', 'http://0.0.0.0'],
    ['a list', 'http://localhost http://maestro.example'],
    ['no URL', 'localhost'],
    ['nothing', ''],
  ],
}

describe.each(['Host', 'Origin'] as const)('%s', (name) => {
  it.each(strangers[name])('%s is forbidden: %s', async (_what, value) => {
    for (const answer of await askAll([name, value])) expectRefusal(answer, forbidden)
  })
})

describe('this machine', () => {
  it.each([
    ...[
      'localhost',
      'LocalHost:1',
      'localhost:',
      'localhost:65535',
      '127.0.0.1',
      '127.255.255.254:80',
      '[::1]',
      '[::1]:80',
    ],
    ...['[0:0:0:0:0:0:0:1]', '[::ffff:127.0.0.1]'],
  ])('may be named %s', async (host) => {
    expect(await send(server.url, { method: 'GET', path: '/api/projects', headers: [['Host', host]] })).toMatchObject({
      status: 200,
      text: '[]',
    })
  })
})

describe('an upgrade', () => {
  const changed = (name: string, value: string) =>
    upgrade.map(([key, old]) => [key, key === name ? value : old] as const)

  it.each([
    ['a version that does not exist', 'Sec-WebSocket-Version', '99'],
    ['no version', 'Sec-WebSocket-Version', ''],
    ['a key that is too short', 'Sec-WebSocket-Key', 'dGhlIHNhbXBsZQ=='],
    ['a key that is not base64', 'Sec-WebSocket-Key', '!'.repeat(24)],
    ['another protocol than WebSocket', 'Upgrade', 'h2c'],
  ])('with %s is refused, and told which version there is', async (_what, name, value) => {
    const answer = await send(server.url, { method: 'GET', path: '/', headers: changed(name, value) })
    expectRefusal(answer, invalid)
    expect(answer.headers.get('sec-websocket-version')).toBe('13')
  })

  it.each([
    ['no sub-protocol', 'Sec-WebSocket-Protocol', 'a,,b'],
    ['the same sub-protocol twice', 'Sec-WebSocket-Protocol', 'a, a'],
  ])('with %s is refused', async (_what, name, value) => {
    const headers = [...upgrade, [name, value] as const]
    expectRefusal(await send(server.url, { method: 'GET', path: '/', headers }), invalid)
  })

  it.each(['POST', 'PUT', 'DELETE', 'OPTIONS'])('by %s is refused, and Allow names GET', async (method) => {
    const answer = await send(server.url, { method, path: '/', headers: upgrade })
    expectRefusal(answer, { status: 405, code: 'METHOD_NOT_ALLOWED' })
    expect(answer.headers.get('allow')).toBe('GET')
  })
})

describe('after all of this', () => {
  it('nothing is stored and nobody is connected', async () => {
    expect(await server.call('GET', '/api/projects')).toMatchObject({ status: 200, body: [] })
    expect(await server.call('GET', '/ws-status')).toMatchObject({ body: { connectedClients: 0 } })
  })
})
