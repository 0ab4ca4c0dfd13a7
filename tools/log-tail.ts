import { z } from 'zod'
import type { ProjectId } from '../events/index.ts'
import { AppError } from '../src/errors.ts'
import { logDirectory, projectDirectory } from '../src/log/format.ts'
import { nodeFileSystem as fs } from '../src/platform/node-file-system.ts'
import { takes } from './flags.ts'
import { lineOf } from './log-tail/line.ts'
import { type FollowOptions, follow, type Shown, type TailOptions, tail } from './log-tail/tail.ts'
import { chooseProjects, readLogDirectory } from './support/data-directory.ts'
import { flag, type LogContext, logCommand } from './support/log-command.ts'
import { momentFlag } from './support/moment.ts'
import { exitCodeOf, openLog } from './support/open-log.ts'
import type { ReadOnlyLog } from './support/read-only-log.ts'
import { createWatch } from './support/watch.ts'
import { Count } from './support/words.ts'

const everyProject = 'all'
const usualCount = 10

const Flags = z.object({
  follow: flag(z.boolean().default(false), {
    short: 'f',
    lines: ['Goes on with what is appended, also by a running server, until Ctrl-C ends it (exit code 130).'],
  }),
  lines: flag(takes(Count, 'a whole number').optional(), {
    ...{ short: 'n', placeholder: '<count>' },
    lines: [`Only the last ones. Default: ${usualCount}, or all of them with --from.`],
  }),
  from: flag(momentFlag(), {
    placeholder: '<moment>',
    lines: ['From this record on: its offset, or a time (ISO, or ms since 1970).'],
  }),
  type: flag(z.string().optional(), {
    placeholder: '<types>',
    lines: ['Only records of these types, with commas between them: task:created, or task:* for all of tasks.'],
  }),
  entity: flag(z.string().optional(), {
    placeholder: '<id>',
    lines: ['Only records that name this task, subtask or session.'],
  }),
})
type Context = LogContext<z.output<typeof Flags>>

export const logTailCommand = logCommand({
  name: 'log tail',
  summary: 'Shows the last records of logs, a readable line each, and follows them.',
  usage: '[project…|all] [options]',
  flags: Flags,
  examples: [
    { line: 'maestro log tail all -f', says: 'What happens, as it happens, in all projects, also in those that come.' },
    {
      line: 'maestro log tail proj_1706790000000_rzb6x4q8m3v7k2td -n 50 --type task:*,session:spawn_request',
      says: 'The last 50 records of one project that are about tasks or ask for a session.',
    },
    { line: 'maestro log tail all --from 2024-02-01T12:00:00Z', says: 'Everything since then, in the order of time.' },
    {
      line: 'maestro log tail all -f --json | jq --unbuffered -r \'select(.type == "task:created").data.title\'',
      says: 'The raw lines of the logs, for a program: here, the titles of new tasks.',
    },
  ],
  run: async (context) => {
    const { dataDir, words, json, paint, printLines, flags } = context
    const logs = new Map<ProjectId, ReadOnlyLog>()
    const options = optionsOf(context)
    const openNew = async (): Promise<ReadOnlyLog[]> => {
      const opened: ReadOnlyLog[] = []
      for (const projectId of await chosen(dataDir, words)) {
        if (logs.has(projectId)) continue
        const log = await openLog(context, projectId)
        logs.set(projectId, log)
        opened.push(log)
      }
      return opened
    }
    const first = await openNew()
    const several = isAll(words) || first.length > 1
    const lineFor = ({ record, line }: Shown): string =>
      json ? textOf(line) : lineOf(record, several ? record.projectId : undefined, paint)
    const following = flags.follow ? followOptions(dataDir, isAll(words) ? openNew : async () => []) : undefined
    await printLines(linesOf(first, options, following, lineFor))
    return Math.max(...[...logs.values()].map(exitCodeOf), 0)
  },
})

const isAll = (words: readonly string[]): boolean => words.length === 0 || words.includes(everyProject)

const chosen = async (dataDir: string, words: readonly string[]): Promise<readonly ProjectId[]> => {
  const { projects } = await readLogDirectory(fs, dataDir)
  return isAll(words) ? projects : chooseProjects(projects, words, dataDir)
}

const optionsOf = ({ words, flags }: Context): TailOptions => {
  const { from, lines, type, entity } = flags
  if (from?.kind === 'offset' && (isAll(words) || words.length > 1)) {
    throw new AppError('VALIDATION_ERROR', '--from takes an offset for one project only; give a time for several')
  }
  const types = type === undefined ? [] : type.split(',').map((one) => one.trim())
  return { from, count: lines ?? (from === undefined ? usualCount : undefined), types, entity }
}

const followOptions = (dataDir: string, newLogs: FollowOptions['newLogs']): FollowOptions => ({
  createWatch,
  logs: logDirectory(dataDir),
  directoryOf: (projectId) => projectDirectory(dataDir, projectId),
  newLogs,
})

async function* linesOf(
  logs: readonly ReadOnlyLog[],
  options: TailOptions,
  following: FollowOptions | undefined,
  lineFor: (shown: Shown) => string,
): AsyncGenerator<string> {
  for await (const shown of tail(logs, options)) yield lineFor(shown)
  if (following === undefined) return
  for await (const shown of follow(logs, options, following)) yield lineFor(shown)
}

const utf8 = new TextDecoder()

/** A line without its line feed. */
const textOf = (line: Uint8Array): string => utf8.decode(line.subarray(0, -1))
