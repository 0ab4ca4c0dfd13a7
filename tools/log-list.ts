import { z } from 'zod'
import { isDataDirectoryLocked } from '../src/log/lock.ts'
import { createHasher, sha256 } from '../src/platform/hash.ts'
import { nodeFileSystem as fs } from '../src/platform/node-file-system.ts'
import { exitCodeOf, type ListedLog, listLog } from './log-list/list.ts'
import { listLines } from './log-list/text.ts'
import { chooseProjects, readLogDirectory } from './support/data-directory.ts'
import { logCommand } from './support/log-command.ts'
import { counted, grouped } from './support/numbers.ts'

export const logListCommand = logCommand({
  name: 'log list',
  summary: 'Lists the projects that have a log, deleted ones too.',
  usage: '[project…] [options]',
  flags: z.object({}),
  examples: [
    {
      line: 'maestro log list',
      says: 'All of them: name, how many records, how long, from when to when, and how they are.',
    },
    {
      line: "maestro log list --json | jq -r '.projects[] | select(.deleted | not) | .projectId'",
      says: 'The ids of the projects that are not deleted, for a script.',
    },
  ],
  run: async ({ dataDir, words, json, paint, printLines, printJson, startProgress }) => {
    const { projects, others } = await readLogDirectory(fs, dataDir)
    const chosen = chooseProjects(projects, words, dataDir)
    const progress = startProgress((done) => `Looked at ${grouped(done)} of ${counted(chosen.length, 'log')}`)
    const logs: ListedLog[] = []
    for (const projectId of chosen) {
      const inUse = () => isDataDirectoryLocked(fs, dataDir)
      logs.push(await listLog({ fs, sha256, createHasher, dataDir, projectId, inUse }))
      progress.update(logs.length)
    }
    progress.end()
    const strangers = words.length === 0 ? others : []
    await (json
      ? printJson({ dataDir, projects: logs, others: strangers })
      : printLines(listLines(dataDir, logs, paint)))
    return exitCodeOf(logs)
  },
})
