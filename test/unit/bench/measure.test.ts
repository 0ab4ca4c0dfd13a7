import { describe, expect, it } from 'vitest'
import { Bench } from '../../../bench/bench.ts'
import { measureRow } from '../../../bench/measure.ts'
import { type Row, type Target, Unavailable } from '../../../bench/row.ts'

const named = { name: 'row', group: 'rows', what: 'ours', unit: '/s' }

/** A measure that gives these figures in turn, and notes when it was asked. */
const series = (name: string, figures: readonly number[], asked: string[] = []) => {
  const left = [...figures]
  return async () => {
    asked.push(name)
    return left.shift() ?? Number.NaN
  }
}

const run = (row: Row, rounds: number) => measureRow(row, new Bench({ program: '', rounds, seconds: 1 }, () => {}))

describe('a row with a reference', () => {
  it('is measured between references, and each round is held against the two beside it', async () => {
    const asked: string[] = []
    const row: Row = {
      ...named,
      reference: 'theirs',
      prepare: async () => ({
        ours: series('ours', [20, 30, 60], asked),
        reference: series('theirs', [10, 10, 20, 40], asked),
      }),
    }
    const result = await run(row, 3)
    expect(asked).toEqual(['theirs', 'ours', 'theirs', 'ours', 'theirs', 'ours', 'theirs'])
    expect(result).toMatchObject({
      kind: 'measured',
      ours: { min: 20, median: 30, max: 60 },
      beside: { min: 10, median: 15, max: 40 },
      ratio: { min: 2, median: 2, max: 2 },
      passed: true,
    })
  })

  it.each<[Target, boolean]>([
    [{ atLeast: 2 }, true],
    [{ atLeast: 2.1 }, false],
    [{ atMost: 2 }, true],
    [{ atMost: 1.9 }, false],
  ])('is to have a median of %j: %s', async (target, passed) => {
    const row: Row = {
      ...named,
      target,
      reference: 'theirs',
      prepare: async () => ({ ours: series('', [2, 2, 9]), reference: series('', [1, 1, 1, 1]) }),
    }
    expect(await run(row, 3)).toMatchObject({ passed })
  })

  it('is skipped with the reason when what it needs is not there', async () => {
    const row: Row = {
      ...named,
      reference: 'theirs',
      prepare: () => Promise.reject(new Unavailable('nats-server is not installed')),
    }
    expect(await run(row, 1)).toMatchObject({ kind: 'skipped', reason: 'nats-server is not installed' })
  })
})

describe('a row of ours alone', () => {
  it('has a limit that is a figure', async () => {
    const row = (atMost: number): Row => ({
      ...named,
      target: { atMost },
      prepare: async () => ({ ours: series('', [3, 5, 4]) }),
    })
    expect(await run(row(4), 3)).toMatchObject({ ours: { min: 3, median: 4, max: 5 }, passed: true })
    expect(await run(row(3.9), 3)).toMatchObject({ passed: false })
  })
})

describe('whatever becomes of a row', () => {
  it('is tidied up after, the last first', async () => {
    const ended: string[] = []
    const row: Row = {
      ...named,
      prepare: async (bench) => {
        bench.atEnd(async () => void ended.push('first'))
        bench.atEnd(async () => void ended.push('second'))
        return { ours: () => Promise.reject(new Error('it broke')) }
      },
    }
    expect(await run(row, 1)).toMatchObject({ kind: 'failed', reason: 'it broke' })
    expect(ended).toEqual(['second', 'first'])
  })
})
