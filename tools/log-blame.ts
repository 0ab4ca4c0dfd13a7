import { z } from 'zod'
import type { Entity } from '../events/index.ts'
import { Blame, Follower } from '../projections/history.ts'
import { blameLines } from './log-blame/text.ts'
import { touchesOf } from './log-history/touches.ts'
import { findSubject } from './support/find-subject.ts'
import { flag, logCommand } from './support/log-command.ts'
import { counted, grouped } from './support/numbers.ts'
import { exitCodeOf } from './support/open-log.ts'
import { parseWords } from './support/words.ts'

export const logBlameCommand = logCommand({
  name: 'log blame',
  summary: 'Tells for every field of a task, a session or a project which record last set it, who made it, and when.',
  usage: '<id> [options]',
  flags: z.object({
    all: flag(z.boolean().default(false), {
      lines: ['Also each timeline entry, subtask, link and so on. In JSON they are always there.'],
    }),
    project: flag(z.string().optional(), {
      placeholder: '<id>',
      lines: ['The project it is in. Default: the first in whose log it stands.'],
    }),
  }),
  examples: [
    { line: 'maestro log blame task_1706790000000_x7k2m4q8w3v5r1tn', says: 'A line for each field.' },
    {
      line: 'maestro log blame task_1706790000000_x7k2m4q8w3v5r1tn --json | jq \'.fields[] | select(.field == "status")\'',
      says: 'Who set the status, for a script.',
    },
  ],
  run: async (context) => {
    const { words, flags, json, paint, printLines, printJson, note } = context
    const { id } = parseWords(words, z.object({ id: z.string() }))
    const { log, subject } = await findSubject(context, id, flags.project)
    const follower = new Follower(subject)
    const blame = new Blame()
    let entity: Entity | undefined
    const progress = context.startProgress((done) => `Read ${counted(done, 'record')}`)
    for await (const touch of touchesOf(follower, subject, log.records(), progress.update)) {
      blame.add(touch)
      entity = touch.change.after ?? entity
    }
    progress.end()
    const { deleted } = blame
    const fields = blame.entries()
    if (json) await printJson({ projectId: log.projectId, ...subject, ...(deleted && { deleted }), fields })
    else if (entity !== undefined) {
      if (deleted !== undefined) note(`It was deleted by record ${grouped(deleted.offset)}. This is how it was before.`)
      await printLines(blameLines(fields, entity, { state: follower.state }, { all: flags.all, paint }))
    }
    return exitCodeOf(log)
  },
})
