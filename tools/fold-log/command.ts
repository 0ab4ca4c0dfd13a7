import { z } from 'zod'
import { ProjectId } from '../../events/index.ts'
import type { Command } from '../../src/cli/command.ts'
import { loadConfig } from '../../src/config.ts'
import { AppError } from '../../src/errors.ts'
import { logDirectory } from '../../src/log/format.ts'
import { sha256 } from '../../src/platform/hash.ts'
import { nodeFileSystem as fs } from '../../src/platform/node-file-system.ts'
import { readFlags } from '../flags.ts'
import { foldLog } from './fold.ts'

const kinds = { 'data-dir': { type: 'string' }, project: { type: 'string' } } as const

const Flags = z.object({ 'data-dir': z.string().optional(), project: ProjectId.optional() })

export const foldLogCommand: Command = {
  name: 'log fold',
  summary: 'Folds logs without a server, and without writing anything: one line of JSON a project.',
  usage: '[options]',
  options: [
    { usage: '--data-dir <path>', lines: ['Directory of the logs.', 'DATA_DIR: the same. Default: ~/.maestro/data.'] },
    { usage: '--project <id>', lines: ['Only this project. Default: all.'] },
  ],
  examples: [
    {
      line: 'maestro log fold --data-dir ./data',
      says: 'Head, hash and state hash of every project. Whoever folds the same log gets the same.',
    },
  ],
  run: async ({ argv, env, home, stdout }) => {
    const { 'data-dir': given, project } = readFlags(argv, kinds, Flags)
    const { dataDir } = loadConfig({ env: { DATA_DIR: given ?? env.DATA_DIR }, argv: [], home })
    const projects = await projectsIn(dataDir)
    if (project !== undefined && !projects.includes(project)) {
      throw new AppError('PROJECT_NOT_FOUND', `There is no log of project ${project} in ${dataDir}`)
    }
    const broken: ProjectId[] = []
    for (const projectId of project === undefined ? projects : [project]) {
      const folded = await foldLog({ fs, sha256, dataDir, projectId })
      stdout.write(`${JSON.stringify(folded)}\n`)
      if (folded.stopped !== undefined) broken.push(projectId)
    }
    if (broken.length === 0) return 0
    throw new AppError('PROJECT_QUARANTINED', `Not read to the end: the log of ${broken.join(', ')}`)
  },
}

const projectsIn = async (dataDir: string): Promise<ProjectId[]> => {
  const entries = await fs.list(logDirectory(dataDir))
  return entries.flatMap(({ name, kind }) => {
    const id = ProjectId.safeParse(name)
    return kind === 'directory' && id.success ? [id.data] : []
  })
}
