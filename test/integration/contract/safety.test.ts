import { readdir } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { makerOf, refusalIn } from '../../support/entities.ts'
import { rawCall, upgradeHeaders } from '../../support/raw-http.ts'
import { scratchDirectory } from '../../support/scratch.ts'
import { runMaestro } from '../../support/server-process.ts'
import { sharedServer } from '../../support/shared-server.ts'

const token = 'correct-horse-battery-staple'
const open = sharedServer({ MAESTRO_ALLOWED_ORIGINS: 'https://board.example, app://maestro' })
const closed = sharedServer({ MAESTRO_TOKEN: token, DEBUG: '1' })

const own = ({ url }: { readonly url: string }) => new URL(url)

describe('listening', () => {
  it('is on 127.0.0.1', () => {
    expect(own(open).hostname).toBe('127.0.0.1')
  })

  it.each(['0.0.0.0', '::', '192.0.2.1', 'maestro.example'])(
    'on %s without a token is refused, with the reason and what to do',
    async (host) => {
      const dataDir = await scratchDirectory()
      const { code, stdout, stderr } = await runMaestro(['serve'], { dataDir, env: { HOST: host } })
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
      expect(stderr).toContain(`Listening on ${host} without MAESTRO_TOKEN`)
      expect(stderr).toContain('Set MAESTRO_TOKEN')
      expect(await readdir(dataDir)).toEqual([])
    },
  )
})

describe('without a token, a Host', () => {
  const ways = [
    ['HTTP', {}, 200],
    ['the upgrade', upgradeHeaders, 101],
  ] as const
  const local = [
    'localhost',
    'LocalHost:3000',
    '127.0.0.1',
    '127.0.0.1:80',
    '127.8.9.10',
    '[::1]',
    '[::1]:3000',
    '[0:0:0:0:0:0:0:1]',
  ]
  const foreign = [
    'maestro.example',
    'maestro.example:3000',
    'localhost.maestro.example',
    'localhost.',
    '127.0.0.1.maestro.example',
    '192.168.0.1',
    '0.0.0.0',
    '[::]',
    'localhost@maestro.example',
    'maestro.example@localhost',
    'localhost/maestro.example',
    'localhost:port',
  ]
  for (const [way, headers, status] of ways) {
    it.each(local)(`that is this machine may come in by ${way}: %s`, async (host) => {
      const answer = await rawCall(open.url, 'GET', '/health', { headers: { ...headers, Host: host } })
      expect(answer.status).toBe(status)
    })

    it.each(foreign)(`that is not may not come in by ${way}: %s`, async (host) => {
      const answer = await rawCall(open.url, 'GET', '/health', { headers: { ...headers, Host: host } })
      expect(refusalIn(answer)).toMatchObject({ status: 403, code: 'FORBIDDEN' })
    })
  }
})

