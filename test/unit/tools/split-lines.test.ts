import fc from 'fast-check'
import { expect, it } from 'vitest'
import { splitLines } from '../../../tools/support/split-lines.ts'

async function* chunksOf(text: string, cuts: readonly number[]): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text)
  let from = 0
  for (const cut of [...cuts.map((one) => one % (bytes.length + 1)), bytes.length].sort((a, b) => a - b)) {
    yield bytes.subarray(from, cut)
    from = cut
  }
}

const linesOf = async (text: string, cuts: readonly number[], longest = 1000): Promise<string[]> => {
  const lines: string[] = []
  for await (const some of splitLines(chunksOf(text, cuts), longest))
    lines.push(...some.map((line) => String(Buffer.from(line))))
  return lines
}

it('lines are the same however their bytes arrive', async () => {
  const text = fc
    .array(fc.constantFrom('a', 'é', '\u2028', '\r', '\n', '😀'), { maxLength: 40 })
    .map((all) => all.join(''))
  await fc.assert(
    fc.asyncProperty(text, fc.array(fc.nat(), { maxLength: 10 }), async (all, cuts) => {
      const expected = all.split('\n')
      if (expected.at(-1) === '') expected.pop()
      expect(await linesOf(all, cuts)).toEqual(expected)
    }),
  )
})

it('a line that is too long is refused before memory is full of it', async () => {
  await expect(linesOf(`short\n${'x'.repeat(100)}`, [3, 50], 20)).rejects.toThrow('longer than 20 bytes')
  await expect(linesOf('x'.repeat(21), [], 20)).rejects.toThrow('longer than 20 bytes')
})
