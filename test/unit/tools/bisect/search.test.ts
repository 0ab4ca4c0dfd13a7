import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { DomainEvent } from '../../../../events/index.ts'
import { ProjectState, rebuild } from '../../../../projections/index.ts'
import { type Condition, readCondition } from '../../../../tools/log-bisect/condition.ts'
import { bisect, findFirst, type Outcome, type SearchOptions } from '../../../../tools/log-bisect/search.ts'
import { withinTime } from '../../../../tools/log-bisect/time-limit.ts'
import type { ReadOnlyLog } from '../../../../tools/support/read-only-log.ts'
import { projectCreated, taskCreated, taskUpdated } from '../../../support/events.ts'
import { logOf } from '../../../support/history-logs.ts'
import { intents } from '../../../support/intents.ts'
import { pastOf } from '../../../support/past.ts'
import { task } from '../../../support/vocabulary.ts'

const search = (
  how: typeof bisect,
  log: ReadOnlyLog,
  condition: Condition,
  range: Partial<Pick<SearchOptions, 'after' | 'to'>> = {},
): Promise<Outcome> =>
  how({
    ...{ log, condition, after: -1, to: log.head.offset - 1, withinTime, stopwatch: () => 0, onProgress: () => {} },
    ...range,
  })

const offsetOf = (outcome: Outcome): number | undefined =>
  outcome.kind === 'found' ? outcome.record.offset : undefined

/** Whether a condition holds after each record, each folded by itself. */
const truth = async (log: ReadOnlyLog, condition: Condition): Promise<boolean[]> => {
  const state = new ProjectState()
  const holds: boolean[] = []
  for await (const { record } of log.records()) {
    rebuild(state, record)
    holds.push(condition({ state, offset: record.offset, at: record.at }).holds)
  }
  return holds
}

/** Conditions that turn true and false again in random histories. */
const conditions = [
  'countTasks("in_progress") > 0',
  'tasks.size() > 5',
  'tasks.exists(t, t.priority == "high")',
  'tasks.filter(t, t.sessionIds.size() > 0).size() == 2',
  'task("task_a").status == "completed"',
  'sessions.exists(s, s.status == "failed") || !exists("task_b")',
  'tasks.exists(t, t.timeline.exists(e, e.type == "milestone"))',
  'offset == 7',
  'project.description != ""',
]

/** A random history, some snapshots of it, and a condition. */
const searches = fc.record({
  plan: intents(25),
  condition: fc.constantFrom(...conditions),
  snapshots: fc.array(fc.nat(), { maxLength: 2 }),
  ends: fc.tuple(fc.nat(), fc.nat()),
})

const opened = async ({
  plan,
  snapshots,
}: {
  readonly plan: Parameters<typeof pastOf>[0]
  readonly snapshots: readonly number[]
}) => {
  const events = pastOf(plan).records.map(({ type, data }): DomainEvent => Object.assign({ type, data }))
  const log = await logOf(
    events,
    snapshots.map((n) => (n % events.length) + 1),
  )
  return { log, last: events.length - 1 }
}

describe('what is found in any history', () => {
  it('is a step from false to true, within the range that was asked for', async () => {
    await fc.assert(
      fc.asyncProperty(searches, async ({ condition: text, ends, ...history }) => {
        const { log, last } = await opened(history)
        const condition = readCondition(text)
        const holds = await truth(log, condition)
        const [one = 0, other = 0] = ends.map((n) => n % (last + 1)).sort((a, b) => a - b)
        const [after, to] = [one === other ? -1 : one, other]
        const outcome = await search(bisect, log, condition, { after, to })
        if (after >= 0 && holds[after] === true) expect(outcome.kind).toBe('holds-before')
        else if (holds[to] !== true) expect(outcome.kind).toBe('not-found')
        else {
          const found = offsetOf(outcome) ?? Number.NaN
          expect(found).toBeGreaterThan(after)
          expect(found).toBeLessThanOrEqual(to)
          expect([holds[found - 1] ?? false, holds[found]]).toEqual([false, true])
        }
      }),
      { numRuns: 30 },
    )
  })

  it('with --first is the first one, as a look at every moment tells', async () => {
    await fc.assert(
      fc.asyncProperty(searches, async ({ condition: text, ...history }) => {
        const { log } = await opened(history)
        const condition = readCondition(text)
        const first = (await truth(log, condition)).indexOf(true)
        expect(offsetOf(await search(findFirst, log, condition))).toBe(first === -1 ? undefined : first)
      }),
      { numRuns: 20 },
    )
  })
})

describe('a search', () => {
  const [a, b] = [task('a'), task('b')]
  const back = { status: 'pending' } as const
  const done = { status: 'completed' } as const
  const events = [
    projectCreated(),
    taskCreated(a),
    taskCreated(b),
    ...[done, back, done, back].map((changes) => taskUpdated(a, changes)),
  ]

  it('judges as few moments as a binary search does', async () => {
    const many = Array.from({ length: 1000 }, (_, i) => taskCreated(task(`t${i}`)))
    const log = await logOf([projectCreated(), ...many])
    let judged = 0
    const condition: Condition = ({ state }) => {
      judged += 1
      return { holds: state.task.size > 700 }
    }
    expect(offsetOf(await search(bisect, log, condition))).toBe(701)
    expect(judged).toBeLessThanOrEqual(12)
  })

  it('that begins where a snapshot is folds only what comes after it', async () => {
    const many = Array.from({ length: 1000 }, (_, i) => taskCreated(task(`t${i}`)))
    const log = await logOf([projectCreated(), ...many], [900])
    let folded = 0
    const options = { log, condition: readCondition('tasks.size() > 950'), after: -1, to: 1000, withinTime }
    const outcome = await bisect({ ...options, stopwatch: () => 0, onProgress: () => (folded += 1) })
    expect(offsetOf(outcome)).toBe(951)
    expect(folded).toBeLessThan(350)
  })

  it('tells why the last moment is not what was asked for', async () => {
    const log = await logOf(events)
    const outcome = await search(bisect, log, readCondition('task("task_z").status == "completed"'))
    expect(outcome).toEqual({ kind: 'not-found', undecided: 'there is no task task_z' })
  })

  it('finds the first of several times, or one between two moments', async () => {
    const log = await logOf(events)
    const condition = readCondition('task("task_a").status == "completed"')
    expect(offsetOf(await search(findFirst, log, condition))).toBe(3)
    expect(offsetOf(await search(findFirst, log, condition, { after: 4 }))).toBe(5)
    expect(offsetOf(await search(bisect, log, condition, { after: 4, to: 5 }))).toBe(5)
    expect((await search(bisect, log, condition)).kind).toBe('not-found')
    expect((await search(findFirst, log, condition, { after: 3 })).kind).toBe('holds-before')
  })

  it('ends when a condition takes too long, and says at which record', async () => {
    const log = await logOf(events)
    const slow = (): undefined => undefined
    const options = { log, condition: readCondition('tasks.size() == 2'), after: -1, to: 6, withinTime: slow }
    for (const how of [bisect, findFirst]) {
      await expect(how({ ...options, stopwatch: () => 0, onProgress: () => {} })).rejects.toMatchObject({
        code: 'VALIDATION_ERROR',
        message: expect.stringMatching(/takes longer than 10 s at record \d, where there are \d tasks and 0 sessions/),
      })
    }
  })
})
