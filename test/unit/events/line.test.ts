import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  canonical,
  DomainEvent,
  type Draft,
  genesis,
  IdempotencyKey,
  misplaced,
  openLine,
  type Position,
  type SealedLine,
  sealLine,
  start,
} from '../../../events/index.ts'
import { sha256 } from '../../../src/platform/hash.ts'
import { eventAdded, taskCreated, taskUpdated } from '../../support/events.ts'
import { draftOf } from '../../support/logs.ts'
import { projectId, recordIdAt, session, task } from '../../support/vocabulary.ts'

const place: Position = { offset: 7, hash: sha256('the record before') }
const draft: Draft = {
  id: recordIdAt(7),
  projectId,
  type: 'task:updated',
  at: 1706790000000,
  actor: { kind: 'user' },
  data: canonical(taskUpdated(task('a'), { title: 'A', status: 'blocked' }).data),
}

const bytesOf = ({ text }: SealedLine): Buffer => Buffer.from(text.slice(0, -1))
const open = (line: SealedLine | string) =>
  openLine(typeof line === 'string' ? Buffer.from(line) : bytesOf(line), sha256)
const seal = (change: Partial<Draft> = {}): SealedLine => sealLine({ ...draft, ...change }, place, 7, sha256)
/** Writes a line's header anew and seals it, as a program with another idea of the format would. */
const reseal = (line: string, change: (header: string) => string, data?: string): string => {
  const [header = '', rest = ''] = line.trimEnd().split(/,"hash":"[0-9a-f]{64}"/)
  const digest = data === undefined ? '' : `"digest":"${sha256(data)}"`
  const changed = change(data === undefined ? header : header.replace(/"digest":"[0-9a-f]{64}"/, digest))
  return `${changed},"hash":"${sha256(changed)}"${data === undefined ? rest : `,"data":${data}}`}`
}

describe('a sealed line', () => {
  it('has its keys in this order, nothing between them, and one line feed at the end', () => {
    const { text, next } = seal()
    const data = '{"changes":{"status":"blocked","title":"A"},"taskId":"task_a"}'
    const header =
      '{"v":1,"offset":7,"id":"00000000000000000000000007","projectId":"proj_p","type":"task:updated",' +
      `"at":1706790000000,"synced":7,"actor":{"kind":"user"},"prev":"${place.hash}","digest":"${sha256(data)}"`
    expect(text).toBe(`${header},"hash":"${sha256(header)}","data":${data}}\n`)
    expect(next).toEqual({ offset: 8, hash: sha256(header) })
  })

  it('names actor and request where there is one', () => {
    const { text } = seal({ actor: { kind: 'session', id: session('s') }, request: { key: 'k', digest: genesis } })
    expect(text).toContain(
      `"actor":{"kind":"session","id":"sess_s"},"request":{"key":"k","digest":"${genesis}"},"prev":"`,
    )
  })

  it('opens as the record that was sealed', () => {
    const request = { key: 'key', digest: sha256('request') }
    const line = seal({ actor: { kind: 'system' }, request })
    const opened = open(line)
    expect(opened).toEqual({
      kind: 'record',
      record: {
        ...{ v: 1, offset: 7, id: draft.id, projectId, at: draft.at, synced: 7, actor: { kind: 'system' }, request },
        ...{ prev: place.hash, digest: sha256(draft.data), hash: line.next.hash },
        ...taskUpdated(task('a'), { title: 'A', status: 'blocked' }),
      },
      next: line.next,
    })
  })

  it('is checked from its bytes wherever they lie in a buffer', () => {
    const line = bytesOf(seal())
    const buffer = Buffer.concat([Buffer.from('before'), line, Buffer.from('behind')])
    expect(openLine(buffer.subarray(6, 6 + line.length), sha256).kind).toBe('record')
    expect(openLine(new Uint8Array(line), sha256).kind).toBe('record')
  })

  it('starts a chain with 64 zeros', () => {
    expect(sealLine(draft, start, 0, sha256).text).toContain(`"prev":"${'0'.repeat(64)}"`)
  })
})

