import { beforeAll, describe, expect, it } from 'vitest'
import { sharedServer } from '../../support/shared-server.ts'
import { anyGround, type Ground, layGround } from './ground.ts'

const server = sharedServer()
let ground: Ground = anyGround
beforeAll(async () => {
  ground = await layGround(server.call)
})

const json = { 'content-type': 'application/json' }

/** Texts that are fine, and that have been the end of many a program. */
const texts = [
  ...[
    '\ud800',
    '\udc00\ud83d',
    'a\udfffb',
    '\u0000',
    '\u001b[31m',
    '\r\n\r\n',
    '\u2028\u2029',
    '\ufeff',
    '\uffff',
    '\u202e',
  ],
  ...[
    '\u{1f600}',
    'e\u0301\u00e9',
    '"\\/\\u0041',
    '`$(id)`',
    '</script><!--',
    '%00%2e%2e',
    "'; DROP TABLE tasks; --",
    '../..',
  ],
  ...[
    '__proto__',
    'constructor',
    'toJSON',
    ',"hash":"',
    '$&$1',
    '[object Object]',
    'NaN',
    '\ud83d\ude00'.repeat(10_000),
  ],
]

describe('text that is hard to carry', () => {
  it('comes back as it was: in answers, in frames, and after a restart, all of them well-formed', async () => {
    const listener = await server.listen()
    const metadata = Object.fromEntries(texts.filter((text) => text !== '__proto__').map((text) => [text, text]))
    const path = `/api/sessions/${ground.session}`
    const body = { name: texts.join(), metadata: { ...metadata, texts } }
    const answer = await server.call('PATCH', path, { body })
    expect(answer).toMatchObject({ status: 200, body })
    expect(answer.text.isWellFormed()).toBe(true)
    expect(await listener.received(1)).toMatchObject([{ type: 'session:updated', data: answer.body }])
    await server.restart('kill')
    expect((await server.call('GET', path)).text).toBe(answer.text)
  })

  it('is taken away again by its name', async () => {
    const path = `/api/sessions/${ground.session}`
    const names = texts.filter((text) => text !== '__proto__')
    const cleared = Object.fromEntries([...names, 'texts', 'hasOwnProperty'].map((name) => [name, null]))
    expect(await server.call('PATCH', path, { body: { metadata: cleared } })).toMatchObject({ body: { metadata: {} } })
  })

  it('may be the name of a field that nobody knows, and is then named in a header that is plain ASCII', async () => {
    for (const text of texts.filter((one) => one !== '__proto__' && one.length < 100)) {
      const { status, headers } = await server.call('PATCH', `/api/tasks/${ground.task}`, {
        body: { [text]: 1 },
        headers: json,
      })
      expect(status).toBe(200)
      expect(decodeURIComponent(headers.get('maestro-ignored-fields') ?? '')).toBe(text.toWellFormed())
    }
  })
})
