import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AnswerReader } from '../../../bench/loads/answers.ts'

const answer = ([status, length]: readonly [number, number]): string =>
  length === 0
    ? `HTTP/1.1 ${status} X\r\nDate: now\r\n\r\n`
    : `HTTP/1.1 ${status} X\r\nContent-Length: ${length}\r\nDate: now\r\n\r\n${'\r\n'.repeat(length).slice(0, length)}`

describe('the reader of answers', () => {
  it('finds every answer, however the bytes arrive', () => {
    const answers = fc.array(fc.tuple(fc.constantFrom(200, 204, 429), fc.nat(40)), { maxLength: 8 })
    fc.assert(
      fc.property(answers, fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1 }), (sent, sizes) => {
        const bytes = Buffer.from(sent.map(answer).join(''))
        const found: Array<readonly [number, number]> = []
        const reader = new AnswerReader((status, length) => found.push([status, length]))
        for (let at = 0, i = 0; at < bytes.length; i += 1) {
          const size = sizes[i % sizes.length] ?? 1
          reader.take(bytes.subarray(at, at + size))
          at += size
        }
        expect(found).toEqual(sent)
      }),
    )
  })
})
