import type { Result } from './measure.ts'
import { amount } from './support/amount.ts'
import type { Spread } from './support/ratio.ts'

const heads = ['', 'what', 'ours', 'beside', 'rate', 'ratio, lowest to highest', 'target']

/** Results as a table that is one on a terminal and on a page. */
export const tableOf = (results: readonly Result[]): string => {
  const rows = results.map(cellsOf)
  const widths = heads.map((head, column) => Math.max(...[head, ...rows.map((row) => row[column] ?? '')].map(lengthOf)))
  const lines = [heads, widths.map((width) => '-'.repeat(Math.max(width, 1))), ...rows]
  return lines.map((cells) => `| ${cells.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(' | ')} |\n`).join('')
}

const lengthOf = ({ length }: string): number => length

const cellsOf = (result: Result): string[] => {
  const { what, reference = '', unit } = result
  if (result.kind !== 'measured') {
    const [reason] = result.reason.split('\n')
    return [
      result.kind === 'skipped' ? '–' : '✗',
      what,
      '',
      reference,
      '',
      `${result.kind}: ${reason}`,
      targetText(result),
    ]
  }
  const { ours, beside, ratio, passed } = result
  return [
    passed ? '✓' : '✗',
    what,
    ratio === undefined ? withSpread(ours, unit) : amount(ours.median, unit),
    reference,
    beside === undefined ? '' : amount(beside.median, unit),
    ratio === undefined ? '' : `${ratio.median.toFixed(2)} (${ratio.min.toFixed(2)} to ${ratio.max.toFixed(2)})`,
    targetText(result),
  ]
}

const withSpread = ({ median, min, max }: Spread, unit: string): string =>
  `${amount(median, unit)} (${amount(min, unit)} to ${amount(max, unit)})`

const targetText = ({ target, reference, unit }: Result): string => {
  const show = (value: number): string => (reference === undefined ? amount(value, unit) : String(value))
  const { atLeast, atMost } = target ?? {}
  return [atLeast === undefined ? '' : `≥ ${show(atLeast)}`, atMost === undefined ? '' : `≤ ${show(atMost)}`]
    .filter((text) => text !== '')
    .join(', ')
}
