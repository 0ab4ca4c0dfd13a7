import type { Colour, Paint } from './style.ts'

export interface Column {
  /** Empty for all columns of a table without a head. */
  readonly title: string
  readonly align?: 'right'
}

export type Cell = string | { readonly text: string; readonly colour: Colour | undefined }

const gap = '  '
const textOf = (cell: Cell): string => (typeof cell === 'string' ? cell : cell.text)

/** Rows as lines of text, each column as wide as its widest cell. */
export const table = (columns: readonly Column[], rows: ReadonlyArray<readonly Cell[]>, paint: Paint): string[] => {
  const titles = columns.map(({ title }) => ({ text: title, colour: 'dim' as const }))
  const all = columns.some(({ title }) => title !== '') ? [titles, ...rows] : rows
  const widths = columns.map((_, i) => Math.max(...all.map((row) => textOf(row[i] ?? '').length)))
  return all.map((row) =>
    columns
      .map(({ align }, i) => {
        const [cell, width] = [row[i] ?? '', widths[i] ?? 0]
        const isLast = i === columns.length - 1 && align === undefined
        const text = align === 'right' ? textOf(cell).padStart(width) : textOf(cell).padEnd(isLast ? 0 : width)
        return text === '' ? text : paint(text, typeof cell === 'string' ? undefined : cell.colour)
      })
      .join(gap)
      .trimEnd(),
  )
}
