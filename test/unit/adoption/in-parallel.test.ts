import { expect, it } from 'vitest'
import { inParallel } from '../../../src/adoption/in-parallel.ts'

/** Work whose end is in the hands of the test. */
const controlled = () => {
  const begun: string[] = []
  const ends = new Map<string, { resolve: (result: string) => void; reject: (error: Error) => void }>()
  const work = (item: string): Promise<string> =>
    new Promise((resolve, reject) => {
      begun.push(item)
      ends.set(item, { resolve, reject })
    })
  return { begun, work, end: (item: string) => ends.get(item) }
}

it('works on so many items at a time, and gives the results in their order', async () => {
  const { begun, work, end } = controlled()
  const results = inParallel(['a', 'b', 'c'], 2, work)
  expect(begun).toEqual(['a', 'b'])
  end('b')?.resolve('B')
  await expect.poll(() => begun).toEqual(['a', 'b', 'c'])
  end('c')?.resolve('C')
  end('a')?.resolve('A')
  expect(await results).toEqual(['A', 'B', 'C'])
})

it('begins nothing after a failure, and throws it when all that was begun is over', async () => {
  const { begun, work, end } = controlled()
  let over = false
  const results = inParallel(['a', 'b', 'c'], 2, work).finally(() => {
    over = true
  })
  const failed = expect(results).rejects.toThrow('no')
  end('a')?.reject(new Error('no'))
  await new Promise(setImmediate)
  expect(over).toBe(false)
  end('b')?.resolve('B')
  await failed
  expect(begun).toEqual(['a', 'b'])
})

it('has nothing to do for nothing', async () => {
  expect(await inParallel([], 2, () => Promise.reject(new Error('no')))).toEqual([])
})
