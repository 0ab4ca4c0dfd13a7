import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { filterOf } from '../../../tools/log-tail/filter.ts'
import { lastOf, mergeByTime } from '../../../tools/log-tail/merge.ts'
import { sealedWrites } from '../../support/damaged-logs.ts'
import { eventAdded, sessionCreated, taskCreated, taskUpdated } from '../../support/events.ts'
import { recordsOf } from '../../support/log-snapshots.ts'
import { draftOf } from '../../support/logs.ts'
import { session, task } from '../../support/vocabulary.ts'

interface One {
  readonly at: number
  readonly from: number
}

async function* each<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items
}

const all = async <T>(items: AsyncIterable<T>): Promise<T[]> => {
  const found: T[] = []
  for await (const one of items) found.push(one)
  return found
}

describe('merging by time', () => {
  const times = fc.array(fc.nat({ max: 20 }), { maxLength: 10 }).map((list) => list.sort((a, b) => a - b))

  it('keeps the order of each sequence and of time, and takes the first sequence first', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(times, { maxLength: 5 }), async (lists) => {
        const sources = lists.map((list, from) => list.map((at): One => ({ at, from })))
        const expected = sources.flat().sort((a, b) => a.at - b.at || a.from - b.from)
        expect(await all(mergeByTime(sources.map(each)))).toEqual(expected)
      }),
    )
  })

  it('lets go of all sequences when nobody wants more', async () => {
    let open = 2
    async function* endless(): AsyncGenerator<One> {
      try {
        for (let at = 0; ; at += 1) yield { at, from: 0 }
      } finally {
        open -= 1
      }
    }
    for await (const { at } of mergeByTime([endless(), endless()])) if (at > 5) break
    expect(open).toBe(0)
  })
})

it('the last of a sequence are those that an array would have', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat()), fc.nat({ max: 20 }), async (list, count) => {
      expect(await all(lastOf(each(list), count))).toEqual(count === 0 ? [] : list.slice(-count))
    }),
  )
})

describe('what is wanted', () => {
  const events = [
    taskCreated(task('a')),
    sessionCreated(session('s'), { taskIds: [task('a')] }),
    taskUpdated(task('ab'), { dependencies: [task('a')] }),
    eventAdded(session('s'), { type: 'said', data: 'about "task_a"' }),
  ]

  const wanted = async (types: readonly string[], entity?: string): Promise<number[]> => {
    const drafts = events.map((event, offset) => ({
      ...draftOf(event, offset),
      actor: { kind: 'session', id: 'sess_s' } as const,
    }))
    const records = await recordsOf(drafts)
    const lines = sealedWrites(
      drafts,
      drafts.map(() => 1),
    )
    const passes = filterOf({ types, entity })
    return records.filter((record, i) => passes({ record, line: lines[i] ?? Buffer.of() })).map(({ offset }) => offset)
  }

  it.each<[string, readonly string[], string | undefined, number[]]>([
    ['everything', [], undefined, [0, 1, 2, 3]],
    ['a type', ['task:created'], undefined, [0]],
    ['types that begin alike', ['task:*'], undefined, [0, 2]],
    ['several types', ['task:updated', 'session:*'], undefined, [1, 2, 3]],
    ['all types', ['*'], undefined, [0, 1, 2, 3]],
    ['what names a task, and not what only speaks of it', [], 'task_a', [0, 1, 2]],
    ['what names a session, and not all that it did', [], 'sess_s', [1, 3]],
    ['what is of a type and names a task', ['task:*'], 'task_a', [0, 2]],
    ['nothing', ['task'], undefined, []],
  ])('may be %s', async (_, types, entity, offsets) => {
    expect(await wanted(types, entity)).toEqual(offsets)
  })
})
