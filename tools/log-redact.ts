import { userInfo } from 'node:os'
import { pid } from 'node:process'
import { z } from 'zod'
import { type Actor, idPattern } from '../events/index.ts'
import { lockDataDirectory } from '../src/log/lock.ts'
import { systemClock } from '../src/platform/clock.ts'
import { createHasher, sha256 } from '../src/platform/hash.ts'
import { createRecordIds } from '../src/platform/ids.ts'
import { nodeFileSystem as fs } from '../src/platform/node-file-system.ts'
import { createRandom } from '../src/platform/random.ts'
import { pause } from '../src/platform/timers.ts'
import { takes } from './flags.ts'
import { redactRecord } from './log-redact/redact.ts'
import { redactLines } from './log-redact/text.ts'
import { chooseProject, readLogDirectory } from './support/data-directory.ts'
import { flag, logCommand } from './support/log-command.ts'
import { sized } from './support/numbers.ts'
import { Offset, parseWords } from './support/words.ts'

const Words = z.object({ project: z.string(), offset: Offset })

/** It stays in the log for good, and on one line. */
const longestReason = 1000

const Flags = z.object({
  path: flag(z.string('says what to take out'), {
    placeholder: '<pointer>',
    lines: ['What to take out of the data of the record: a JSON pointer, such as /entry/message.'],
  }),
  reason: flag(z.string('says why').trim().min(1, 'says why').max(longestReason), {
    placeholder: '<text>',
    lines: ['Why. It stays in the log, so it must not say what is taken out.'],
  }),
  by: flag(takes(z.string().regex(idPattern), 'letters, digits, _ and -').optional(), {
    placeholder: '<name>',
    lines: ['Who does it. Default: the name of the user.'],
  }),
  yes: flag(z.boolean().default(false), { lines: ['Does it.'] }),
})

export const logRedactCommand = logCommand({
  name: 'log redact',
  summary: 'Shows what it takes to get a secret out of a record, and keeps the chain of hashes. Does it with --yes.',
  usage: '<project> <offset> --path <pointer> --reason <text> [options]',
  flags: Flags,
  examples: [
    {
      line: 'maestro log redact proj_1706790000000_rzb6x4q8m3v7k2td 2 --path /entry/message --reason "a token"',
      says: 'What would be changed, and where else the same text stands. Changes nothing.',
    },
    {
      line: 'maestro log redact proj_1706790000000_rzb6x4q8m3v7k2td 2 --path /entry/message --reason "a token" --yes',
      says: 'Does it. No server may have the data directory.',
    },
  ],
  nextSteps: {
    DATA_DIR_LOCKED: 'Stop the server, redact, and start it again. Without --yes it can be looked at before.',
  },
  run: async ({ dataDir, words, flags, json, paint, printLines, printJson, startProgress }) => {
    const { project, offset } = parseWords(words, Words)
    const { path: pointer, reason, by, yes } = flags
    const { projects } = await readLogDirectory(fs, dataDir)
    const projectId = chooseProject(projects, [project], dataDir)
    const lock = yes ? await lockDataDirectory({ fs, clock: systemClock, dir: dataDir, pid }) : undefined
    const progress = startProgress((done, seconds) => `Read ${sized(done)}, ${sized(done / seconds)}/s`)
    const report = await redactRecord({
      ...{ fs, sha256, createHasher, dataDir, projectId, clock: systemClock, pause },
      ...{
        nextRecordId: createRecordIds(createRandom()),
        actor: actorOf(by ?? userName()),
        onProgress: progress.update,
      },
      ...{ offset, pointer, reason, yes },
    }).finally(() => {
      progress.end()
      lock?.release()
    })
    await (json ? printJson({ dataDir, ...report }) : printLines(redactLines(report, paint)))
    return 0
  },
})

const actorOf = (name: string): Actor => (idPattern.test(name) ? { kind: 'user', id: name } : { kind: 'user' })

/** Empty for a user that the system has no name for. */
const userName = (): string => {
  try {
    return userInfo().username
  } catch (error) {
    if (!(error instanceof Error && error.name === 'SystemError')) throw error
    return ''
  }
}
