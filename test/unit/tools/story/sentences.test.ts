import { describe, expect, it } from 'vitest'
import type { Actor, DomainEvent } from '../../../../events/index.ts'
import { fieldChanges } from '../../../../tools/story/changes.ts'
import type { Scene } from '../../../../tools/story/names.ts'
import { deedOf, whoOf } from '../../../../tools/story/sentence.ts'
import { spanWords } from '../../../../tools/story/spans.ts'
import * as event from '../../../support/events.ts'
import { fold, recordOf } from '../../../support/fold.ts'
import { session, subtask, task } from '../../../support/vocabulary.ts'

const [a, b] = [task('a'), task('b')]
const x = session('x')
const before: readonly DomainEvent[] = [
  event.projectCreated({ name: 'Apollo' }),
  event.taskCreated(a, { title: 'Build it' }),
  event.taskCreated(b, { title: 'Test it' }),
  event.taskUpdated(b, { status: 'completed' }),
  event.sessionCreated(x, { name: 'Ann' }),
  event.subtaskCreated(a, subtask('i'), { title: 'First' }),
]
const state = fold(...before).state
const sentence = (one: DomainEvent, scene: Scene = { state }): string => deedOf(recordOf(one, before.length), scene)

describe('what a record did, in words', () => {
  it.each<[DomainEvent, string]>([
    [event.projectCreated({ name: 'Apollo' }), 'created the project "Apollo"'],
    [event.projectUpdated({ name: 'Artemis', description: 'x' }), 'changed name and description of the project'],
    [event.projectDeleted(), 'deleted the project'],
    [event.projectAdopted({ name: 'Apollo' }), 'took over the project "Apollo"'],
    [event.taskCreated(task('c'), { title: 'Ship it' }), 'created "Ship it"'],
    [event.taskCreated(task('c'), { title: 'Ship it', parentId: a }), 'created "Ship it" under "Build it"'],
    [event.taskUpdated(a, { status: 'in_progress' }), 'started "Build it"'],
    [event.taskUpdated(b, { status: 'in_progress' }), 'started "Test it" again'],
    [event.taskUpdated(b, { status: 'pending' }), 'reopened "Test it"'],
    [event.taskUpdated(a, { status: 'pending' }), 'put "Build it" back to pending'],
    [event.taskUpdated(a, { status: 'completed', completedAt: 1 }), 'completed "Build it"'],
    [
      event.taskUpdated(a, {
        status: 'blocked',
        title: 'Do it',
        priority: 'high',
        parentId: b,
        description: 'x',
        skillIds: [],
      }),
      'marked "Build it" as blocked, renamed it to "Do it", gave it high priority, moved it under "Test it", changed its ' +
        'description and skillIds',
    ],
    [event.taskUpdated(a, { parentId: null }), 'moved "Build it" to the top'],
    [
      event.taskUpdated(a, {}, { linked: [x], unlinked: [session('y')] }),
      'put "Ann" on "Build it", took sess_y off it',
    ],
    [
      event.taskUpdated(a, {}, { entries: [{ type: 'milestone', message: 'Half' }] }),
      'reached a milestone on "Build it": "Half"',
    ],
    [event.taskUpdated(a, {}), 'changed nothing of "Build it"'],
    [event.timelineAdded(a, { type: 'update', message: 'Well' }), 'noted on "Build it": "Well"'],
    [event.timelineAdded(a, { type: 'blocker', message: 'No key' }), 'hit a blocker on "Build it": "No key"'],
    [event.taskDeleted(a, true), 'deleted "Build it" and all below it'],
    [event.taskDeleted(task('z')), 'deleted task_z'],
    [event.subtaskCreated(a, subtask('j'), { title: 'Second' }), 'added the subtask "Second" to "Build it"'],
    [event.subtaskUpdated(a, subtask('i'), { completed: true }), 'ticked off the subtask "First" of "Build it"'],
    [
      event.subtaskUpdated(a, subtask('i'), { completed: false, title: 'x' }),
      'took back and changed the subtask "First" of "Build it"',
    ],
    [event.subtaskDeleted(a, subtask('i')), 'removed the subtask "First" of "Build it"'],
    [
      event.sessionCreated(session('y'), { name: 'Bob', taskIds: [a, b] }),
      'began session "Bob" on "Build it" and "Test it"',
    ],
    [
      event.spawnRequested(session('y'), { name: 'Bob', taskIds: [a, b, task('c')] }),
      'asked for session "Bob" on 3 tasks',
    ],
    [event.sessionUpdated(x, { status: 'completed' }), 'set session "Ann" to completed'],
    [event.sessionUpdated(x, { name: 'Anne', env: { A: '1' } }), 'renamed session "Ann" to "Anne", changed its env'],
    [
      event.eventAdded(x, { type: 'note', data: { message: 'Hi' } }, { taskId: a }),
      'reported note on "Build it" in session "Ann": "Hi"',
    ],
    [event.eventAdded(x, { type: 'note' }), 'reported note in session "Ann"'],
    [event.taskAdded(x, a), 'put session "Ann" on "Build it"'],
    [event.taskRemoved(x, a), 'took session "Ann" off "Build it"'],
    [event.sessionDeleted(x), 'deleted session "Ann"'],
    [
      { type: 'record:redacted', data: { offset: 3, digest: 'f'.repeat(64), pointer: '/title', reason: 'A secret' } },
      'took "/title" out of record 3: "A secret"',
    ],
  ])('%#: %o', (one, words) => {
    expect(sentence(one)).toBe(words)
  })

  it('calls what the story is about by no name', () => {
    expect(sentence(event.taskUpdated(a, { status: 'completed' }), { state, self: a })).toBe('completed it')
    expect(sentence(event.taskAdded(x, a), { state, self: x })).toBe('put it on "Build it"')
    expect(sentence(event.eventAdded(x, { type: 'note' }), { state, self: x })).toBe('reported note')
  })

  it('names no session that speaks for itself', () => {
    const record = {
      ...recordOf(event.eventAdded(x, { type: 'note' }), before.length),
      actor: { kind: 'session', id: x },
    } as const
    expect(deedOf(record, { state })).toBe('reported note')
  })

  it('lets nobody speak to the terminal', () => {
    const title = 'x\u001b]0;evil\u0007\u202e\n'
    expect(sentence(event.taskCreated(task('c'), { title }))).toBe('created "x\\u001b]0;evil\\u0007\\u202e\\n"')
  })

  it.each<[Actor, string]>([
    [{ kind: 'user' }, 'somebody'],
    [{ kind: 'user', id: 'ann' }, 'ann'],
    [{ kind: 'system' }, 'the server'],
    [{ kind: 'session', id: 'sess_x' }, 'session "Ann"'],
    [{ kind: 'session', id: 'sess_gone' }, 'session sess_gone'],
  ])('names who did it: %o is %s', (actor, who) => {
    expect(whoOf(actor, { state })).toBe(who)
  })
})

