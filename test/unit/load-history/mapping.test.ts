import { describe, expect, it } from 'vitest'
import type { Change, Fields } from '../../../tools/load-history/history/change.ts'
import { type Mapped, Mapping } from '../../../tools/load-history/mapping/mapping.ts'
import type { Action } from '../../../tools/load-history/mapping/step.ts'
import { blockedBy, childOf, created, deleted, updated } from '../../support/source-changes.ts'

interface History {
  readonly mapping: Mapping
  /** What became of each change; its place is its index and one. */
  readonly mapped: readonly Mapped[]
}

const mapAll = (...changes: readonly Change[]): History => {
  const mapping = new Mapping()
  return { mapping, mapped: changes.map((change, i) => mapping.next({ place: i + 1, key: `k${i + 1}`, change })) }
}

const actionsOf = (mapped: Mapped | undefined): readonly Action[] =>
  mapped?.kind === 'steps' ? mapped.steps.map(({ action }) => action) : []

/** What the last of some changes makes. */
const lastOf = (...changes: readonly Change[]): readonly Action[] => actionsOf(mapAll(...changes).mapped.at(-1))

const touchedBy = (...changes: readonly Change[]) => {
  const last = mapAll(...changes).mapped.at(-1)
  return last?.kind === 'steps' ? last.steps.map(({ reads, writes }) => ({ reads: new Set(reads), writes })) : []
}

describe('a created task', () => {
  it('is one request, which leaves out what a new task has anyway', () => {
    expect(lastOf(created('a', { title: 'T', description: '', status: 'open', priority: 2, labels: ['x'] }))).toEqual([
      { kind: 'create-task', task: 'a@1', fields: { title: 'T' } },
    ])
  })

  it('brings its description, priority, parent and dependencies with it', () => {
    const dependencies = [blockedBy('b'), childOf('p'), blockedBy('b')]
    expect(lastOf(created('p'), created('b'), created('a', { description: '# D', priority: 0, dependencies }))).toEqual(
      [
        {
          kind: 'create-task',
          task: 'a@3',
          fields: { title: 'a', description: '# D', priority: 'high', parent: 'p@1', dependencies: ['b@2'] },
        },
      ],
    )
  })

  it('gets its status, entries and session by requests of their own', () => {
    const set: Fields = {
      status: 'hooked',
      notes: 'N',
      comments: [{ author: 'ann', text: 'C' }],
      close_reason: 'R',
      assignee: 'bob',
    }
    expect(lastOf(created('a', set))).toEqual([
      { kind: 'create-task', task: 'a@1', fields: { title: 'a' } },
      { kind: 'update-task', task: 'a@1', changes: { status: 'in_progress' } },
      { kind: 'add-entry', task: 'a@1', type: 'update', message: 'N' },
      { kind: 'add-entry', task: 'a@1', type: 'update', message: 'ann: C' },
      { kind: 'add-entry', task: 'a@1', type: 'milestone', message: 'R' },
      { kind: 'create-session', session: 'bob@session', name: 'bob' },
      { kind: 'link-session', session: 'bob@session', task: 'a@1' },
    ])
  })

  it('is skipped when it exists already, and is another task once the first was deleted', () => {
    expect(mapAll(created('a'), created('a')).mapped[1]).toEqual({ kind: 'skipped', reason: 'exists-already' })
    expect(lastOf(created('a'), deleted('a'), created('a'))).toEqual([
      { kind: 'create-task', task: 'a@3', fields: { title: 'a' } },
    ])
  })
})

