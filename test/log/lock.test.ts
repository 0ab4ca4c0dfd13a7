import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { AppError } from '../../src/errors.ts'
import { type DataDirectoryLock, lockDataDirectory } from '../../src/log/lock.ts'
import { nodeFileSystem } from '../../src/platform/node-file-system.ts'
import { scratchDirectory } from '../support/scratch.ts'
import { timeAt } from '../support/vocabulary.ts'

const holder = fileURLToPath(new URL('../support/lock-holder.ts', import.meta.url))

let dir: string
beforeEach(async () => {
  dir = await scratchDirectory()
})

const lock = (pid = process.pid): Promise<DataDirectoryLock> =>
  lockDataDirectory({ fs: nodeFileSystem, clock: () => timeAt(0), dir, pid })

const refusal = async (): Promise<AppError> => {
  const error: unknown = await lock().then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (error instanceof AppError) return error
  throw new Error('the lock was not refused')
}

/** Another process that has the lock. */
const otherProcess = async (): Promise<ChildProcess> => {
  const child = spawn(process.execPath, ['--import', 'tsx', holder, dir], { stdio: ['pipe', 'pipe', 'inherit'] })
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  await once(child.stdout, 'data')
  return child
}

describe('a data directory that another process has', () => {
  it('is refused, naming the process and where it listens, until that process is killed', async () => {
    const child = await otherProcess()
    const error = await refusal()
    expect(error).toMatchObject({
      code: 'DATA_DIR_LOCKED',
      details: { dir, pid: child.pid, address: 'http://127.0.0.1:4711' },
    })
    expect(error.message).toContain(`process ${child.pid}, since `)
    expect(error.message).toContain('http://127.0.0.1:4711')
    expect(error.message).toContain('DATA_DIR')

    child.kill('SIGKILL')
    await once(child, 'close')
    expect(await readFile(join(dir, 'lock'), 'utf8')).toContain(`"pid":${child.pid}`)
    const mine = await lock()
    expect((await refusal()).details).toMatchObject({ pid: process.pid })
    mine.release()
  })

  it('is free when that process ends by itself', async () => {
    const child = await otherProcess()
    child.stdin?.end()
    await once(child, 'close')
    ;(await lock()).release()
  })
})

describe('a lock', () => {
  it('keeps others out of the same process too, until it is released', async () => {
    const first = await lock()
    expect((await refusal()).message).toBe(
      `The data directory ${dir} is in use by process ${process.pid}, since ${new Date(timeAt(0)).toISOString()}. ` +
        'Stop that server, or choose another directory with DATA_DIR.',
    )
    first.release()
    expect(await readFile(join(dir, 'lock'), 'utf8')).toBe('')
    ;(await lock()).release()
  })

  it.each([
    ['a dead process', JSON.stringify({ pid: 2 ** 22 + 1, since: 'long ago' })],
    ['a process whose number another one has now', JSON.stringify({ pid: process.pid, since: 'long ago' })],
    ['nobody, in words that mean nothing', '\0\0 rubbish {'],
  ])('is taken although the file speaks of %s', async (_, content) => {
    await writeFile(join(dir, 'lock'), content)
    const mine = await lock()
    expect(await readFile(join(dir, 'lock'), 'utf8')).toBe(
      `{"pid":${process.pid},"since":"${new Date(timeAt(0)).toISOString()}"}\n`,
    )
    mine.release()
  })

  it.each(['', '{"pid":"x"}', '[]', 'null', '{"pid":1}'])(
    'is refused without a name when the file says %j',
    async (content) => {
      const mine = await lock()
      await writeFile(join(dir, 'lock'), content)
      expect((await refusal()).message).toContain('in use by another process. Stop')
      mine.release()
    },
  )

  it('makes the directory if it is missing', async () => {
    dir = join(dir, 'a', 'b')
    ;(await lock()).release()
  })
})
