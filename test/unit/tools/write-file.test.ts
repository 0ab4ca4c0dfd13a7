import { describe, expect, it } from 'vitest'
import { writeFileWhole } from '../../../tools/support/write-file.ts'
import { FaultyFileSystem } from '../../support/faulty-file-system.ts'
import { MemoryFileSystem } from '../../support/memory-file-system.ts'

const path = '/dir/file'
const never = new AbortController().signal

const disk = (): MemoryFileSystem => {
  const fs = new MemoryFileSystem()
  fs.put(path, Buffer.from('before'))
  return fs
}

const contentsOf = (fs: MemoryFileSystem): Record<string, string> =>
  Object.fromEntries(fs.paths().map((one) => [one, String(Buffer.from(fs.content(one)))]))

async function* texts(failure?: Error): AsyncGenerator<string> {
  yield 'one\n'
  if (failure !== undefined) throw failure
  yield 'zwei ü\n'
}

describe('a file that is written whole', () => {
  it('takes the place of what was there, and is durable', async () => {
    const fs = disk()
    // What an earlier run left is of no use.
    fs.put(`${path}.tmp`, Buffer.from('half'))
    const faulty = new FaultyFileSystem(fs)
    expect(await writeFileWhole(faulty, path, texts(), never)).toBe(12)
    expect(contentsOf(fs)).toEqual({ [path]: 'one\nzwei ü\n' })
    expect(faulty.summary().slice(-4)).toEqual([
      'datasync file.tmp',
      'close file.tmp',
      'rename file.tmp',
      'syncDirectory dir',
    ])
  })

  it('is not there at all when what is to be in it fails, or nobody wants it any more', async () => {
    const fs = disk()
    await expect(writeFileWhole(fs, path, texts(new Error('damaged')), never)).rejects.toThrow('damaged')
    const stop = new AbortController()
    stop.abort()
    await expect(writeFileWhole(fs, path, texts(), stop.signal)).rejects.toThrow()
    expect(contentsOf(fs)).toEqual({ [path]: 'before' })
  })

  it.each([
    ['ENOSPC', 'INSUFFICIENT_STORAGE', 'There is no room for /dir/file'],
    ['EIO', 'LOG_UNAVAILABLE', '/dir/file cannot be written'],
  ])('is told by its name when it cannot be written: %s', async (code, expected, message) => {
    for (const operation of ['appendSync', 'datasync', 'rename'] as const) {
      const fs = disk()
      const faulty = new FaultyFileSystem(fs)
      faulty.plan(operation, { code })
      await expect(writeFileWhole(faulty, path, texts(), never)).rejects.toMatchObject({ code: expected, message })
      expect(contentsOf(fs)).toEqual({ [path]: 'before' })
    }
  })
})
