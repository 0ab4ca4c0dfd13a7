import { z } from 'zod'
import { AppError } from '../src/errors.ts'
import { systemStopwatch } from '../src/platform/clock.ts'
import { readCondition } from './log-bisect/condition.ts'
import { bisect, findFirst, type Outcome } from './log-bisect/search.ts'
import { foundLines } from './log-bisect/text.ts'
import { withinTime } from './log-bisect/time-limit.ts'
import { flag, type LogContext, logCommand } from './support/log-command.ts'
import { momentFlag } from './support/moment.ts'
import { counted, grouped } from './support/numbers.ts'
import { exitCodeOf, openHistory } from './support/open-log.ts'
import { offsetAt, stateBefore } from './support/past.ts'
import type { ReadOnlyLog } from './support/read-only-log.ts'
import { plain } from './support/shown.ts'
import { parseWords } from './support/words.ts'

const flags = z.object({
  where: flag(z.string().optional(), {
    placeholder: '<condition>',
    lines: ['What became true, in CEL: docs/REPLAY.md tells what it can ask for.'],
  }),
  first: flag(z.boolean().default(false), {
    lines: ['Looks at every moment and finds the first one. Takes longer the more entities there are.'],
  }),
  from: flag(momentFlag(), {
    placeholder: '<moment>',
    lines: ['A moment when it was false: an offset, an ISO time, or ms. Default: before the first record.'],
  }),
  to: flag(momentFlag(), {
    placeholder: '<moment>',
    lines: ['A moment when it was true. Default: the last record.'],
  }),
})
type Context = LogContext<z.output<typeof flags>>

export const logBisectCommand = logCommand({
  name: 'log bisect',
  summary: 'Finds the record that made a condition true.',
  usage: "<project> --where '<condition>' [options]",
  flags,
  examples: [
    {
      line: 'maestro log bisect proj_1706790000000_rzb6x4q8m3v7k2td --where \'countTasks("blocked") > 3\'',
      says: 'A record that brought the number of blocked tasks above three.',
    },
    {
      line: 'maestro log bisect proj_1706790000000_rzb6x4q8m3v7k2td --first --where \'task("task_x").status == "completed"\'',
      says: 'The first time that a task was completed.',
    },
  ],
  run: async (context) => {
    const { project } = parseWords(context.words, z.object({ project: z.string() }))
    const { where } = context.flags
    if (where === undefined) throw new AppError('VALIDATION_ERROR', '--where is missing: which condition became true?')
    const condition = readCondition(where)
    const log = await openHistory(context, project)
    const after = context.flags.from === undefined ? -1 : await offsetAt(log, context.flags.from)
    const to = context.flags.to === undefined ? log.head.offset - 1 : await offsetAt(log, context.flags.to)
    if (after >= to) throw new AppError('VALIDATION_ERROR', '--from is to be before --to')
    const progress = context.startProgress((done) => `Folded ${counted(done, 'record')}`)
    const search = context.flags.first ? findFirst : bisect
    const outcome = await search({
      ...{ log, condition, after, to, withinTime, stopwatch: systemStopwatch, onProgress: progress.update },
    }).finally(() => progress.end())
    await tell(context, log, { where, after, to, outcome })
    return outcome.kind === 'found' ? exitCodeOf(log) : Math.max(notFound, exitCodeOf(log))
  },
})

/** The exit code of a search that found nothing. */
const notFound = new AppError('NOT_FOUND', '').exitCode

interface Searched {
  readonly where: string
  readonly after: number
  readonly to: number
  readonly outcome: Outcome
}

const tell = async (context: Context, log: ReadOnlyLog, searched: Searched): Promise<void> => {
  const {
    json,
    flags: { first },
    paint,
    printLines,
    printJson,
  } = context
  const { where, after, to, outcome } = searched
  if (json) {
    const range = { from: after === -1 ? null : after, to }
    return printJson({ projectId: log.projectId, where, first, ...range, ...jsonOf(outcome) })
  }
  if (outcome.kind !== 'found') return printLines(missingLines(searched, first))
  return printLines(foundLines(outcome.record, await stateBefore(log, outcome.record.offset), first, paint))
}

const jsonOf = (outcome: Outcome): object => {
  switch (outcome.kind) {
    case 'found':
      return { found: true, record: outcome.record }
    case 'holds-before':
      return { found: false, reason: 'true-at-from' }
    case 'not-found':
      return { found: false, reason: 'false-at-to', ...(outcome.undecided && { undecided: outcome.undecided }) }
  }
}

const missingLines = ({ after, to, outcome }: Searched, first: boolean): string[] => {
  if (outcome.kind === 'holds-before')
    return [`It is true after record ${grouped(after)} already. --from takes a moment when it was false.`]
  const why =
    outcome.kind === 'not-found' && outcome.undecided !== undefined ? `, because ${plain(outcome.undecided, 200)}` : ''
  return first
    ? [`It is not true after any record up to ${grouped(to)}${why}.`]
    : [
        `It is false after record ${grouped(to)}${why}.`,
        'If it was true before that, --to takes the moment, and --first finds it.',
      ]
}
