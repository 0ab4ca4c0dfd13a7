import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { mutated } from './mutation.ts'
import { mutations } from './mutations.ts'

const read = (file: string): Promise<string> => readFile(new URL(`../../${file}`, import.meta.url), 'utf8')

describe('the mutations', () => {
  it('have a name each', () => {
    expect(new Set(mutations.map(({ name }) => name)).size).toBe(mutations.length)
  })

  it.each(mutations.map((mutation) => [mutation.name, mutation] as const))(
    '"%s" has its place in the source, and a file of tests',
    async (_, mutation) => {
      const source = await read(mutation.file)
      expect(mutated(mutation, source), `"${mutation.find}" stands in ${mutation.file} once`).toBeDefined()
      expect(mutated(mutation, source)).not.toBe(source)
      await expect(read(mutation.test.file)).resolves.not.toBe('')
    },
  )
})