describe('without a token, an Origin', () => {
  const allowed = [
    'http://localhost',
    'http://localhost:5173',
    'https://127.0.0.1:8443',
    'http://[::1]:3000',
    'tauri://localhost',
    'https://board.example',
    'app://maestro',
  ]
  const foreign = [
    'https://maestro.example',
    'http://localhost.maestro.example',
    'https://board.example:8443',
    'http://board.example',
    'tauri://maestro.example',
    'file://',
    'null',
    'nonsense',
  ]
  it.each(allowed)('that is allowed comes in, and its pages may read answers: %s', async (origin) => {
    const answer = await open.call('GET', '/health', { headers: { origin } })
    expect(answer.status).toBe(200)
    expect(answer.headers.get('access-control-allow-origin')).toBe(origin)
    expect(answer.headers.get('vary')).toMatch(/origin/i)
    const exposed = answer.headers.get('access-control-expose-headers')?.split(',') ?? []
    expect(exposed).toEqual(expect.arrayContaining(['ETag', 'Location', 'Maestro-Offset', 'Maestro-Ignored-Fields']))

    const upgraded = await rawCall(open.url, 'GET', '/', { headers: { ...upgradeHeaders, Origin: origin } })
    expect(upgraded.status).toBe(101)
  })

  it.each(foreign)('that is not is refused, and its pages may not read why: %s', async (origin) => {
    const answers = [
      await open.call('GET', '/health', { headers: { origin } }),
      await open.call('POST', '/api/projects', { headers: { origin }, body: { name: 'Planted' } }),
      await open.call('OPTIONS', '/api/projects', { headers: { origin, 'access-control-request-method': 'POST' } }),
      await rawCall(open.url, 'GET', '/', { headers: { ...upgradeHeaders, Origin: origin } }),
    ]
    for (const answer of answers) {
      expect(refusalIn(answer)).toMatchObject({ status: 403, code: 'FORBIDDEN' })
      expect(answer.headers.has('access-control-allow-origin')).toBe(false)
    }
    expect((await open.call('GET', '/api/projects')).body).toEqual([])
  })

  it('of this machine may ask beforehand whether it may write', async () => {
    const asked = 'content-type,if-match,idempotency-key,prefer'
    const answer = await open.call('OPTIONS', '/api/tasks/task_1', {
      headers: {
        origin: 'http://localhost:5173',
        'access-control-request-method': 'PATCH',
        'access-control-request-headers': asked,
      },
    })
    expect(answer.status).toBe(204)
    expect(answer.headers.get('access-control-allow-origin')).toBe('http://localhost:5173')
    expect(answer.headers.get('access-control-allow-methods')?.split(',')).toEqual(
      expect.arrayContaining(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']),
    )
    expect(answer.headers.get('access-control-allow-headers')).toBe(asked)
  })

  it('is not needed: programs send none', async () => {
    const { status, headers } = await open.call('GET', '/health')
    expect([status, headers.has('access-control-allow-origin')]).toEqual([200, false])
  })
})

describe('with a token', () => {
  const bearer = { authorization: `Bearer ${token}` }
  const wrong = [
    ['no token', {}],
    ['another token', { authorization: 'Bearer wrong' }],
    ['the beginning of the token', { authorization: `Bearer ${token.slice(0, -1)}` }],
    ['more than the token', { authorization: `Bearer ${token}x` }],
    ['the token in another scheme', { authorization: `Basic ${token}` }],
    ['the token alone', { authorization: token }],
  ] as const

  it.each(wrong)('HTTP with %s is refused', async (_what, headers) => {
    for (const [method, path] of [
      ['GET', '/api/projects'],
      ['POST', '/api/projects'],
      ['GET', '/ws-status'],
      ['GET', '/api/nothing'],
      ['GET', `/api/projects?token=${token}`],
    ] as const) {
      const answer = await closed.call(method, path, { headers: { ...headers } })
      expect(refusalIn(answer), path).toMatchObject({ status: 401, code: 'UNAUTHORIZED' })
      expect(answer.headers.get('www-authenticate')).toBe('Bearer')
    }
  })

  it.each(wrong)('the upgrade with %s is refused', async (_what, headers) => {
    const answer = await rawCall(closed.url, 'GET', '/', { headers: { ...upgradeHeaders, ...headers } })
    expect(refusalIn(answer)).toMatchObject({ status: 401, code: 'UNAUTHORIZED' })
  })

  it('HTTP and WebSocket with the token come in', async () => {
    const listener = await closed.listen('/', bearer)
    expect((await closed.call('POST', '/api/projects', { headers: bearer, body: { name: 'A' } })).status).toBe(201)
    expect(await listener.received(1)).toMatchObject([{ type: 'project:created' }])
  })

  it('a WebSocket may bring it in its URL, as browsers must', async () => {
    await closed.listen(`/?token=${token}`)
    await closed.listen(`/ws?a=b&token=${encodeURIComponent(token)}`)
    const answer = await rawCall(closed.url, 'GET', '/?token=wrong', { headers: upgradeHeaders })
    expect(answer.status).toBe(401)
  })

  it('its health stays open', async () => {
    expect(await closed.call('GET', '/health')).toMatchObject({ status: 200, body: { status: 'ok' } })
    expect((await closed.call('HEAD', '/health')).status).toBe(200)
  })

  it('a page of this machine may ask beforehand, and reads why it is refused', async () => {
    const origin = 'http://localhost:5173'
    const headers = {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization',
    }
    expect((await closed.call('OPTIONS', '/api/projects', { headers })).status).toBe(204)
    const refused = await closed.call('GET', '/api/projects', { headers: { origin } })
    expect(refused.status).toBe(401)
    expect(refused.headers.get('access-control-allow-origin')).toBe(origin)
  })

  it('the token is in no log', async () => {
    await closed.call('GET', `/api/nothing?token=${token}`, { headers: bearer })
    await rawCall(closed.url, 'GET', `/?token=${token}x`, { headers: upgradeHeaders })
    const { 'Sec-WebSocket-Key': _key, ...broken } = upgradeHeaders
    await rawCall(closed.url, 'GET', `/?token=${token}`, { headers: broken })
    await closed.call('GET', '/health')
    expect(closed.process.logs.length).toBeGreaterThan(0)
    expect(JSON.stringify(closed.process.logs)).not.toContain(token)
  })
})

describe('an upgrade', () => {
  it.each([
    ['without a key', { ...upgradeHeaders, 'Sec-WebSocket-Key': '' }],
    ['of another version', { ...upgradeHeaders, 'Sec-WebSocket-Version': '7' }],
    ['to another protocol', { ...upgradeHeaders, Upgrade: 'smoke-signals' }],
  ])('%s is refused in JSON', async (_what, headers) => {
    const answer = await rawCall(open.url, 'GET', '/', { headers })
    expect(refusalIn(answer)).toMatchObject({ status: 400, code: 'VALIDATION_ERROR' })
  })
})

describe('what comes from outside never becomes part of a path', () => {
  const outside = ['..', '../x', '..%2f..%2fetc', '%2e%2e%2f%2e%2e', 'a%00b', 'a.json', '%5c..%5c', 'a'.repeat(129)]

  it.each(outside)('nothing has the id %s', async (id) => {
    for (const [kind, code] of [
      ['projects', 'PROJECT_NOT_FOUND'],
      ['tasks', 'TASK_NOT_FOUND'],
      ['sessions', 'SESSION_NOT_FOUND'],
    ] as const) {
      const refusal = refusalIn(await rawCall(open.url, 'GET', `/api/${kind}/${id}`))
      expect(refusal.status).toBe(404)
      expect([code, 'NOT_FOUND']).toContain(refusal.code)
    }
  })

  it.each(['maestro-session', 'maestro-actor'])('the header %s must be an id', async (name) => {
    for (const value of ['../x', 'a b', '"', 'a'.repeat(129)]) {
      const answer = await open.call('POST', '/api/projects', { headers: { [name]: value }, body: { name: 'A' } })
      expect(refusalIn(answer)).toMatchObject({ status: 400, code: 'VALIDATION_ERROR' })
    }
  })

  it('ids in bodies must be ids', async () => {
    const { id: projectId } = await makerOf(open.call).project()
    for (const [path, body] of [
      ['/api/tasks', { projectId: '../../x', title: 'A' }],
      ['/api/tasks', { projectId, title: 'A', parentId: '../x' }],
      ['/api/sessions', { projectId, taskIds: ['../x'] }],
      ['/api/sessions', { projectId, taskIds: [], id: '../x' }],
    ] as const) {
      expect(refusalIn(await open.call('POST', path, { body })).code).toBe('VALIDATION_ERROR')
    }
  })
})
