import { pid } from 'node:process'
import { z } from 'zod'
import { lockDataDirectory } from '../src/log/lock.ts'
import { systemClock } from '../src/platform/clock.ts'
import { createHasher, sha256 } from '../src/platform/hash.ts'
import { nodeFileSystem as fs } from '../src/platform/node-file-system.ts'
import { repairLog } from './log-repair/repair.ts'
import { repairLines } from './log-repair/text.ts'
import { chooseProject, readLogDirectory } from './support/data-directory.ts'
import { damageFound } from './support/exit-codes.ts'
import { flag, logCommand } from './support/log-command.ts'
import { sized } from './support/numbers.ts'

export const logRepairCommand = logCommand({
  name: 'log repair',
  summary: 'Shows what the repair of a damaged log would take away. Does it with --yes.',
  usage: '<project> [options]',
  flags: z.object({
    yes: flag(z.boolean().default(false), {
      lines: ['Does it. Copies of everything that is taken away are kept in quarantine/, beside the log.'],
    }),
  }),
  examples: [
    {
      line: 'maestro log repair proj_1706790000000_rzb6x4q8m3v7k2td',
      says: 'What would be lost, and what would remain. Changes nothing; exits with 8 when the log is damaged.',
    },
    { line: 'maestro log repair proj_1706790000000_rzb6x4q8m3v7k2td --yes', says: 'Does what the line above shows.' },
  ],
  nextSteps: {
    DATA_DIR_LOCKED: 'Stop the server, repair, and start it again. `maestro log verify` can look while it runs.',
  },
  run: async ({ dataDir, words, flags, json, paint, printLines, printJson, startProgress }) => {
    const { projects } = await readLogDirectory(fs, dataDir)
    const source = { fs, sha256, createHasher, dataDir, projectId: chooseProject(projects, words, dataDir) }
    const lock = await lockDataDirectory({ fs, clock: systemClock, dir: dataDir, pid })
    const progress = startProgress((done, seconds) => `Read ${sized(done)}, ${sized(done / seconds)}/s`)
    const report = await repairLog({ ...source, yes: flags.yes, onProgress: progress.update }).finally(() => {
      progress.end()
      lock.release()
    })
    await (json ? printJson({ dataDir, ...report }) : printLines(repairLines(report, paint)))
    return report.status === 'damaged' && !report.done ? damageFound : 0
  },
})
