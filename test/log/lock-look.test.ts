import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, expect, it } from 'vitest'
import { isDataDirectoryLocked, lockDataDirectory } from '../../src/log/lock.ts'
import { nodeFileSystem as fs } from '../../src/platform/node-file-system.ts'
import { scratchDirectory } from '../support/scratch.ts'
import { timeAt } from '../support/vocabulary.ts'

let dir: string
beforeEach(async () => {
  dir = await scratchDirectory()
})

const lock = () => lockDataDirectory({ fs, clock: () => timeAt(0), dir, pid: process.pid })

it('a directory that nobody has used is not locked, and stays as it is', async () => {
  expect(await isDataDirectoryLocked(fs, dir)).toBe(false)
  expect(await isDataDirectoryLocked(fs, join(dir, 'missing'))).toBe(false)
  expect(await readdir(dir)).toEqual([])
})

it('a directory is locked from when it is taken until it is released, however often one looks', async () => {
  const mine = await lock()
  mine.announce('http://127.0.0.1:4711')
  for (let i = 0; i < 3; i += 1) expect(await isDataDirectoryLocked(fs, dir)).toBe(true)
  await expect(lock()).rejects.toMatchObject({ code: 'DATA_DIR_LOCKED' })
  mine.release()
  expect(await isDataDirectoryLocked(fs, dir)).toBe(false)
  ;(await lock()).release()
})

it('the words of a dead holder lock nothing', async () => {
  await writeFile(join(dir, 'lock'), JSON.stringify({ pid: process.pid, since: 'long ago' }))
  expect(await isDataDirectoryLocked(fs, dir)).toBe(false)
  ;(await lock()).release()
})