describe('what is different, in words', () => {
  const changesOf = (one: DomainEvent, length?: number): string[] => {
    const { changes, state: after } = fold(...before, one)
    const all = changes[before.length] ?? []
    return all.flatMap((change) =>
      fieldChanges(change, { state: after }, length).map(
        (line) => `${line.field}: ${line.before === undefined ? '' : `${line.before} → `}${line.words}`,
      ),
    )
  }

  it('is told field by field, with names in place of ids', () => {
    expect(changesOf(event.taskUpdated(a, { status: 'blocked', parentId: b, dependencies: [b] }))).toEqual([
      'parentId: none → "Test it"',
      'status: pending → blocked',
      'dependencies: + "Test it"',
    ])
    expect(changesOf(event.subtaskUpdated(a, subtask('i'), { completed: true }))).toEqual(['subtasks: ~ "First", done'])
    expect(changesOf(event.sessionUpdated(x, { env: { A: '1' }, metadata: { n: 1 } }))).toEqual([
      'env: + "A": "1"',
      'metadata: + "n": 1',
    ])
  })

  it('of a new entity is what it was given', () => {
    expect(changesOf(event.taskCreated(task('c'), { title: 'Ship it' }))).toEqual([
      'title: "Ship it"',
      'status: pending',
      'priority: medium',
      'timeline: + created "Task created"',
      'createdAt: 2023-11-14T22:13:26.000Z',
    ])
  })

  it('of a deleted one is nothing, but of what mentioned it', () => {
    const linked = [event.taskUpdated(a, { dependencies: [b] }), event.taskDeleted(b)] as const
    const { changes, state: after } = fold(...before, ...linked)
    const words = (changes.at(-1) ?? []).map((change) =>
      fieldChanges(change, { state: after }).map((line) => line.words),
    )
    expect(words).toEqual([[], ['- "task_b"']])
  })

  it('of long texts is shown from where they begin to differ', () => {
    const [old, now] = [`${'same '.repeat(20)}old`, `${'same '.repeat(20)}new`]
    const events = [event.taskUpdated(a, { description: old }), event.taskUpdated(a, { description: now })] as const
    const { changes, state: after } = fold(...before, ...events)
    const [line] = (changes.at(-1) ?? []).flatMap((change) => fieldChanges(change, { state: after }))
    expect(line).toEqual({
      field: 'description',
      before: '"… same same same old"',
      words: '"… same same same new"',
    })
  })
})

describe('a span of time', () => {
  it.each([
    [0, '0 ms'],
    [999, '999 ms'],
    [1_000, '1 second'],
    [61_000, '1 minute 1 second'],
    [3_600_000, '1 hour'],
    [90_061_000, '1 day 1 hour'],
    [200_000_000, '2 days 7 hours'],
  ])('%i ms is %s', (ms, words) => {
    expect(spanWords(ms)).toBe(words)
  })
})
