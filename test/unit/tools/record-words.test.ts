import { describe, expect, it } from 'vitest'
import type { DomainEvent, EventRecord } from '../../../events/index.ts'
import { actorText, wordsOf } from '../../../tools/support/record-words.ts'
import {
  eventAdded,
  projectAdopted,
  projectCreated,
  projectDeleted,
  projectUpdated,
  sessionAdopted,
  sessionCreated,
  sessionDeleted,
  sessionUpdated,
  spawnRequested,
  subtaskCreated,
  subtaskDeleted,
  subtaskUpdated,
  taskAdded,
  taskAdopted,
  taskCreated,
  taskDeleted,
  taskRemoved,
  taskUpdated,
  timelineAdded,
} from '../../support/events.ts'
import { recordOf } from '../../support/fold.ts'
import { session, subtask, task, timeAt } from '../../support/vocabulary.ts'

const digest = '0'.repeat(64)

const wordsFor = (event: DomainEvent): string => {
  const record: EventRecord = { v: 1, synced: 0, prev: digest, digest, hash: digest, ...recordOf(event, 5) }
  return wordsOf(record)
}

const [a, b, s, i] = [task('a'), task('b'), session('s'), subtask('i')]

describe('a record in words', () => {
  it.each<[DomainEvent, string]>([
    [projectCreated({ name: 'Apollo' }), 'created project "Apollo"'],
    [projectUpdated({ name: 'B', lifecycle: 'strict' }), 'project: name → "B", lifecycle → "strict"'],
    [projectDeleted(), 'deleted the project'],
    [projectAdopted({ name: 'Old' }), 'took over project "Old"'],
    [taskCreated(a, { title: 'Build it', parentId: b }), 'created task_a "Build it" under task_b'],
    [taskCreated(a, { title: 'Build it', parentId: null }), 'created task_a "Build it"'],
    [
      taskUpdated(
        a,
        { status: 'completed', completedAt: timeAt(5) },
        { linked: [s], unlinked: [session('t')], entries: [{ type: 'update', message: 'Done', sessionId: s }] },
      ),
      'task_a: status → "completed", completedAt → 2023-11-14T22:13:25.000Z; +sess_s -sess_t; update "Done" sess_s',
    ],
    [taskUpdated(a, {}), 'task_a: no change'],
    [timelineAdded(a, { type: 'milestone' }), 'task_a: milestone'],
    [taskDeleted(a, true), 'deleted task_a and all below it'],
    [taskDeleted(a), 'deleted task_a'],
    [taskAdopted(a, { title: 'Old' }), 'took over task_a "Old"'],
    [subtaskCreated(a, i, { title: 'Step' }), 'task_a: added subtask_i "Step"'],
    [subtaskUpdated(a, i, { completed: true }), 'task_a: subtask_i: completed → true'],
    [subtaskDeleted(a, i), 'task_a: removed subtask_i'],
    [sessionCreated(s, { name: 'Ada', taskIds: [a, b] }), 'created sess_s "Ada" on task_a, task_b'],
    [spawnRequested(s, { name: 'Ada' }), 'asked for sess_s "Ada"'],
    [
      sessionUpdated(s, { metadata: { a: null } }, { linked: [a], events: [{ type: 'note' }] }),
      'sess_s: metadata → {"a":null}; +task_a; event "note"',
    ],
    [eventAdded(s, { type: 'note', data: { x: 1 } }, { taskId: a }), 'sess_s: event "note" {"x":1} on task_a'],
    [taskAdded(s, a), 'sess_s works on task_a'],
    [taskRemoved(s, a), 'sess_s no longer works on task_a'],
    [sessionDeleted(s), 'deleted sess_s'],
    [sessionAdopted(s, { name: 'Old' }), 'took over sess_s "Old"'],
    [
      { type: 'record:redacted', data: { offset: 2, digest, pointer: '/title', reason: 'a token' } },
      'redacted "/title" of record 2: "a token"',
    ],
  ])('%j', (event, words) => {
    expect(wordsFor(event)).toBe(words)
  })

  it('stays on one line, is not endless, and holds nothing that a terminal would obey', () => {
    const hostile = '\u001b[31m\r\n\u009b2J\u202e\u2028 "quoted" '
    const words = wordsFor(timelineAdded(a, { type: 'update', message: hostile + 'x'.repeat(10_000) }))
    expect(words).not.toMatch(/[\p{Cc}\u2028-\u202e]/u)
    expect(words.length).toBeLessThan(150)
    expect(words).toContain('\\u001b[31m')
  })
})

it('an actor is a kind, and an id where there is one', () => {
  expect([actorText({ kind: 'user' }), actorText({ kind: 'session', id: 'sess_s' })]).toEqual([
    'user',
    'session sess_s',
  ])
})