describe('an update', () => {
  it.each([
    ['open', 'deferred'],
    ['deferred', 'pinned'],
    ['in_progress', 'hooked'],
    ['closed', 'done'],
    ['blocked', 'blocked'],
  ] as const)('that sets %s to %s makes no request, because the server has one status for both', (before, after) => {
    expect(mapAll(created('a', { status: before }), updated('a', { status: after })).mapped[1]).toEqual({
      kind: 'skipped',
      reason: 'nothing-to-send',
    })
  })

  it.each([
    ['closed', 'completed'],
    ['done', 'completed'],
    ['in_progress', 'in_progress'],
    ['hooked', 'in_progress'],
    ['blocked', 'blocked'],
  ] as const)('to %s makes a task %s', (status, expected) => {
    expect(lastOf(created('a'), updated('a', { status }))).toEqual([
      { kind: 'update-task', task: 'a@1', changes: { status: expected } },
    ])
  })

  it.each([
    [0, 'high'],
    [1, 'high'],
    [3, 'low'],
    [4, 'low'],
  ] as const)('to priority %d makes it %s', (priority, expected) => {
    expect(lastOf(created('a'), updated('a', { priority }))).toEqual([
      { kind: 'update-task', task: 'a@1', changes: { priority: expected } },
    ])
  })

  it('is one request, of that which differs', () => {
    const set = { title: 'a', description: 'D', priority: 2, issue_type: 'bug' }
    expect(lastOf(created('a'), updated('a', set))).toEqual([
      { kind: 'update-task', task: 'a@1', changes: { description: 'D' } },
    ])
  })

  it('gives fields that are cleared what a new task has', () => {
    const dependencies = [childOf('p'), blockedBy('p')]
    const before = created('a', { description: 'D', priority: 0, status: 'closed', dependencies })
    const cleared = { description: null, priority: null, status: null, dependencies: null }
    expect(lastOf(created('p'), before, updated('a', cleared))).toEqual([
      {
        kind: 'update-task',
        task: 'a@2',
        changes: { description: '', priority: 'medium', status: 'pending', parent: null, dependencies: [] },
      },
    ])
  })

  it('adds the comments behind those that were there, and none for what is cleared or blank', () => {
    const one = { author: 'ann', text: '1' }
    const two = { author: 'bob', text: '2' }
    expect(lastOf(created('a', { comments: [one] }), updated('a', { comments: [one, two] }))).toEqual([
      { kind: 'add-entry', task: 'a@1', type: 'update', message: 'bob: 2' },
    ])
    expect(lastOf(created('a', { comments: [one] }), updated('a', { comments: null, notes: ' \n' }))).toEqual([])
  })

  it('moves a task from one session to the other, and makes each only once', () => {
    const history = [created('a', { assignee: 'ann' }), created('b', { assignee: 'bob' })]
    expect(lastOf(...history, updated('a', { assignee: 'bob' }))).toEqual([
      { kind: 'unlink-session', session: 'ann@session', task: 'a@1' },
      { kind: 'link-session', session: 'bob@session', task: 'a@1' },
    ])
    expect(lastOf(...history, updated('a', { assignee: null }))).toEqual([
      { kind: 'unlink-session', session: 'ann@session', task: 'a@1' },
    ])
    expect(lastOf(...history, updated('a', { assignee: 'ann' }))).toEqual([])
  })

  it('of a task that never was, or went with its parent, is skipped', () => {
    const history = [created('p'), created('a', { dependencies: [childOf('p')] }), deleted('p')]
    const missing = { kind: 'skipped', reason: 'no-such-task' }
    expect(mapAll(...history, updated('a', { title: 'T' })).mapped[3]).toEqual(missing)
    expect(mapAll(...history, deleted('a')).mapped[3]).toEqual(missing)
    expect(mapAll(updated('z', { title: 'T' })).mapped[0]).toEqual(missing)
  })
})

