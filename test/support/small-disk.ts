import { execFile } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { onTestFinished } from 'vitest'
import { scratchDirectory } from './scratch.ts'

/** A directory on a real disk of its own, in memory, of so many bytes; undefined where this user may not mount one. */
export const smallDisk = async (bytes: number): Promise<string | undefined> => {
  const dir = join(await scratchDirectory(), 'disk')
  await mkdir(dir)
  const run = promisify(execFile)
  try {
    await run('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', dir])
  } catch {
    return undefined
  }
  onTestFinished(async () => {
    await run('umount', [dir])
  })
  return dir
}
