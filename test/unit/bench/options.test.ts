import { describe, expect, it } from 'vitest'
import { readOptions } from '../../../bench/options.ts'
import { rows } from '../../../bench/rows.ts'
import { usage } from '../../../bench/usage.ts'

const names = (argv: readonly string[]): string[] => {
  const options = readOptions(argv, rows)
  if (options.kind !== 'run' && options.kind !== 'list') throw new Error(options.kind)
  return options.rows.map(({ name }) => name)
}

describe('the command line of the bench', () => {
  it('takes all rows, rows by name, and rows by group', () => {
    expect(names([])).toEqual(rows.map(({ name }) => name))
    expect(names(['get-bare', 'verify'])).toEqual(['get-bare', 'verify'])
    expect(names(['append'])).toEqual(rows.filter(({ group }) => group === 'append').map(({ name }) => name))
    expect(names(['--list', 'verify'])).toEqual(['verify'])
    expect(readOptions(['growth', '--svg', 'pictures'], rows)).toMatchObject({
      growth: true,
      rows: [],
      svg: 'pictures',
    })
  })

  it('measures at least five rounds unless told otherwise', () => {
    expect(readOptions([], rows)).toMatchObject({ kind: 'run', rounds: 5, seconds: 2, json: false, growth: false })
    expect(readOptions(['--rounds', '9', '--seconds', '0.5', '--json'], rows)).toMatchObject({
      ...{ rounds: 9, seconds: 0.5, json: true },
    })
  })

  it.each([
    [['nonsense'], 'There is no row nonsense. See: npm run bench -- --list'],
    [['--rounds', '0'], '--rounds takes a whole number from 1 on'],
    [['--rounds', '1.5'], '--rounds takes a whole number from 1 on'],
    [['--seconds=-1'], '--seconds takes a number above 0'],
    [['--seconds', 'two'], '--seconds takes a number above 0'],
  ])('refuses %j and says what it takes', (argv, message) => {
    expect(readOptions(argv, rows)).toEqual({ kind: 'wrong', message })
  })

  it('refuses flags that there are not', () => {
    expect(readOptions(['--fast'], rows)).toMatchObject({ kind: 'wrong', message: expect.stringContaining('--fast') })
  })

  it('explains itself, with every group', () => {
    expect(readOptions(['--help'], rows)).toEqual({ kind: 'help' })
    for (const { group } of rows) expect(usage(rows)).toContain(group)
  })
})

describe('the rows', () => {
  it('have names of their own, which no group has', () => {
    const all = rows.map(({ name }) => name)
    expect(new Set(all).size).toBe(all.length)
  })

  it('have a target, but for those that only inform', () => {
    expect(rows.filter(({ target }) => target === undefined).map(({ name }) => name)).toEqual([
      'writer-bare',
      'append-sqlite',
    ])
  })
})
