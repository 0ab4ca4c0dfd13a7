import { z } from 'zod'
import { TaskId } from '../events/index.ts'
import { AppError } from '../src/errors.ts'
import { wait } from '../src/platform/timers.ts'
import { takes } from './flags.ts'
import { identityOf } from './log-list/list.ts'
import { agree, foldAllWays, wayLines } from './log-replay/assert.ts'
import { play, recordLine, sentences } from './log-replay/play.ts'
import { stateJson, stateLines } from './log-replay/state.ts'
import { runStepper } from './log-replay/stepper/stepper.ts'
import { processTerminal } from './log-replay/stepper/terminal.ts'
import { damageFound } from './support/exit-codes.ts'
import { flag, type LogContext, logCommand } from './support/log-command.ts'
import { momentFlag } from './support/moment.ts'
import { counted, grouped } from './support/numbers.ts'
import { exitCodeOf, openHistory } from './support/open-log.ts'
import { offsetAt, recordAt, stateBefore } from './support/past.ts'
import type { ReadOnlyLog } from './support/read-only-log.ts'
import { plain } from './support/shown.ts'
import { parseWords } from './support/words.ts'

const speedPattern = /^(?:max|[0-9]{1,6}(?:\.[0-9]{1,3})?x?)$/
const Speed = z
  .string()
  .regex(speedPattern)
  .transform((text) => (text === 'max' ? Number.POSITIVE_INFINITY : Number(text.replace('x', ''))))
  .refine((speed) => speed > 0)
const Seconds = z
  .string()
  .regex(/^[0-9]{1,6}(?:\.[0-9]{1,3})?$/)
  .transform(Number)

const flags = z.object({
  to: flag(momentFlag(), {
    placeholder: '<moment>',
    lines: ['The last record that counts: its offset, an ISO time, or ms since 1970. Default: the last one.'],
  }),
  task: flag(TaskId.optional(), { placeholder: '<id>', lines: ['Only the tree below this task.'] }),
  open: flag(z.boolean().default(false), { lines: ['Leaves out what is completed.'] }),
  step: flag(z.boolean().default(false), {
    lines: [
      'Walks through the history on a terminal: forward, back, to any moment; `?` shows the keys.',
      'Begins with the first record, or the last one of --to.',
    ],
  }),
  speed: flag(takes(Speed, 'a number of times, such as 60x, or max').optional(), {
    placeholder: '<number>x',
    lines: ['Plays the records, so many times as fast as they came; `max` does not wait.'],
  }),
  idle: flag(takes(Seconds, 'a number of seconds').default(5), {
    placeholder: '<seconds>',
    lines: ['The longest pause while playing. Default: 5.'],
  }),
  from: flag(momentFlag(), { placeholder: '<moment>', lines: ['The first record to play.'] }),
  assert: flag(z.boolean().default(false), {
    lines: ['Folds in every way there is and compares the state hashes. Exits with 8 when they differ.'],
  }),
})
type Flags = z.output<typeof flags>
type Context = LogContext<Flags>

export const logReplayCommand = logCommand({
  name: 'log replay',
  summary: 'Shows what was true at any moment of a project; walks through its history, or plays it.',
  usage: '<project> [options]',
  flags,
  examples: [
    {
      line: 'maestro log replay proj_1706790000000_rzb6x4q8m3v7k2td --to 120',
      says: 'The tasks as a tree, as they were right after record 120.',
    },
    {
      line: 'maestro log replay proj_1706790000000_rzb6x4q8m3v7k2td --to 2026-01-31T12:00:00Z --json',
      says: 'Everything that was true at noon, with its state hash, for a program.',
    },
    { line: 'maestro log replay proj_1706790000000_rzb6x4q8m3v7k2td --step', says: 'Step by step, on a terminal.' },
    { line: 'maestro log replay proj_1706790000000_rzb6x4q8m3v7k2td --speed 60x', says: 'An hour in a minute.' },
  ],
  run: async (context) => {
    const { project } = parseWords(context.words, z.object({ project: z.string() }))
    const mode = modeOf(context.flags)
    const log = await openHistory(context, project)
    switch (mode) {
      case 'show':
        await show(context, log)
        break
      case 'speed':
        await playAll(context, log)
        break
      case 'step':
        await stepThrough(context, log)
        break
      case 'assert':
        return Math.max(await compareWays(context, log), exitCodeOf(log))
    }
    return exitCodeOf(log)
  },
})

type Mode = 'show' | 'speed' | 'step' | 'assert'

/** Throws VALIDATION_ERROR for more than one. */
const modeOf = ({ step, speed, assert }: Flags): Mode => {
  const modes: Mode[] = [
    ...(step ? (['step'] as const) : []),
    ...(speed === undefined ? [] : (['speed'] as const)),
    ...(assert ? (['assert'] as const) : []),
  ]
  if (modes.length > 1) throw new AppError('VALIDATION_ERROR', `--${modes.join(' and --')} do not go together`)
  return modes[0] ?? 'show'
}

const lastOf = (log: ReadOnlyLog, { to }: Flags): number | Promise<number> =>
  to === undefined ? log.head.offset - 1 : offsetAt(log, to)

const show = async (context: Context, log: ReadOnlyLog): Promise<void> => {
  const { flags, json, paint, printLines } = context
  const offset = await lastOf(log, flags)
  const progress = context.startProgress((done) => `Folded ${counted(done, 'record')}`)
  const state = await stateBefore(log, offset + 1, progress.update).finally(() => progress.end())
  if (flags.task !== undefined && state.task.get(flags.task) === undefined) {
    throw new AppError('TASK_NOT_FOUND', `There is no task ${flags.task} after record ${grouped(offset)}`)
  }
  const then = { record: await recordAt(log, offset), state, records: log.head.offset }
  const tree = { root: flags.task, open: flags.open }
  await printLines(json ? stateJson(then) : stateLines(then, tree, paint))
}

const playAll = async ({ flags, json, paint, printLines }: Context, log: ReadOnlyLog): Promise<void> => {
  const from = flags.from === undefined ? 0 : await offsetAt(log, flags.from)
  const to = await lastOf(log, flags)
  await printLines(
    play({
      records: log.records(from, to + 1),
      speed: flags.speed ?? 1,
      longestPause: flags.idle * 1000,
      pause: wait,
      lineOf: json ? recordLine : sentences(await stateBefore(log, from), paint, grouped(to).length),
    }),
  )
}

const compareWays = async (context: Context, log: ReadOnlyLog): Promise<number> => {
  const { flags, json, paint, printLines, printJson } = context
  const offset = await lastOf(log, flags)
  const progress = context.startProgress((done) => `Folded ${counted(done, 'record')}`)
  const ways = await foldAllWays(log, offset, progress.update).finally(() => progress.end())
  const same = agree(ways)
  await (json ? printJson({ projectId: log.projectId, offset, same, ways }) : printLines(wayLines(ways, offset, paint)))
  return same ? 0 : damageFound
}

const stepThrough = async ({ flags, paint }: Context, log: ReadOnlyLog): Promise<void> => {
  const terminal = processTerminal()
  const at = flags.to === undefined ? 0 : await offsetAt(log, flags.to)
  const { name } = await identityOf(log)
  await runStepper({ log, title: plain(name ?? log.projectId), at, terminal, paint })
}
