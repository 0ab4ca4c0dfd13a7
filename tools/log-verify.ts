import { z } from 'zod'
import type { ProjectId } from '../events/index.ts'
import { projectDirectory } from '../src/log/format.ts'
import { isDataDirectoryLocked } from '../src/log/lock.ts'
import { listSegments } from '../src/log/segment.ts'
import { createHasher, sha256 } from '../src/platform/hash.ts'
import { nodeFileSystem as fs } from '../src/platform/node-file-system.ts'
import { systemErrorCode } from '../src/platform/system-error.ts'
import { exitCodeOf, type LogReport } from './log-verify/report.ts'
import { reportLines } from './log-verify/text.ts'
import { verifyLog } from './log-verify/verify.ts'
import { chooseProjects, readLogDirectory } from './support/data-directory.ts'
import { flag, logCommand } from './support/log-command.ts'
import { sized } from './support/numbers.ts'
import type { Progress } from './support/progress.ts'

export const logVerifyCommand = logCommand({
  name: 'log verify',
  summary: 'Checks every byte of the logs. Only reads, also beside a running server.',
  usage: '[project…] [options]',
  flags: z.object({
    deep: flag(z.boolean().default(false), {
      lines: ['Also folds the records and compares what they come to with the snapshots.', 'Takes longer, and memory.'],
    }),
  }),
  examples: [
    { line: 'maestro log verify', says: 'All logs. Exits with 8 when one is damaged.' },
    { line: 'maestro log verify proj_1706790000000_rzb6x4q8m3v7k2td --deep', says: 'One log, and its snapshots.' },
    {
      line: 'maestro log verify --json | jq -r \'.projects[] | select(.status == "damaged").projectId\'',
      says: 'The names of damaged projects, for a script.',
    },
  ],
  run: async ({ dataDir, words, flags: { deep }, json, paint, printLines, printJson, startProgress }) => {
    const { projects: all, others } = await readLogDirectory(fs, dataDir)
    const chosen = chooseProjects(all, words, dataDir)
    const total = await bytesOf(dataDir, chosen)
    const progress = startProgress((done, seconds) => progressLine(done, total, seconds))
    const projects = await verifyAll(dataDir, chosen, deep, progress).finally(() => progress.end())
    const report = { dataDir, projects, others: words.length === 0 ? others : [] }
    await (json ? printJson(report) : printLines(reportLines(report, paint)))
    return exitCodeOf(report)
  },
})

const verifyAll = async (
  dataDir: string,
  projects: readonly ProjectId[],
  deep: boolean,
  progress: Progress,
): Promise<LogReport[]> => {
  const reports: LogReport[] = []
  let before = 0
  for (const projectId of projects) {
    const report = await verifyLog({
      ...{ fs, sha256, createHasher, dataDir, projectId, deep },
      inUse: () => isDataDirectoryLocked(fs, dataDir),
      onProgress: (bytes) => progress.update(before + bytes),
    })
    reports.push(report)
    before += report.bytes
  }
  return reports
}

/** How much there is to check. What cannot be listed counts nothing here, and is told of when its turn comes. */
const bytesOf = async (dataDir: string, projects: readonly ProjectId[]): Promise<number> => {
  let total = 0
  for (const projectId of projects) {
    const segments = await listSegments(fs, projectDirectory(dataDir, projectId)).catch(unlessSystemError)
    total += segments.reduce((sum, { bytes }) => sum + bytes, 0)
  }
  return total
}

const unlessSystemError = (error: unknown): [] => {
  if (systemErrorCode(error) === undefined) throw error
  return []
}

const progressLine = (done: number, total: number, seconds: number): string => {
  const percent = total === 0 ? 100 : Math.min(100, Math.floor((done / total) * 100))
  return `Checked ${sized(done)} of ${sized(total)}, ${sized(done / seconds)}/s, ${percent} %`
}
