import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readdir, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, inject } from 'vitest'

const root = fileURLToPath(new URL('../../', import.meta.url))
const run = promisify(execFile)

/** A directory in which the package is installed as those who use it have it. */
export interface InstalledPackage {
  readonly dir: string
}

/** It is a copy of a few megabytes, on a machine that may have much else to do, ms. */
const patience = 120_000

/** Packs what this run has built, as it would be published, and installs that. To be called where hooks may be. */
export const installedPackage = (): InstalledPackage => {
  let dir: string | undefined
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'maestro-test-'))
    await install(dir)
  }, patience)
  afterAll(async () => {
    if (dir !== undefined) await rm(dir, { recursive: true, force: true })
  })
  return {
    get dir() {
      if (dir === undefined) throw new Error('the package is only there while tests run')
      return dir
    },
  }
}

const install = async (dir: string): Promise<void> => {
  const sources = join(dir, 'sources')
  for (const name of ['package.json', 'README.md', 'CHANGELOG.md', 'LICENSE', 'docs', 'examples']) {
    await cp(join(root, name), join(sources, name), { recursive: true })
  }
  await cp(inject('build'), join(sources, 'dist'), { recursive: true })
  const { stdout } = await run('npm', ['pack', '--ignore-scripts', '--offline', '--silent'], { cwd: sources })
  const installed = join(dir, 'node_modules', 'maestro-server')
  await mkdir(installed, { recursive: true })
  await run('tar', ['-xzf', join(sources, stdout.trim()), '-C', installed, '--strip-components', '1'])
  await rm(sources, { recursive: true })
  // Its dependencies are those of the project.
  for (const name of await readdir(join(root, 'node_modules'))) {
    if (!name.startsWith('.')) await symlink(join(root, 'node_modules', name), join(dir, 'node_modules', name))
  }
}
