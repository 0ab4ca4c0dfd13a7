import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonical, type Draft, openLine, type Position, sealLine } from '../../../events/index.ts'
import { takeApart } from '../../../events/usual-line.ts'
import { sha256 } from '../../../src/platform/hash.ts'
import { eventAdded } from '../../support/events.ts'
import { draftOf } from '../../support/logs.ts'
import { projectId, recordIdAt, session } from '../../support/vocabulary.ts'

const id = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_-]{0,20}$/)
const digest = fc.string().map(sha256)
const wholeNumber = fc.nat({ max: 2 ** 40 })
const text = fc.string({ unit: 'binary', maxLength: 30 })

const draft: fc.Arbitrary<Draft> = fc.record({
  id: fc.nat().map(recordIdAt),
  projectId: fc.constant(projectId),
  type: fc.constant('session:event_added' as const),
  at: wholeNumber,
  actor: fc.oneof(
    fc.record({ kind: fc.constantFrom('user', 'session', 'system'), id }),
    fc.record({ kind: fc.constantFrom('user', 'session', 'system') }),
  ),
  request: fc.option(fc.record({ key: fc.stringMatching(/^[!#-[\]-~]{1,255}$/), digest }), { nil: undefined }),
  data: text.map((type) => canonical(eventAdded(session('s'), { type, data: { text: type } }).data)),
})
const sealed = fc.record({ draft, place: fc.record({ offset: wholeNumber, hash: digest }), synced: wholeNumber })

interface Sealing {
  readonly draft: Draft
  readonly place: Position
  readonly synced: number
}

const lineOf = ({ draft, place, synced }: Sealing): string => sealLine(draft, place, synced, sha256).text.slice(0, -1)

/** The same record, written with a space that JSON does not mind, and sealed anew. */
const spaced = (line: string): string => {
  const [header = '', rest = ''] = line.split(/,"hash":"[0-9a-f]{64}"/)
  const changed = header.replace('{"v":1,', '{ "v":1,')
  return `${changed},"hash":"${sha256(changed)}"${rest}`
}

const redacted = (line: string): string => {
  const data = '{"event":{"type":"[redacted]"},"sessionId":"sess_s"}'
  return line.replace(/,"data":.*$/su, () => `,"redacted":"${sha256(data)}","data":${data}}`)
}

describe('a line that is taken apart', () => {
  it('opens as one that has to be parsed: the same record in every field but its hash', () => {
    fc.assert(
      fc.property(sealed, fc.boolean(), (given, isRedacted) => {
        const line = isRedacted ? redacted(lineOf(given)) : lineOf(given)
        expect(takeApart(line)).toBeDefined()
        expect(takeApart(spaced(line))).toBeUndefined()
        const [quick, slow] = [line, spaced(line)].map((one) => openLine(Buffer.from(one), sha256))
        if (quick?.kind !== 'record' || slow?.kind !== 'record') throw new Error('not opened')
        expect({ ...quick.record, hash: '' }).toStrictEqual({ ...slow.record, hash: '' })
        expect(quick.next).toEqual({ offset: given.place.offset + 1, hash: quick.record.hash })
      }),
    )
  })

  it.each([
    ['an id that is none', (line: string) => line.replace(/"id":"0/, '"id":"o')],
    ['a number that is not exact', (line: string) => line.replace('"at":5', '"at":99999999999999999999')],
    ['a number in another notation', (line: string) => line.replace('"at":5', '"at":5.0')],
    ['an actor that nobody is', (line: string) => line.replace('"user"', '"robot"')],
    ['a key more', (line: string) => line.replace('"synced"', '"x":1,"synced"')],
    ['a key less', (line: string) => line.replace(/"synced":\d+,/, '')],
    ['another version', (line: string) => line.replace('"v":1', '"v":2')],
    ['an escape', (line: string) => line.replace('proj_p', 'pro\\u006a_p')],
  ])('has not %s', (_, change) => {
    const plain = { ...draftOf(eventAdded(session('s'), { type: 'note' }), 1), at: 5 }
    const line = lineOf({ draft: plain, place: { offset: 1, hash: sha256('') }, synced: 1 })
    expect(takeApart(line)).toBeDefined()
    expect(takeApart(change(line))).toBeUndefined()
  })
})
