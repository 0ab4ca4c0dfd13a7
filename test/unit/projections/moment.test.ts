import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findMoment, parseMoment, type Span } from '../../../projections/history.ts'

describe('the name of a moment', () => {
  const noon = Date.UTC(2026, 0, 31, 12)
  it.each([
    ['0', { kind: 'offset', offset: 0 }],
    ['99999999999', { kind: 'offset', offset: 99_999_999_999 }],
    ['100000000000', { kind: 'time', at: 100_000_000_000 }],
    [String(noon), { kind: 'time', at: noon }],
    ['2026-01-31T12:00:00Z', { kind: 'time', at: noon }],
    ['2026-01-31T12:00Z', { kind: 'time', at: noon }],
    ['2026-01-31T12:00:00.25Z', { kind: 'time', at: noon + 250 }],
    ['2026-01-31T14:00:00+02:00', { kind: 'time', at: noon }],
    ['2026-01-31T14:00:00 02:00', { kind: 'time', at: noon }],
    ['2026-01-31T08:30-03:30', { kind: 'time', at: noon }],
    ['2026-01-31', { kind: 'time', at: noon - 12 * 3_600_000 }],
  ])('%s', (text, moment) => expect(parseMoment(text)).toEqual(moment))

  it.each([
    ...['', ' ', '-1', '1.5', '1e3', '0x10', 'now', 'start', 'null', '1000000000000000', '12:00', 'yesterday'],
    ...['2026-02-30', '2026-13-01', '2026-01-31T25:00Z', '2026-01-31T12:00', '2026-01-31 12:00Z', '31.01.2026'],
    ...['2026-01-31T12:00:00+24:00', '1969-12-31', '2026-01-31T12:00Z ', '2026-01-31Z', '+002026-01-31T12:00Z'],
  ])('is not %j', (text) => expect(parseMoment(text)).toBeUndefined())
})

describe('a moment in a log', () => {
  /** Times that never go back, as in a log. */
  const times = fc.array(fc.nat({ max: 3 }), { minLength: 1, maxLength: 60 }).map((steps) => {
    let at = 1000
    return steps.map((step) => {
      at += step
      return at
    })
  })
  const spanOf = (all: readonly number[]): Span => ({
    from: all[0] ?? 0,
    to: all.at(-1) ?? 0,
    last: all.length - 1,
  })

  it('that is a time is the last record that had happened by then, found by asking few of them', async () => {
    await fc.assert(
      fc.asyncProperty(times, fc.integer({ min: 990, max: 1200 }), async (all, at) => {
        let asked = 0
        const timeOf = async (offset: number): Promise<number> => {
          asked += 1
          return all[offset] ?? Number.NaN
        }
        const found = await findMoment({ kind: 'time', at }, spanOf(all), timeOf)
        const { from, to } = spanOf(all)
        if (at < from || at > to) expect(found.kind).toBe('outside')
        else expect(found).toEqual({ kind: 'found', offset: all.findLastIndex((one) => one <= at) })
        expect(asked).toBeLessThanOrEqual(Math.ceil(Math.log2(all.length)))
      }),
    )
  })

  const never = (): never => {
    throw new Error('nothing is to be asked')
  }
  const span: Span = { from: 1000, to: 61_000, last: 41 }

  it('that is an offset is that record, if there is one', async () => {
    expect(await findMoment({ kind: 'offset', offset: 41 }, span, never)).toEqual({ kind: 'found', offset: 41 })
    expect(await findMoment({ kind: 'offset', offset: 42 }, span, never)).toEqual({
      kind: 'outside',
      reason: 'the log goes from offset 0 (1970-01-01T00:00:01.000Z) to offset 41 (1970-01-01T00:01:01.000Z)',
    })
  })

  it('is nowhere in a log without records', async () => {
    const nowhere = { kind: 'outside', reason: 'the log has no records' }
    expect(await findMoment({ kind: 'offset', offset: 0 }, undefined, never)).toEqual(nowhere)
    expect(await findMoment({ kind: 'time', at: 5 }, undefined, never)).toEqual(nowhere)
  })
})
