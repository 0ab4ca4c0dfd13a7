import { z } from 'zod'
import type { ProjectId } from '../../events/index.ts'
import type { Command } from '../../src/cli/command.ts'
import { AppError } from '../../src/errors.ts'
import { sha256 } from '../../src/platform/hash.ts'
import { nodeFileSystem as fs } from '../../src/platform/node-file-system.ts'
import { readFlags } from '../flags.ts'
import { chooseProjects, dataDirHelp, dataDirOf, readLogDirectory } from '../support/data-directory.ts'
import { foldLog } from './fold.ts'

const kinds = { 'data-dir': { type: 'string' }, project: { type: 'string' } } as const

const Flags = z.object({ 'data-dir': z.string().optional(), project: z.string().optional() })

export const foldLogCommand: Command = {
  name: 'log fold',
  summary: 'Folds logs without a server, and without writing anything: one line of JSON a project.',
  usage: '[options]',
  options: [...dataDirHelp, { usage: '--project <id>', lines: ['Only this project. Default: all.'] }],
  examples: [
    {
      line: 'maestro log fold --data-dir ./data',
      says: 'Head, hash and state hash of every project. Whoever folds the same log gets the same.',
    },
  ],
  run: async ({ argv, env, home, stdout }) => {
    const { 'data-dir': given, project } = readFlags(argv, kinds, Flags)
    const dataDir = dataDirOf(given, { env, home })
    const { projects } = await readLogDirectory(fs, dataDir)
    const broken: ProjectId[] = []
    for (const projectId of chooseProjects(projects, project === undefined ? [] : [project], dataDir)) {
      const folded = await foldLog({ fs, sha256, dataDir, projectId })
      stdout.write(`${JSON.stringify(folded)}\n`)
      if (folded.stopped !== undefined) broken.push(projectId)
    }
    if (broken.length === 0) return 0
    throw new AppError('PROJECT_QUARANTINED', `Not read to the end: the log of ${broken.join(', ')}`)
  },
}
