import { execFileSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    /** The folder of this run's own build, which the processes that tests start are run from. */
    build: string
  }
}

/**
 * Does what `npm run build` does, once before all tests, into a folder of this run alone: neither an old build nor a run
 * beside this one gets in the way. Types are checked apart.
 */
export default ({ provide }: TestProject): (() => void) => {
  const root = fileURLToPath(new URL('../../', import.meta.url))
  const build = join(root, `.test-build-${process.pid}`)
  const remove = (): void => rmSync(build, { recursive: true, force: true })
  process.once('exit', remove)
  const args = ['--import', 'tsx', 'scripts/build.ts', build, '--noCheck']
  execFileSync(process.execPath, args, { cwd: root, stdio: 'inherit' })
  provide('build', build)
  return remove
}
