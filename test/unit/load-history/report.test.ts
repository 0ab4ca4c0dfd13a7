import { describe, expect, it } from 'vitest'
import { sha256 } from '../../../src/platform/hash.ts'
import type { Acknowledged } from '../../../tools/load-history/load.ts'
import type { Action } from '../../../tools/load-history/mapping/step.ts'
import { createProgress } from '../../../tools/load-history/progress.ts'
import { totalsOf, totalsText } from '../../../tools/load-history/totals.ts'

/** What is shown when changes are over at some times, in seconds. */
const shown = (terminal: boolean, updates: ReadonlyArray<readonly [seconds: number, done: number]>): string[] => {
  let now = 0
  const texts: string[] = []
  const progress = createProgress({
    write: (text) => texts.push(text),
    terminal,
    total: 5000,
    stopwatch: () => now * 1000,
  })
  for (const [seconds, done] of updates) {
    now = seconds
    progress.update(done)
  }
  progress.end()
  return texts
}

describe('progress', () => {
  it('is one line on a terminal, drawn again ten times a second at most', () => {
    expect(
      shown(true, [
        [0.05, 10],
        [1, 1234],
        [1.01, 1250],
        [4, 5000],
      ]),
    ).toEqual([
      '\r1,234 of 5,000 changes, 1,234/s, 24 %\u001b[K',
      '\r5,000 of 5,000 changes, 1,250/s, 100 %\u001b[K',
      '\n',
    ])
  })

  it('is plain lines elsewhere, and always ends with the last count', () => {
    expect(
      shown(false, [
        [1, 10],
        [2, 4000],
        [2.5, 5000],
      ]),
    ).toEqual(['4,000 of 5,000 changes, 2,000/s, 80 %\n', '5,000 of 5,000 changes, 2,000/s, 100 %\n'])
  })
})

describe('totals', () => {
  const acknowledged = (action: Action, replayed = false): Acknowledged => ({
    key: 'k',
    action,
    request: { method: 'POST', path: '/' },
    receipt: { offset: 1, hash: sha256(''), replayed },
  })
  const totals = totalsOf(
    {
      changes: 1200,
      journal: [
        acknowledged({ kind: 'create-task', task: 'a@1', fields: { title: 'T' } }, true),
        acknowledged({ kind: 'create-task', task: 'b@2', fields: { title: 'T' } }),
        acknowledged({ kind: 'update-task', task: 'a@1', changes: { title: 'U' } }),
        acknowledged({ kind: 'delete-task', task: 'a@1', gone: ['a@1', 'b@2'] }),
      ],
      skipped: new Map([['no-such-task', 3]]),
      unmade: { 'missing-task': 0, cycle: 2, 'second-parent': 0, 'other-kind': 0 },
    },
    { origin: { kind: 'generated', seed: 7 }, projectId: 'proj_p', writers: 8, retries: 5, seconds: 2 },
  )

  it('count requests by kind, tasks, and what was left out and why', () => {
    expect(totals).toEqual({
      origin: { kind: 'generated', seed: 7 },
      projectId: 'proj_p',
      writers: 8,
      retries: 5,
      seconds: 2,
      changes: 1200,
      skipped: { 'no-such-task': 3 },
      unmade: { 'missing-task': 0, cycle: 2, 'second-parent': 0, 'other-kind': 0 },
      requests: { 'create-task': 2, 'update-task': 1, 'delete-task': 1 },
      replayed: 1,
      tasks: { created: 2, updated: 1, deleted: 2 },
      rate: 2,
    })
  })

  it('are a short text for people, which says where the history is from', () => {
    expect(totalsText(totals)).toBe(
      [
        'Loaded 1,200 changes of a generated history (seed 7) into proj_p:',
        '  requests            4 (create-task 2, update-task 1, delete-task 1)',
        '  tasks               created 2, updated 1, deleted 2',
        '  changes skipped     no-such-task 3',
        '  relations not made  cycle 2',
        '  already there       1',
        '  retries             5',
        '  time                2.0 s, 2 requests/s with 8 writers',
        '',
      ].join('\n'),
    )
  })
})
