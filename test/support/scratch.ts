import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** A new directory for one test, removed when the test is over. */
export const scratchDirectory = async (): Promise<string> => {
  const dir = await mkdtemp(join(tmpdir(), 'maestro-test-'))
  onTestFinished(() => rm(dir, { recursive: true, force: true }))
  return dir
}
