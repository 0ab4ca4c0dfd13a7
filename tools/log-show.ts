import { z } from 'zod'
import { evolve } from '../projections/index.ts'
import { AppError } from '../src/errors.ts'
import { effectOf, type ShownRecord } from './log-show/report.ts'
import { showLines } from './log-show/text.ts'
import { flag, logCommand } from './support/log-command.ts'
import { grouped } from './support/numbers.ts'
import { exitCodeOf, openHistory } from './support/open-log.ts'
import { recordAt, stateBefore } from './support/past.ts'
import type { ReadOnlyLog } from './support/read-only-log.ts'
import { redactionsOf } from './support/redactions.ts'
import { Offset, parseWords } from './support/words.ts'

const Words = z.object({ project: z.string(), offset: Offset })

export const logShowCommand = logCommand({
  name: 'log show',
  summary: 'Shows a record: what it says, who made it when, and what it changed.',
  usage: '<project> <offset> [options]',
  flags: z.object({
    full: flag(z.boolean().default(false), {
      lines: ['Shows its data, the JSON patches (RFC 6902), and the entities before and after, as they are.'],
    }),
  }),
  examples: [
    { line: 'maestro log show proj_1706790000000_rzb6x4q8m3v7k2td 7', says: 'What record 7 did, field by field.' },
    {
      line: "maestro log show proj_1706790000000_rzb6x4q8m3v7k2td 7 --json | jq '.effects[].patch'",
      says: 'The same as JSON patches, for a program.',
    },
  ],
  run: async (context) => {
    const { words, flags, json, paint, printLines, printJson, dataDir, startProgress } = context
    const { project, offset } = parseWords(words, Words)
    const log = await openHistory(context, project)
    refuseBeyond(log, offset)
    const record = await recordAt(log, offset)
    const progress = startProgress((done) => `Folded ${grouped(done)} of ${grouped(offset)} records`)
    const state = await stateBefore(log, offset, progress.update).finally(() => progress.end())
    const changes = evolve(state, record)
    const redactions = await redactionsOf(log, offset)
    if (json) {
      const report: ShownRecord = { projectId: log.projectId, record, effects: changes.map(effectOf), redactions }
      await printJson({ dataDir, ...report })
    } else {
      state.apply(changes, offset)
      await printLines(showLines(record, changes, { state, redactions, full: flags.full, paint }))
    }
    return exitCodeOf(log)
  },
})

/** Throws NOT_FOUND for a record that the log does not have, PROJECT_QUARANTINED or LOG_UNAVAILABLE for one that nobody can read. */
const refuseBeyond = ({ projectId, head, ending }: ReadOnlyLog, offset: number): void => {
  if (offset < head.offset) return
  const log = `The log of project ${projectId}`
  switch (ending.kind) {
    case 'whole':
      throw new AppError('NOT_FOUND', `${log} has no record ${offset}: it ends with record ${head.offset - 1}`)
    case 'damaged':
      throw new AppError('PROJECT_QUARANTINED', `${log} is damaged at record ${head.offset}: ${ending.reason}`)
    case 'newer':
      throw new AppError(
        'LOG_UNAVAILABLE',
        `${log} needs a newer server from record ${head.offset} on: ${ending.reason}`,
      )
  }
}
