import { z } from 'zod'
import { Audit } from '../projections/history.ts'
import { wholeNumber } from '../src/config/values.ts'
import { takes } from './flags.ts'
import { auditLines } from './log-audit/text.ts'
import { flag, logCommand } from './support/log-command.ts'
import { counted } from './support/numbers.ts'
import { exitCodeOf, openHistory } from './support/open-log.ts'
import { recordAt, stateBefore } from './support/past.ts'
import type { ReadOnlyLog } from './support/read-only-log.ts'
import { parseWords } from './support/words.ts'

const minute = 60_000

export const logAuditCommand = logCommand({
  name: 'log audit',
  summary: 'Looks for what should not be: odd changes of status, work that nobody does, sessions without an end.',
  usage: '<project> [options]',
  flags: z.object({
    all: flag(z.boolean().default(false), { lines: ['Shows more than the first ten findings of each kind.'] }),
    gap: flag(takes(wholeNumber(1, 1_000_000), 'a number of minutes').default(60), {
      placeholder: '<minutes>',
      lines: ['How long nothing may happen while a task is in progress. Default: 60.'],
    }),
  }),
  examples: [
    {
      line: 'maestro log audit proj_1706790000000_rzb6x4q8m3v7k2td',
      says: 'Each finding names the records that show it.',
    },
    {
      line: "maestro log audit proj_1706790000000_rzb6x4q8m3v7k2td --json | jq '.counts'",
      says: 'How many there are of each kind, for a script.',
    },
  ],
  run: async (context) => {
    const { flags, json, paint, printLines, printJson } = context
    const { project } = parseWords(context.words, z.object({ project: z.string() }))
    const log = await openHistory(context, project)
    const audit = new Audit({ gapMs: flags.gap * minute })
    const progress = context.startProgress((done) => `Looked at ${counted(done, 'record')}`)
    for await (const { record } of log.records()) {
      audit.add(record)
      progress.update(record.offset)
    }
    progress.end()
    const report = audit.report()
    if (json) await printJson({ projectId: log.projectId, ...(await lastOf(log)), ...report })
    else {
      const scene = { state: await stateBefore(log, log.head.offset) }
      await printLines(auditLines(report, { scene, all: flags.all, paint }))
    }
    return exitCodeOf(log)
  },
})

/** What the report is about: the log up to its last record. */
const lastOf = async (log: ReadOnlyLog) => {
  const { offset, hash, at } = await recordAt(log, log.head.offset - 1)
  return { offset, hash, at }
}
