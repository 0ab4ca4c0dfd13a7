import { z } from 'zod'
import type { EventRecord } from '../events/index.ts'
import { diffStates } from '../projections/history.ts'
import { type ProjectState, rebuild } from '../projections/index.ts'
import { diffLines } from './log-diff/text.ts'
import { jsonList } from './support/json-list.ts'
import { logCommand } from './support/log-command.ts'
import { momentWord } from './support/moment.ts'
import { counted, grouped } from './support/numbers.ts'
import { exitCodeOf, openHistory } from './support/open-log.ts'
import { offsetAt, recordAt, stateBefore } from './support/past.ts'
import type { ReadOnlyLog } from './support/read-only-log.ts'
import { timeText } from './support/shown.ts'
import { parseWords } from './support/words.ts'

export const logDiffCommand = logCommand({
  name: 'log diff',
  summary: 'Compares a project at two moments: what was created, changed and deleted in between.',
  usage: '<project> <from> <to> [options]',
  flags: z.object({}),
  examples: [
    {
      line: 'maestro log diff proj_1706790000000_rzb6x4q8m3v7k2td 120 200',
      says: 'From the state after record 120 to that after record 200. The other way round works too.',
    },
    {
      line: 'maestro log diff proj_1706790000000_rzb6x4q8m3v7k2td 2026-01-31T00:00:00Z 2026-02-01T00:00:00Z --json',
      says: 'A day, with a JSON patch (RFC 6902) for each entity, for a program.',
    },
  ],
  run: async (context) => {
    const { json, paint, printLines, startProgress } = context
    const { project, ...moments } = parseWords(
      context.words,
      z.object({ project: z.string(), from: momentWord(), to: momentWord() }),
    )
    const log = await openHistory(context, project)
    const from = await recordAt(log, await offsetAt(log, moments.from))
    const to = await recordAt(log, await offsetAt(log, moments.to))
    const progress = startProgress((done) => `Folded ${counted(done, 'record')}`)
    const [before, after] = await statesAt(log, from, to, progress.update).finally(() => progress.end())
    if (json) {
      const head = { projectId: log.projectId, from: placeOf(from), to: placeOf(to) }
      await printLines(jsonList(head, 'changes', diffStates(before, after)))
    } else {
      await printLines([`from record ${placeText(from)}`, `to record ${placeText(to)}`, ''])
      await printLines(diffLines(before, after, paint))
    }
    return exitCodeOf(log)
  },
})

const placeOf = ({ offset, hash, at }: EventRecord) => ({ offset, hash, at })
const placeText = ({ offset, at }: EventRecord): string => `${grouped(offset)}, ${timeText(at)}`

/** The later state lies over the earlier one, so that all between them is folded once. */
const statesAt = async (
  log: ReadOnlyLog,
  from: EventRecord,
  to: EventRecord,
  onRecord: (offset: number) => void,
): Promise<readonly [ProjectState, ProjectState]> => {
  const [first, last] = [Math.min(from.offset, to.offset), Math.max(from.offset, to.offset)]
  const earlier = await stateBefore(log, first + 1, onRecord)
  const later = earlier.layer()
  for await (const { record } of log.records(first + 1, last + 1)) {
    rebuild(later, record)
    onRecord(record.offset)
  }
  return from.offset <= to.offset ? [earlier, later] : [later, earlier]
}