describe('relations', () => {
  it('are made when the other task comes', () => {
    expect(lastOf(created('a', { dependencies: [blockedBy('b'), childOf('b')] }), created('b'))).toEqual([
      { kind: 'create-task', task: 'b@2', fields: { title: 'b' } },
      { kind: 'update-task', task: 'a@1', changes: { parent: 'b@2', dependencies: ['b@2'] } },
    ])
  })

  it('are made again when the other task is created again', () => {
    const history = [created('b'), created('a', { dependencies: [blockedBy('b')] }), deleted('b'), created('b')]
    expect(lastOf(...history)).toEqual([
      { kind: 'create-task', task: 'b@4', fields: { title: 'b' } },
      { kind: 'update-task', task: 'a@2', changes: { dependencies: ['b@4'] } },
    ])
  })

  it('take the first parent of several, also while that one is missing', () => {
    const set = { dependencies: [childOf('later'), childOf('p')] }
    const history = mapAll(created('p'), created('a', set))
    expect(actionsOf(history.mapped[1])).toEqual([{ kind: 'create-task', task: 'a@2', fields: { title: 'a' } }])
    expect(history.mapping.unmade()).toEqual({ 'missing-task': 1, cycle: 0, 'second-parent': 1, 'other-kind': 0 })
  })

  it.each([
    ['parents', childOf],
    ['dependencies', blockedBy],
  ])('leave out what would close a cycle of %s', (_, related) => {
    const history = mapAll(
      created('a'),
      created('b', { dependencies: [related('a')] }),
      created('c', { dependencies: [related('b')] }),
      updated('a', { dependencies: [related('c')] }),
      updated('b', { dependencies: [related('b')] }),
      updated('a', { dependencies: [related('c'), { id: 'b', type: 'discovered-from' }] }),
    )
    expect(history.mapped[3]).toEqual({ kind: 'skipped', reason: 'nothing-to-send' })
    expect(actionsOf(history.mapped[4])).toMatchObject([{ kind: 'update-task', task: 'b@2' }])
    // With its own relation gone, `b` no longer leads back.
    expect(actionsOf(history.mapped[5])).toMatchObject([{ kind: 'update-task', task: 'a@1' }])
    expect(history.mapping.unmade()).toEqual({ 'missing-task': 0, cycle: 1, 'second-parent': 0, 'other-kind': 1 })
  })

  it('are forgotten by those that name a deleted task', () => {
    const history = [created('b'), created('a', { dependencies: [blockedBy('b')] }), deleted('b')]
    // The server has taken the dependency away by itself, so there is nothing left to send.
    expect(lastOf(...history, updated('a', { dependencies: [] }))).toEqual([])
  })
})

describe('a deleted task', () => {
  it('takes all below it along', () => {
    const history = [
      created('a'),
      created('b', { dependencies: [childOf('a')] }),
      created('c', { dependencies: [childOf('b')] }),
      created('d', { dependencies: [blockedBy('c')], assignee: 'ann' }),
    ]
    expect(lastOf(...history, deleted('a'))).toEqual([
      { kind: 'delete-task', task: 'a@1', gone: ['a@1', 'b@2', 'c@3'] },
    ])
    expect(lastOf(...history, deleted('d'))).toEqual([{ kind: 'delete-task', task: 'd@4', gone: ['d@4'] }])
  })

  it('changes those below it, those that depended on them, and their sessions', () => {
    const history = [
      created('a'),
      created('b', { dependencies: [childOf('a')], assignee: 'ann' }),
      created('c', { dependencies: [blockedBy('b')] }),
    ]
    expect(touchedBy(...history, deleted('a'))).toEqual([
      { reads: new Set(), writes: ['a@1', 'b@2', 'c@3', 'ann@session'] },
    ])
    expect(touchedBy(...history, deleted('b'))).toEqual([
      { reads: new Set(['a@1']), writes: ['b@2', 'c@3', 'ann@session'] },
    ])
  })
})

describe('a step', () => {
  it('reads all that is on the way of what it relates to, before and after', () => {
    const history = [
      created('old'),
      created('root'),
      created('p', { dependencies: [childOf('root')] }),
      created('x'),
      created('y', { dependencies: [blockedBy('x')] }),
      created('a', { dependencies: [childOf('old')] }),
    ]
    expect(touchedBy(...history, updated('a', { dependencies: [childOf('p'), blockedBy('y')] }))).toEqual([
      { reads: new Set(['old@1', 'p@3', 'root@2', 'y@5', 'x@4']), writes: ['a@6'] },
    ])
    expect(touchedBy(...history, updated('a', { title: 'T' }))).toEqual([{ reads: new Set(), writes: ['a@6'] }])
  })

  it('has a key of its own', () => {
    const [mapped] = mapAll(created('a', { status: 'done', notes: 'N' })).mapped
    expect(mapped?.kind === 'steps' && mapped.steps.map(({ key }) => key)).toEqual(['k1:0', 'k1:1', 'k1:2'])
  })
})
