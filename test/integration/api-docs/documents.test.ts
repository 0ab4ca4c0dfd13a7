import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { sharedServer } from '../../support/shared-server.ts'

const open = sharedServer()
const closed = sharedServer({ MAESTRO_TOKEN: 'the-secret-token' })

const get = (path: string, init: RequestInit = {}, server = open): Promise<Response> =>
  fetch(`${server.url}${path}`, init)

/** What the page asks for, and what that asks for in turn. */
const addressesIn = (text: string): string[] =>
  [...text.matchAll(/(?:src|href)="([^"]*)"|url\((?!"?data:)([^)]*)\)|url: '([^']*)'/g)].map(
    ([, attribute, style, script]) => attribute ?? style ?? script ?? '',
  )

describe.each([
  ['/openapi.json', 'application/json; charset=utf-8'],
  ['/asyncapi.json', 'application/json; charset=utf-8'],
  ['/docs', 'text/html; charset=utf-8'],
  ['/docs/start.js', 'text/javascript; charset=utf-8'],
  ['/docs/swagger-ui-bundle.js', 'text/javascript; charset=utf-8'],
  ['/docs/swagger-ui.css', 'text/css; charset=utf-8'],
  ['/docs/favicon-32x32.png', 'image/png'],
])('%s', (path, type) => {
  it('is served as what it is, and is kept by clients until it changes', async () => {
    const answer = await get(path)
    const body = Buffer.from(await answer.arrayBuffer())
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-type')).toBe(type)
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
    expect(answer.headers.get('cache-control')).toBe('no-cache')
    expect(answer.headers.get('content-length')).toBe(String(body.length))

    const headers = { 'if-none-match': String(answer.headers.get('etag')) }
    expect(headers['if-none-match']).toMatch(/^"[0-9a-f]{64}"$/)
    const again = await get(path, { headers })
    expect([again.status, await again.text()]).toEqual([304, ''])
    const head = await get(path, { method: 'HEAD' })
    expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, String(body.length), ''])
    const other = await get(path, { method: 'POST' })
    expect([other.status, other.headers.get('allow')]).toEqual([405, 'GET, HEAD'])
  })

  it('needs no token, for it tells nothing that anybody has stored', async () => {
    expect((await get(path, {}, closed)).status).toBe(200)
    expect((await get('/api/projects', {}, closed)).status).toBe(401)
  })

  it('is not for pages of other sites', async () => {
    expect((await get(path, { headers: { origin: 'https://evil.example' } })).status).toBe(403)
  })
})

describe.each(['openapi.json', 'asyncapi.json'])('/%s', (name) => {
  it('is the document of docs/api', async () => {
    const committed = await readFile(new URL(`../../../docs/api/${name}`, import.meta.url), 'utf8')
    expect((await (await get(`/${name}`)).text()) === committed, 'run npm run api-docs').toBe(true)
  })
})

describe('the reference page', () => {
  it('may ask nobody but this server, and runs no script that stands in a page', async () => {
    const policy = (await get('/docs')).headers.get('content-security-policy')?.split('; ')
    expect(policy).toEqual([
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "img-src 'self' data:",
      "connect-src 'self'",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ])
  })

  it('asks for nothing that this server does not have', async () => {
    const page = await (await get('/docs')).text()
    expect(page).not.toMatch(/<script(?![^>]*\ssrc=)|<style|\son\w+=/)
    const parts = addressesIn(page)
    expect(parts).toContain('/docs/swagger-ui-bundle.js')
    const texts = await Promise.all(
      ['/docs/start.js', '/docs/swagger-ui.css'].map(async (part) => (await get(part)).text()),
    )
    for (const address of [...parts, ...texts.flatMap(addressesIn)]) {
      expect(address).toMatch(/^\/(?!\/)/)
      expect((await get(address)).status, address).toBe(200)
    }
  })

  it('has no other host look at the document', async () => {
    expect(await (await get('/docs/start.js')).text()).toContain('validatorUrl: null')
  })
})