describe('a damaged line', () => {
  const line = bytesOf(seal({ request: { key: 'k', digest: genesis } }))

  it('is never a record, whichever byte is changed to whatever', () => {
    for (let at = 0; at < line.length; at += 1) {
      for (const byte of [0x00, 0x0a, 0x20, 0x22, 0x2c, 0x30, 0x7d, 0xff, (line[at] ?? 0) ^ 1]) {
        if (byte === line[at]) continue
        const damaged = Buffer.from(line)
        damaged[at] = byte
        if (openLine(damaged, sha256).kind !== 'bad') expect({ at, byte }).toBe('bad')
      }
    }
  })

  it('is never a record, wherever it is cut off or a byte is missing or doubled', () => {
    for (let at = 0; at < line.length; at += 1) {
      const [before, after] = [line.subarray(0, at), line.subarray(at + 1)]
      const doubled = Buffer.concat([line.subarray(0, at + 1), line.subarray(at)])
      for (const damaged of [before, line.subarray(at + 1), Buffer.concat([before, after]), doubled]) {
        if (openLine(damaged, sha256).kind !== 'bad') expect({ at, damaged: damaged.toString() }).toBe('bad')
      }
    }
  })

  it('is called bad, whatever the bytes are', () => {
    const parts = fc.constantFrom(',"hash":"', '","data":', '{', '}', '"', '\0', '\ud800', '0'.repeat(64), '{"v":1')
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array(),
          fc.array(parts).map((some) => Buffer.from(some.join(''))),
        ),
        (bytes) => {
          expect(openLine(bytes, sha256)).toMatchObject({ kind: 'bad', reason: expect.any(String) })
        },
      ),
    )
  })

  const text = seal().text
  it.each([
    ['no hash', 'no seal at all', '{"v":1,"data":{}}'],
    ['no hash followed by data', 'another key between hash and data', text.replace('","data"', '","x":1,"data"')],
    [
      'no hash followed by data',
      'a hash in capitals',
      text.replace(/"hash":"(.*?)"/, (all) => all.toUpperCase().replace('HASH', 'hash')),
    ],
    ['hash does not match', 'another time', text.replace('1706790000000', '1706790000001')],
    ['digest of data does not match', 'other data', text.trimEnd().replace('blocked', 'pending')],
    [
      'digest of data does not match',
      'other data that says it was redacted',
      text.trimEnd().replace('","data"', `","redacted":"${genesis}","data"`),
    ],
    ['not UTF-8', 'bytes that are no text', Buffer.from(text.trimEnd().replace('blocked', 'x\u00ff'), 'latin1')],
    ['not a record', 'text after the end', `${text.trimEnd()}}`],
    [
      'not a record',
      'a field with a wrong value',
      reseal(text, (header) => header.replace('"at":1706790000000', '"at":-1')),
    ],
    ['not a record', 'a field missing', reseal(text, (header) => header.replace('"synced":7,', ''))],
    ['data of task:updated', 'an event that no version knows', reseal(text, (header) => header, '{"taskId":7}')],
  ])('says "%s" for %s', (reason, _, damaged) => {
    expect(openLine(Buffer.from(damaged), sha256)).toMatchObject({
      kind: 'bad',
      reason: expect.stringContaining(reason),
    })
  })
})

describe('text in data', () => {
  const roundTrip = (data: DomainEvent['data'], type: DomainEvent['type']) => {
    const line = seal({ type, data: canonical(data) })
    expect(line.text.indexOf('\n')).toBe(line.text.length - 1)
    const opened = open(line)
    return opened.kind === 'record' ? opened.record.data : opened
  }

  it.each([
    ['line and paragraph separators', 'a\u2028b\u2029c\u0085d'],
    ['carriage returns and line feeds', 'a\r\nb\nc\r'],
    ['lone surrogates', '\ud800 and \udfff'],
    ['every control character', String.fromCharCode(...Array(32).keys(), 127)],
    ['characters of one to four bytes', 'aéア😀\u{10ffff}'],
    ['a byte order mark', '\ufeffx'],
    ['what looks like seals', `","hash":"${genesis}","redacted":"${genesis}","data":{}}`],
  ])('comes back as it was with %s', (_, title) => {
    const { data } = taskCreated(task('a'), { title })
    expect(roundTrip(data, 'task:created')).toEqual(data)
  })

  it.each([
    ['-0, which JSON knows as 0', { n: -0 }, { n: 0 }],
    ['integers beyond 2^53, as the nearest number there is', { n: 2 ** 60 + 2 ** 7 }, { n: 2 ** 60 }],
    ['the greatest and the smallest numbers', { n: [1.7e308, 5e-324, 0.1, 1e21] }, { n: [1.7e308, 5e-324, 0.1, 1e21] }],
    [
      'keys that are dangerous elsewhere',
      { constructor: 1, toString: 2, hasOwnProperty: 3 },
      { constructor: 1, toString: 2, hasOwnProperty: 3 },
    ],
  ])('comes back with %s', (_, given, expected) => {
    const { data } = eventAdded(session('s'), { type: 'note', data: given })
    expect(roundTrip(data, 'session:event_added')).toEqual({ ...data, event: { type: 'note', data: expected } })
  })

  it('keeps the digits of integers beyond 2^53 on disk', () => {
    const data = '{"event":{"data":9007199254740993,"type":"note"},"sessionId":"sess_s"}'
    const line = seal({ type: 'session:event_added', data })
    expect(open(line).kind).toBe('record')
    expect(line.text).toContain(':9007199254740993,')
  })

  it('with a __proto__ key changes no prototype', () => {
    const data = '{"event":{"data":{"__proto__":{"polluted":true}},"type":"note"},"sessionId":"sess_s"}'
    const opened = open(seal({ type: 'session:event_added', data }))
    if (opened.kind !== 'record' || opened.record.type !== 'session:event_added') throw new Error('not opened')
    const given = opened.record.data.event.data
    expect(Object.getPrototypeOf(given)).toBe(Object.prototype)
    expect(given).not.toHaveProperty('polluted')
    expect({}).not.toHaveProperty('polluted')
  })

  it('of any kind has one canonical form, whose digest does not change', () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), fc.string({ unit: 'binary' }), (value, text) => {
        const event = DomainEvent.safeParse(
          eventAdded(session('s'), { type: text, data: JSON.parse(JSON.stringify(value)) }),
        )
        if (!event.success) return
        const line = seal({ type: 'session:event_added', data: canonical(event.data.data) })
        const opened = open(line)
        if (opened.kind !== 'record') throw new Error(opened.reason)
        expect(canonical(opened.record.data)).toBe(canonical(event.data.data))
      }),
    )
  })
})

