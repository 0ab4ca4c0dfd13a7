import { setTimeout as pause } from 'node:timers/promises'
import { z } from 'zod'
import type { Command, CommandInput } from '../../src/cli/command.ts'
import { wholeNumber } from '../../src/config/values.ts'
import { AppError } from '../../src/errors.ts'
import { systemStopwatch } from '../../src/platform/clock.ts'
import { readFlags, takes } from '../flags.ts'
import { entriesOf, lengthOf } from './history/entries.ts'
import { defaultSeed, type History, openHistory, recordedFile } from './history/source.ts'
import { loadHistory } from './load.ts'
import { createProgress } from './progress.ts'
import { createApi } from './sending/api.ts'
import { persistent } from './sending/retry.ts'
import { openTarget, type Target } from './target.ts'
import { originText, type Totals, totalsOf, totalsText } from './totals.ts'

const defaultWriters = 8
const mostWriters = 256

const kinds = {
  url: { type: 'string' },
  file: { type: 'string' },
  seed: { type: 'string' },
  project: { type: 'string' },
  name: { type: 'string' },
  from: { type: 'string' },
  limit: { type: 'string' },
  writers: { type: 'string' },
  json: { type: 'boolean' },
  quiet: { type: 'boolean' },
} as const

const Flags = z.object({
  url: takes(z.url({ protocol: /^https?$/ }), 'the URL of a server, such as http://127.0.0.1:3000').optional(),
  file: z.string().optional(),
  seed: takes(wholeNumber(0, 2 ** 32 - 1), 'a whole number').optional(),
  project: z.string().optional(),
  name: takes(z.string().regex(/\S/), 'a name that is not blank').optional(),
  from: takes(wholeNumber(1, Number.MAX_SAFE_INTEGER), 'the number of a change, counted from 1').default(1),
  limit: takes(wholeNumber(1, Number.MAX_SAFE_INTEGER), 'a whole number above 0').default(Number.POSITIVE_INFINITY),
  writers: takes(wholeNumber(1, mostWriters), `a whole number from 1 to ${mostWriters}`).default(defaultWriters),
  json: z.boolean().default(false),
  quiet: z.boolean().default(false),
})
type Flags = z.output<typeof Flags>

export const loadHistoryCommand: Command = {
  name: 'load-history',
  summary: "Fills a running server with a history of agents' work, through its REST API.",
  usage: '[options]',
  options: [
    {
      usage: '--url <url>',
      lines: ['Where the server is.', 'MAESTRO_SERVER_URL: the same. Default: http://127.0.0.1:3000.'],
    },
    {
      usage: '--file <path>',
      lines: [
        'History to load: JSON lines, compressed if the name ends in .gz.',
        'Default: ../shared/data/agent-history.jsonl.gz beside the project; where that is missing, a generated one.',
      ],
    },
    {
      usage: '--seed <number>',
      lines: [`Generates a history instead. The same seed gives the same. Default: ${defaultSeed}.`],
    },
    { usage: '--from <number>', lines: ['First change to load, as if nothing had been before it. Default: 1.'] },
    { usage: '--limit <number>', lines: ['How many changes to load at most. Default: all.'] },
    {
      usage: '--project <id>',
      lines: ['Project to load into. Default: one that is created, and found again by a repeated run.'],
    },
    { usage: '--name <name>', lines: ['Name of the project that is created.'] },
    {
      usage: '--writers <number>',
      lines: [
        `How many requests are under way at a time, at most ${mostWriters}. Default: ${defaultWriters}.`,
        'Changes that depend on each other stay in order.',
      ],
    },
    { usage: '--json', lines: ['Prints the totals as JSON.'] },
    { usage: '--quiet', lines: ['Shows no progress.'] },
  ],
  examples: [
    { line: 'maestro load-history', says: 'The recorded history, all of it, into a server on this machine.' },
    {
      line: 'maestro load-history --limit 5000 --writers 32 --json',
      says: 'Its first 5,000 changes with 32 writers, and the totals for a program to read.',
    },
    {
      line: 'maestro load-history --seed 7 --limit 300 --name Demo',
      says: 'A small generated history. The same line again adds nothing; after a crash it adds what is missing.',
    },
  ],
  run: async (input) => {
    const flags = readFlags(input.argv, kinds, Flags)
    const history = await openHistory(flags, recordedFile)
    const totals = await load(history, flags, input)
    input.stdout.write(flags.json ? `${JSON.stringify(totals)}\n` : totalsText(totals))
    return 0
  },
}

const load = async (history: History, flags: Flags, { env, stderr }: CommandInput): Promise<Totals> => {
  const { writers, quiet } = flags
  const url = (flags.url ?? env.MAESTRO_SERVER_URL ?? 'http://127.0.0.1:3000').replace(/\/+$/, '')
  const total = lengthOf(history, flags)
  let retries = 0
  const api = createApi({ url: () => url, token: env.MAESTRO_TOKEN })
  const send = persistent({ send: api.send, pause, onRetry: () => (retries += 1) })
  const write = (text: string): unknown => quiet || stderr.write(text)
  write(`Loading ${total} changes of ${originText(history.origin)} into ${url}\n`)

  const { id: projectId } = await openTarget(targetOf(flags, history), api)
  const progress = createProgress({ write, terminal: stderr.isTTY === true, total, stopwatch: systemStopwatch })
  const began = systemStopwatch()
  try {
    const entries = entriesOf(history, flags)
    const loaded = await loadHistory({ entries, send, projectId, writers, onChange: progress.update })
    const seconds = (systemStopwatch() - began) / 1000
    return totalsOf(loaded, { origin: history.origin, projectId, writers, retries, seconds })
  } finally {
    progress.end()
  }
}

const targetOf = ({ project, name, from }: Flags, { origin }: History): Target => {
  if (project !== undefined && name !== undefined) {
    throw new AppError('VALIDATION_ERROR', '--project is for a project that is there, --name for one that is created')
  }
  if (project !== undefined) return { kind: 'existing', id: project }
  const part = from === 1 ? '' : ` from change ${from}`
  return {
    kind: 'named',
    name: name ?? `${origin.kind === 'file' ? 'Agent history' : `Generated history ${origin.seed}`}${part}`,
  }
}
