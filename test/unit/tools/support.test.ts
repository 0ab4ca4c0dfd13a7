import { describe, expect, it } from 'vitest'
import { counted, grouped, sized } from '../../../tools/support/numbers.ts'
import { print } from '../../../tools/support/print.ts'
import { createProgress } from '../../../tools/support/progress.ts'
import { paintFor } from '../../../tools/support/style.ts'
import { table } from '../../../tools/support/table.ts'

describe('numbers', () => {
  it('are grouped', () => {
    expect([0, 999, 12_345, 1_234_567].map(grouped)).toEqual(['0', '999', '12,345', '1,234,567'])
  })

  it('come with their noun', () => {
    expect([0, 1, 12_345].map((count) => counted(count, 'record'))).toEqual(['0 records', '1 record', '12,345 records'])
  })

  it('of bytes have the unit that fits', () => {
    const sizes = [0, 999, 1000, 19_800_265, 3e9, 5e15]
    expect(sizes.map(sized)).toEqual(['0 B', '999 B', '1.0 kB', '19.8 MB', '3.0 GB', '5000.0 TB'])
  })
})

describe('a table', () => {
  const plain = (text: string): string => text

  it('is as wide as its cells, numbers to the right, and has no space at the ends of lines', () => {
    const columns = [{ title: 'NAME' }, { title: 'SIZE', align: 'right' }, { title: 'HEAD' }] as const
    const rows = [
      ['a', '1', 'x'],
      ['longer', '12,345', 'yy'],
    ]
    expect(table(columns, rows, plain)).toEqual(['NAME      SIZE  HEAD', 'a            1  x', 'longer  12,345  yy'])
  })

  it('may do without a head', () => {
    expect(table([{ title: '' }, { title: '' }], [['a', 'b']], plain)).toEqual(['a  b'])
  })

  it('is as wide with colours as without', () => {
    const paint = paintFor({ write: () => {}, isTTY: true }, {})
    const [, row] = table([{ title: 'A' }, { title: 'B' }], [[{ text: 'ok', colour: 'green' }, 'b']], paint)
    expect(row).toBe('\u001b[32mok\u001b[0m  b')
  })
})

describe('colours', () => {
  const terminal = { write: () => {}, isTTY: true }

  it('are for terminals', () => {
    expect(paintFor(terminal, {})('bad', 'red')).toBe('\u001b[31mbad\u001b[0m')
    expect(paintFor(terminal, {})('plain', undefined)).toBe('plain')
  })

  it.each([
    ['what is no terminal', { write: () => {} }, {}],
    ['those who want none', terminal, { NO_COLOR: '1' }],
    ['a terminal that has none', terminal, { TERM: 'dumb' }],
  ])('are not for %s', (_, output, env) => {
    expect(paintFor(output, env)('bad', 'red')).toBe('bad')
  })
})

describe('progress', () => {
  /** What is shown when so much is done at some times, in ms. */
  const shown = (terminal: boolean, updates: ReadonlyArray<readonly [at: number, done: number]>): string[] => {
    let now = 0
    const texts: string[] = []
    const progress = createProgress({
      write: (text) => texts.push(text),
      terminal,
      stopwatch: () => now,
      line: (done, seconds) => `${done} in ${seconds} s`,
      stays: false,
    })
    for (const [at, done] of updates) {
      now = at
      progress.update(done)
    }
    progress.end()
    return texts
  }

  it('says nothing of what takes less than a second', () => {
    for (const terminal of [true, false]) {
      expect(
        shown(terminal, [
          [10, 1],
          [999, 2],
        ]),
      ).toEqual([])
    }
  })

  it('is one line on a terminal, and gone in the end', () => {
    expect(
      shown(true, [
        [999, 1],
        [1000, 2],
        [1099, 3],
        [1100, 4],
      ]),
    ).toEqual(['\r2 in 1 s\u001b[K', '\r4 in 1.1 s\u001b[K', '\r\u001b[K'])
  })

  it('is a line every two seconds elsewhere', () => {
    expect(
      shown(false, [
        [1000, 2],
        [2999, 3],
        [3000, 4],
      ]),
    ).toEqual(['2 in 1 s\n', '4 in 3 s\n'])
  })
})

describe('printing', () => {
  /** An output that takes so many texts, and then has no reader any more. */
  const outputOf = (room: number) => {
    const texts: string[] = []
    return {
      texts,
      write: (text: string, taken?: (error?: Error | null) => void) => {
        if (texts.length >= room) return taken?.(new Error('EPIPE'))
        texts.push(text)
        queueMicrotask(() => taken?.(null))
      },
    }
  }

  it('asks for a text only when the one before is taken', async () => {
    const output = outputOf(Number.POSITIVE_INFINITY)
    let asked = 0
    const texts = function* () {
      for (; asked < 5; asked += 1) {
        expect(output.texts).toHaveLength(asked)
        yield `${asked}`
      }
    }
    await print(output, texts())
    expect(output.texts).toEqual(['0', '1', '2', '3', '4'])
  })

  it('ends quietly when nobody reads any more, and lets go of what the texts come from', async () => {
    const output = outputOf(2)
    let released = false
    const endless = async function* () {
      try {
        for (;;) yield 'more'
      } finally {
        released = true
      }
    }
    await print(output, endless())
    expect({ texts: output.texts, released }).toEqual({ texts: ['more', 'more'], released: true })
  })
})
