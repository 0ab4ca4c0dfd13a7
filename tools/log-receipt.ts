import { z } from 'zod'
import { Digest } from '../events/index.ts'
import { nodeFileSystem as fs } from '../src/platform/node-file-system.ts'
import { checkReceipt, type ReceiptReport } from './log-receipt/check.ts'
import { receiptLines } from './log-receipt/text.ts'
import { chooseProject, readLogDirectory } from './support/data-directory.ts'
import { damageFound, notVerified } from './support/exit-codes.ts'
import { logCommand } from './support/log-command.ts'
import { openLog } from './support/open-log.ts'
import { Offset, parseWords } from './support/words.ts'

const Words = z.object({ project: z.string(), offset: Offset, hash: Digest })

export const logReceiptCommand = logCommand({
  name: 'log receipt',
  summary: 'Says whether a log still contains what an answer of the server said.',
  usage: '<project> <offset> <hash> [options]',
  flags: z.object({}),
  examples: [
    {
      line: 'maestro log receipt proj_1706790000000_rzb6x4q8m3v7k2td "$OFFSET" "$HASH"',
      says: 'Offset and hash are those of the headers Maestro-Offset and Maestro-Hash. Exits with 0 for yes, with 8 for no.',
    },
  ],
  run: async (context) => {
    const { dataDir, words, json, paint, printLines, printJson } = context
    const { project, offset, hash } = parseWords(words, Words)
    const { projects } = await readLogDirectory(fs, dataDir)
    const log = await openLog({ ...context, note: () => {} }, chooseProject(projects, [project], dataDir))
    const report = await checkReceipt(log, { offset, hash })
    await (json ? printJson({ dataDir, ...report }) : printLines(receiptLines(report, paint)))
    return exitCodes[report.status]
  },
})

const exitCodes: Readonly<Record<ReceiptReport['status'], number>> = {
  kept: 0,
  redacted: 0,
  cut: damageFound,
  rewritten: damageFound,
  damaged: damageFound,
  newer: notVerified,
}
