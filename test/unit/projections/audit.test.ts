import fc from 'fast-check'
import { encodeTime } from 'ulid'
import { describe, expect, it } from 'vitest'
import { type DomainEvent, type EventRecord, RecordId } from '../../../events/index.ts'
import { Audit, type AuditReport, findingKinds } from '../../../projections/history.ts'
import {
  projectCreated,
  sessionCreated,
  sessionDeleted,
  sessionUpdated,
  taskAdded,
  taskAdopted,
  taskCreated,
  taskDeleted,
  taskRemoved,
  taskUpdated,
  timelineAdded,
} from '../../support/events.ts'
import { recordOf } from '../../support/fold.ts'
import { intents } from '../../support/intents.ts'
import { pastOf, sealedOf } from '../../support/past.ts'
import { session, task } from '../../support/vocabulary.ts'

const minute = 60_000
const hour = 60 * minute
const a = task('a')
const s = session('s')

/** An event that happens so many ms after the one before, by the log's time and by the clock that makes ids. */
interface Step {
  readonly event: DomainEvent
  readonly after?: number
  readonly clock?: number
}

const recordsOf = (steps: ReadonlyArray<DomainEvent | Step>): EventRecord[] => {
  let [at, clock] = [1_700_000_000_000, 1_700_000_000_000]
  return steps.map((one, offset) => {
    const { event, after = 1000, clock: ticks = after } = 'event' in one ? one : { event: one }
    at += after
    clock += ticks
    return sealedOf({ ...recordOf(event, offset), at, id: RecordId.parse(encodeTime(clock, 10) + '0'.repeat(16)) })
  })
}

const audited = (records: readonly EventRecord[]): AuditReport => {
  const audit = new Audit()
  for (const record of records) audit.add(record)
  return audit.report()
}

const findingsIn = (...steps: ReadonlyArray<DomainEvent | Step>) => audited(recordsOf(steps)).findings
const set = (status: 'pending' | 'in_progress' | 'blocked' | 'completed') => taskUpdated(a, { status })

