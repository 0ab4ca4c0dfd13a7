import { cpus } from 'node:os'
import { ratiosOf, type Spread, spreadOf } from './ratio.ts'

/** One thing of ours beside its reference, measured in the same run. */
export interface Row {
  readonly name: string
  readonly ours: Spread
  readonly reference: string
  readonly referenceRate: Spread
  readonly ratio: Spread
  /** The ratio to reach; 0 for none. */
  readonly target: number
}

/** Two things with their rates, round by round. */
export interface Compared {
  readonly name: string
  readonly rates: readonly number[]
}

export const rowOf = (ours: Compared, reference: Compared, target: number): Row => ({
  name: ours.name,
  reference: reference.name,
  target,
  ours: spreadOf(ours.rates),
  referenceRate: spreadOf(reference.rates),
  ratio: ratiosOf(ours.rates, reference.rates),
})

export const rowsReached = (rows: readonly Row[]): boolean => rows.every(({ ratio, target }) => ratio.median >= target)

export const tableOf = (rows: readonly Row[]): string => {
  const lines = rows.map(({ name, reference, ours, referenceRate, ratio, target }) => [
    name,
    `${Math.round(ours.median)}/s`,
    reference,
    `${Math.round(referenceRate.median)}/s`,
    `${ratio.median.toFixed(2)} (${ratio.min.toFixed(2)} to ${ratio.max.toFixed(2)})`,
    target === 0 ? '' : `${ratio.median >= target ? 'reached' : 'MISSED'} ${target}`,
  ])
  const all = [['what', 'ours', 'beside', 'rate', 'ratio, lowest to highest', 'target'], ...lines]
  const widths = (all[0] ?? []).map((_, column) => Math.max(...all.map((line) => line[column]?.length ?? 0)))
  return `${all.map((line) => line.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('  ')).join('\n')}\n`
}

/** What the figures were measured on. */
export const machine = () => ({ node: process.version, cpus: cpus().length, model: cpus()[0]?.model ?? 'unknown' })
