import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { ProjectId } from '../../events/index.ts'
import type { CommandInput, OptionHelp } from '../../src/cli/command.ts'
import { optionHelp } from '../../src/cli/config-option.ts'
import { options } from '../../src/config/options.ts'
import { loadConfig } from '../../src/config.ts'
import { AppError } from '../../src/errors.ts'
import { logDirectory } from '../../src/log/format.ts'
import type { FileSystem } from '../../src/platform/file-system.ts'
import { systemErrorCode } from '../../src/platform/system-error.ts'

/** How help shows where the data is: as it does for the server. */
export const dataDirHelp: readonly OptionHelp[] = options.filter(({ key }) => key === 'dataDir').map(optionHelp)

/** The absolute path that `--data-dir`, the environment or the default name. Throws VALIDATION_ERROR. */
export const dataDirOf = (given: string | undefined, { env, home }: Pick<CommandInput, 'env' | 'home'>): string => {
  const argv = given === undefined ? [] : [`--data-dir=${given}`]
  return resolve(loadConfig({ env: { DATA_DIR: env.DATA_DIR }, argv, home }).dataDir)
}

/** Throws NOT_FOUND for what is no directory: a tool must not make one where there is nothing to look at. */
export const requireDirectory = async (path: string): Promise<void> => {
  if (await isDirectory(path)) return
  throw new AppError(
    'NOT_FOUND',
    `There is no data directory ${path}\nSay where the data is with DATA_DIR or --data-dir.`,
  )
}

const isDirectory = async (path: string): Promise<boolean> => {
  try {
    return (await stat(path)).isDirectory()
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT' || systemErrorCode(error) === 'ENOTDIR') return false
    throw error
  }
}

/** What is in the directory of the logs. */
export interface LogDirectory {
  readonly projects: readonly ProjectId[]
  /** Names of what is no project's. */
  readonly others: readonly string[]
}

export const readLogDirectory = async (fs: FileSystem, dataDir: string): Promise<LogDirectory> => {
  const projects: ProjectId[] = []
  const others: string[] = []
  for (const { name, kind } of await fs.list(logDirectory(dataDir))) {
    const id = ProjectId.safeParse(name)
    if (kind === 'directory' && id.success) projects.push(id.data)
    else others.push(name)
  }
  return { projects, others }
}

/** The projects that words name, each once; all of them for no words. Throws PROJECT_NOT_FOUND. */
export const chooseProjects = (
  projects: readonly ProjectId[],
  words: readonly string[],
  dataDir: string,
): readonly ProjectId[] =>
  words.length === 0 ? projects : [...new Set(words)].map((word) => find(projects, word, dataDir))

/** The project that the one word names. Throws VALIDATION_ERROR for another number of words, and PROJECT_NOT_FOUND. */
export const chooseProject = (
  projects: readonly ProjectId[],
  [word, ...more]: readonly string[],
  dataDir: string,
): ProjectId => {
  if (word === undefined || more.length > 0) throw new AppError('VALIDATION_ERROR', 'Name one project')
  return find(projects, word, dataDir)
}

const find = (projects: readonly ProjectId[], word: string, dataDir: string): ProjectId => {
  const found = projects.find((id) => id === word)
  if (found === undefined) throw new AppError('PROJECT_NOT_FOUND', `There is no log of project ${word} in ${dataDir}`)
  return found
}