describe('an audit', () => {
  it('of a log in which all went well finds nothing', () => {
    const records = recordsOf([
      projectCreated(),
      taskCreated(a),
      sessionCreated(s, { taskIds: [a] }),
      set('in_progress'),
      set('completed'),
      sessionUpdated(s, { status: 'completed' }),
    ])
    expect(audited(records)).toEqual({
      records: 6,
      from: records[0]?.at,
      to: records[5]?.at,
      counts: Object.fromEntries(findingKinds.map((kind) => [kind, 0])),
      findings: [],
    })
  })

  it('of nothing says so', () => {
    expect(audited([])).toMatchObject({ records: 0, findings: [] })
  })

  it('finds every step that the state diagram does not have, and both records that show it', () => {
    expect(
      findingsIn(
        projectCreated(),
        taskCreated(a),
        set('completed'),
        taskUpdated(a, { title: 'B' }),
        set('blocked'),
        set('in_progress'),
        set('completed'),
      ).filter(({ kind }) => kind === 'lifecycle'),
    ).toMatchObject([
      { taskId: a, from: 'pending', to: 'completed', offsets: [1, 2] },
      { taskId: a, from: 'completed', to: 'blocked', offsets: [2, 4] },
    ])
  })

  it('takes an adopted task as it comes, and one that comes again as a new one', () => {
    expect(
      findingsIn(
        projectCreated(),
        taskAdopted(a, { status: 'completed' }),
        taskDeleted(a),
        taskCreated(a),
        sessionCreated(s, { taskIds: [a] }),
        set('in_progress'),
        set('pending'),
        sessionUpdated(s, { status: 'failed' }),
      ),
    ).toEqual([])
  })

  it('finds sessions that never ended', () => {
    expect(
      findingsIn(
        projectCreated(),
        sessionCreated(s),
        sessionUpdated(s, { name: 'Ada' }),
        sessionCreated(session('t')),
        {
          event: sessionDeleted(session('t')),
        },
      ),
    ).toMatchObject([{ kind: 'open_session', sessionId: s, status: 'running', offsets: [1, 2] }])
  })

  it('finds a task in progress that no session ever had', () => {
    expect(findingsIn(projectCreated(), taskCreated(a), set('in_progress'))).toMatchObject([
      { kind: 'unattended_task', taskId: a, offsets: [2, 2] },
    ])
  })

  it.each([
    ['has ended', sessionUpdated(s, { status: 'completed' })],
    ['was taken away', taskRemoved(s, a)],
    ['was deleted', sessionDeleted(s)],
  ])('finds a task in progress whose session %s', (_, event) => {
    const begun = [projectCreated(), sessionCreated(s), taskCreated(a), set('in_progress'), taskAdded(s, a)]
    expect(findingsIn(...begun, event).filter(({ kind }) => kind === 'unattended_task')).toMatchObject([
      { taskId: a, offsets: [3, 5] },
    ])
    expect(findingsIn(...begun).filter(({ kind }) => kind === 'unattended_task')).toEqual([])
  })

  it('tells what was blocked longest, also what still is', () => {
    const steps = Array.from({ length: 14 }, (_, i): Step[] => [
      { event: set('blocked') },
      { event: set('pending'), after: (i + 1) * minute },
    ])
    const { findings, counts } = audited(
      recordsOf([
        projectCreated(),
        taskCreated(a),
        ...steps.flat(),
        set('blocked'),
        { event: taskCreated(task('b')), after: hour },
      ]),
    )
    expect(counts.blocked).toBe(15)
    expect(findings).toMatchObject([
      { kind: 'blocked', ms: hour, offsets: [30] },
      ...[14, 13, 12, 11, 10, 9, 8, 7, 6].map((n) => ({ ms: n * minute, offsets: [2 * n, 2 * n + 1] })),
    ])
  })

  it('finds gaps in which nothing was heard of work that was going on', () => {
    const found = findingsIn(
      projectCreated(),
      { event: taskCreated(a), after: 5 * hour },
      sessionCreated(s, { taskIds: [a] }),
      set('in_progress'),
      { event: timelineAdded(a, { type: 'update', message: 'Half' }), after: hour + 1 },
      { event: timelineAdded(a, { type: 'update', message: 'More' }), after: hour },
      set('completed'),
      { event: sessionUpdated(s, { status: 'completed' }), after: 9 * hour },
    )
    expect(found).toEqual([{ kind: 'gap', ms: hour + 1, offsets: [3, 4] }])
  })

  it('finds clocks that were set, forth and back', () => {
    const found = findingsIn(
      projectCreated(),
      { event: taskCreated(a), after: 0, clock: 2 * hour },
      taskUpdated(a, { title: 'B' }),
      { event: taskUpdated(a, { title: 'C' }), after: 2 * hour, clock: 0 },
      { event: taskUpdated(a, { title: 'D' }), after: 500, clock: 900 },
    )
    expect(found).toEqual([
      { kind: 'clock', ms: 2 * hour, offsets: [0, 1] },
      { kind: 'clock', ms: -2 * hour, offsets: [2, 3] },
    ])
  })

  it('counts what it has no room to tell', () => {
    const many = Array.from({ length: 1500 }, (_, i) => set(i % 2 === 0 ? 'completed' : 'pending'))
    const { counts, findings } = audited(recordsOf([projectCreated(), taskCreated(a), ...many]))
    expect(counts.lifecycle).toBe(1500)
    expect(findings).toHaveLength(1000)
  })

  it('names records that there are, whatever has happened, and may be asked at any time', () => {
    fc.assert(
      fc.property(intents(40), (plan) => {
        const { records } = pastOf(plan)
        const audit = new Audit()
        for (const record of records) {
          audit.add(structuredClone(record))
          for (const { offsets } of audit.report().findings) {
            expect([...offsets]).toEqual([...offsets].sort((one, other) => one - other))
            expect(Math.max(...offsets)).toBeLessThanOrEqual(record.offset)
          }
        }
        expect(audit.report()).toEqual(audited(records))
      }),
      { numRuns: 30 },
    )
  })
})