describe('a request key', () => {
  it.each(['prev', ',hash:', 'a{b}', "'", '`', '~'.repeat(255), '!'])('%j stands in the line as it is', (key) => {
    expect(IdempotencyKey.parse(key)).toBe(key)
    const opened = open(seal({ request: { key, digest: genesis } }))
    expect(opened).toMatchObject({ kind: 'record', record: { request: { key } } })
  })

  it.each(['', 'a b', '"', '","hash":"', '\\', 'é', '\n', '~'.repeat(256)])(
    '%j is refused before it gets there',
    (key) => {
      expect(IdempotencyKey.safeParse(key).success).toBe(false)
    },
  )

  it('cannot imitate a field of the envelope', () => {
    const everyKey = fc
      .string({ minLength: 1, maxLength: 255, unit: 'grapheme-ascii' })
      .filter((key) => IdempotencyKey.safeParse(key).success)
    fc.assert(
      fc.property(everyKey, (key) => {
        const line = seal({ request: { key, digest: genesis } })
        expect(line.text.indexOf(',"hash":"')).toBe(line.text.lastIndexOf(',"hash":"'))
        expect(open(line)).toMatchObject({ kind: 'record', record: { request: { key, digest: genesis } } })
      }),
    )
  })
})

describe('a line of a newer server', () => {
  const text = seal().text

  it.each([
    ['a higher version', reseal(text, (header) => header.replace('"v":1', '"v":2')), 'version 2'],
    [
      'a higher version with another envelope',
      reseal(text, (header) => header.replace('"v":1', '"v":3').replace('{"kind":"user"}', '{"kind":"robot"}')),
      'version 3',
    ],
    ['an unknown type', reseal(text, (header) => header.replace('task:updated', 'task:archived')), 'task:archived'],
  ])('with %s is not damage, and its place can be checked', (_, line, reason) => {
    const opened = open(line)
    expect(opened).toMatchObject({ kind: 'newer', reason: expect.stringContaining(reason) })
    if (opened.kind === 'newer') expect(misplaced(opened.envelope, place)).toBeUndefined()
  })

  it('is damage when its seals do not fit', () => {
    const line = reseal(text, (header) => header.replace('"v":1', '"v":2'))
    expect(open(line.replace('"at":17', '"at":18'))).toMatchObject({ kind: 'bad' })
    expect(open(line.replace('blocked', 'pending'))).toMatchObject({ kind: 'bad' })
  })
})

describe('a redacted line', () => {
  const data = canonical(taskUpdated(task('a'), { title: '[redacted]' }).data)
  const text = seal()
    .text.replace(/,"data":.*/, `,"redacted":"${sha256(data)}","data":${data}}`)
    .trimEnd()

  it('opens with the data it has now, and the chain goes on as before', () => {
    expect(open(text)).toMatchObject({
      kind: 'record',
      record: { data: { changes: { title: '[redacted]' } }, redacted: sha256(data), digest: sha256(draft.data) },
      next: seal().next,
    })
  })
})

describe('a record', () => {
  it('can stand only behind the one that it names', () => {
    const { next } = seal()
    const opened = open(sealLine(draftOf(taskCreated(task('b')), 8), next, 8, sha256))
    if (opened.kind !== 'record') throw new Error(opened.reason)
    expect(misplaced(opened.record, next)).toBeUndefined()
    expect(misplaced(opened.record, { ...next, offset: 9 })).toBe('offset 8 where 9 belongs')
    expect(misplaced(opened.record, place)).toBe('offset 8 where 7 belongs')
    expect(misplaced(opened.record, { ...next, hash: genesis })).toBe('prev is not the hash of the record before')
  })
})
