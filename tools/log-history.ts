import { z } from 'zod'
import { Follower, historyEntry } from '../projections/history.ts'
import { storyLines } from './log-history/text.ts'
import { type Told, touchesOf } from './log-history/touches.ts'
import { findSubject } from './support/find-subject.ts'
import { jsonList } from './support/json-list.ts'
import { flag, logCommand } from './support/log-command.ts'
import { counted, grouped } from './support/numbers.ts'
import { exitCodeOf } from './support/open-log.ts'
import { parseWords } from './support/words.ts'

export const logHistoryCommand = logCommand({
  name: 'log history',
  summary: 'Tells the story of a task, a session or a project: who did what when, and what it changed.',
  usage: '<id> [options]',
  flags: z.object({
    full: flag(z.boolean().default(false), { lines: ['Tells long texts whole.'] }),
    project: flag(z.string().optional(), {
      placeholder: '<id>',
      lines: ['The project it is in. Default: the first in whose log it stands.'],
    }),
  }),
  examples: [
    { line: 'maestro log history task_1706790000000_x7k2m4q8w3v5r1tn', says: 'Everything that ever touched the task.' },
    {
      line: "maestro log history sess_1706790000000_x7k2m4q8w3v5r1tn --json | jq -r '.entries[].actor.id'",
      says: 'Who had a hand in a session, for a script.',
    },
  ],
  run: async (context) => {
    const { words, flags, json, paint, printLines } = context
    const { id } = parseWords(words, z.object({ id: z.string() }))
    const { log, subject } = await findSubject(context, id, flags.project)
    const follower = new Follower(subject)
    const progress = context.startProgress((done) => `Read ${counted(done, 'record')}`)
    const told = touchesOf(follower, subject, log.records(), progress.update)
    const head = { projectId: log.projectId, ...subject, head: log.head.offset }
    const options = { full: flags.full, width: grouped(log.head.offset).length, paint }
    await printLines(
      json
        ? jsonList(head, 'entries', entriesOf(told))
        : storyLines(told, { state: follower.state, self: subject.id }, options),
    ).finally(() => progress.end())
    return exitCodeOf(log)
  },
})

async function* entriesOf(told: AsyncIterable<Told>): AsyncGenerator<object> {
  for await (const touch of told) yield historyEntry(touch)
}
