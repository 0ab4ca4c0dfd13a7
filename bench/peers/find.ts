import { access, constants, readdir } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { Unavailable } from '../row.ts'
import { output } from '../support/processes.ts'

/** The path of a program, from the folders of PATH or one of others. Rejects with `Unavailable` when there is none. */
export const find = async (name: string, others: readonly string[] = []): Promise<string> => {
  for (const dir of [...others, ...(process.env.PATH ?? '').split(delimiter)]) {
    const path = join(dir, name)
    const usable = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    )
    if (usable) return path
  }
  throw new Unavailable(`${name} is not installed`)
}

/** Folders in which Debian keeps the programs of each version of PostgreSQL, the newest first. */
export const postgresqlFolders = async (): Promise<string[]> => {
  const root = '/usr/lib/postgresql'
  const versions = await readdir(root).catch(() => [])
  return versions.toSorted((a, b) => Number(b) - Number(a)).map((version) => join(root, version, 'bin'))
}

/** What a program says of its version: the first numbers in it. */
export const versionOf = async (path: string): Promise<readonly [number, number]> => {
  const [, major = 0, minor = 0] = /(\d+)\.(\d+)/.exec(await output(path, ['--version'])) ?? []
  return [Number(major), Number(minor)]
}
