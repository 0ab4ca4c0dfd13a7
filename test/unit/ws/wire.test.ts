import { describe, expect, it } from 'vitest'
import { packed, textMessage } from '../../../src/ws/feed/wire.ts'
import { frameOf, opcodes } from '../../integration/bad-input/socket-wire.ts'

/** The same message as its parts make it. */
const frameOfServer = (payload: string): Buffer => frameOf({ opcode: opcodes.text, payload, isMasked: false })

describe('a text message', () => {
  it.each([0, 1, 125, 126, 127, 65_535, 65_536, 100_000])('of %d bytes is a frame that is not masked', (length) => {
    const text = 'x'.repeat(length)
    expect(textMessage(text).equals(frameOfServer(text))).toBe(true)
  })

  it('is as long as its UTF-8', () => {
    const text = '\u20ac\u{1f600}\u2028'.repeat(40)
    expect(textMessage(text).equals(frameOfServer(text))).toBe(true)
  })

  it('goes on with bytes that are at hand', () => {
    const parts = ['{}\n', '\u20ac'.repeat(50), '', 'x'.repeat(70_000)]
    const [first = '', ...rest] = parts
    const message = textMessage(first, ...rest.map((part) => Buffer.from(part)))
    expect(message.equals(frameOfServer(parts.join('')))).toBe(true)
  })
})

describe('messages that are packed', () => {
  it('are all there and in order, many small ones in one piece, long ones by themselves', () => {
    const sizes = [10, 20, 60_000, 10_000, 200_000, 5, 6]
    const messages = sizes.map((size, i) => Buffer.alloc(size, i))
    const packs = packed(messages)
    expect(Buffer.concat(packs).equals(Buffer.concat(messages))).toBe(true)
    expect(packs.map(({ length }) => length)).toEqual([60_030, 10_000, 200_000, 11])
  })

  it('are not copied where there is only one', () => {
    const message = Buffer.alloc(10)
    expect(packed([message])).toEqual([message])
    expect(packed([message])[0]).toBe(message)
    expect(packed([])).toEqual([])
  })
})
