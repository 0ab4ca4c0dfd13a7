import { beforeEach, describe, expect, it } from 'vitest'
import { OpenFiles } from '../../src/log/open-files.ts'

let closed: string[]
let files: OpenFiles<string>
beforeEach(() => {
  closed = []
  files = new OpenFiles(2, async (log) => {
    closed.push(log)
  })
})

/** A write that has begun, or waits for a place, until the test ends it. */
const writeTo = (log: string) => {
  let end = (): void => {}
  const write = { hasBegun: false, end: () => end(), over: Promise.resolve() }
  write.over = files.during(log, async () => {
    write.hasBegun = true
    await new Promise<void>((resolve) => {
      end = resolve
    })
  })
  return write
}
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('a place for a file', () => {
  it('is free as long as there are fewer, and then that of the log that was written longest ago', async () => {
    for (const log of ['a', 'b', 'a', 'c', 'b', 'c']) await files.during(log, async () => {})
    expect(closed).toEqual(['b', 'a'])
  })

  it('is waited for while all logs are being written, in order', async () => {
    const [a, b, c, d] = [writeTo('a'), writeTo('b'), writeTo('c'), writeTo('d')]
    await settled()
    expect([a, b, c, d].map(({ hasBegun }) => hasBegun)).toEqual([true, true, false, false])
    b.end()
    await settled()
    expect([c, d].map(({ hasBegun }) => hasBegun)).toEqual([true, false])
    expect(closed).toEqual(['b'])
    a.end()
    await settled()
    expect(d.hasBegun).toBe(true)
    expect(closed).toEqual(['b', 'a'])
  })

  it('serves all writes to one log, and is given up when the last of them is over', async () => {
    const [one, two, b, c] = [writeTo('a'), writeTo('a'), writeTo('b'), writeTo('c')]
    await settled()
    expect([one, two, b, c].map(({ hasBegun }) => hasBegun)).toEqual([true, true, true, false])
    one.end()
    await settled()
    expect(c.hasBegun).toBe(false)
    two.end()
    await settled()
    expect(c.hasBegun).toBe(true)
    expect(closed).toEqual(['a'])
  })

  it('is given up by a write that fails, too', async () => {
    const broken = new Error('broken')
    for (const log of ['a', 'b', 'c']) {
      await expect(files.during(log, () => Promise.reject(broken))).rejects.toBe(broken)
    }
    expect(await files.during('d', async () => 'done')).toBe('done')
    expect(closed).toEqual(['a', 'b'])
  })

  it('is only taken when the file before is closed', async () => {
    let letGo = (): void => {}
    files = new OpenFiles(1, () => new Promise((resolve) => (letGo = resolve)))
    await files.during('a', async () => {})
    const b = writeTo('b')
    await settled()
    expect(b.hasBegun).toBe(false)
    letGo()
    await settled()
    expect(b.hasBegun).toBe(true)
    b.end()
    await b.over
  })
})
