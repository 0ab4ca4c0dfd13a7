import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cut, padded, widthOf, wrap } from '../../../../tools/log-replay/stepper/width.ts'

describe('the width of a text', () => {
  it.each([
    ['plain', 5],
    ['', 0],
    ['naïve', 5],
    ['e\u0301', 1],
    ['漢字', 4],
    ['한글', 4],
    ['ﾊﾝ', 2],
    ['👍', 2],
    ['👩‍👩‍👧', 2],
    ['✓ ○ ◐ ■', 7],
  ])('%s takes %i columns', (text, width) => {
    expect(widthOf(text)).toBe(width)
  })
})

const texts = fc
  .array(fc.constantFrom('a', 'word', ' ', '漢', '👍', 'e\u0301', 'x'.repeat(30)), { maxLength: 30 })
  .map((parts) => parts.join(''))

describe('a text that is too wide', () => {
  it('is cut with a mark, and never wider than it may be', () => {
    expect(cut('abcdef', 4)).toBe('abc…')
    expect(cut('漢字漢字', 5)).toBe('漢字…')
    fc.assert(
      fc.property(texts, fc.nat({ max: 40 }), (text, width) => {
        expect(widthOf(cut(text, width))).toBeLessThanOrEqual(width)
      }),
    )
  })

  it('goes on in the next line, between words where there are some', () => {
    expect(wrap('one two three', 8)).toEqual(['one two ', '  three'])
    expect(wrap('abcdefghij', 5)).toEqual(['abcde', '  fgh', '  ij'])
  })

  it('loses nothing but spaces, and fits', () => {
    fc.assert(
      fc.property(texts, fc.integer({ min: 5, max: 40 }), (text, width) => {
        const lines = wrap(text, width)
        expect(lines.every((line) => widthOf(line) <= width)).toBe(true)
        expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''))
      }),
    )
  })

  it('may be filled up', () => {
    expect(padded('漢', 4)).toBe('漢  ')
    expect(padded('long', 2)).toBe('long')
  })
})
