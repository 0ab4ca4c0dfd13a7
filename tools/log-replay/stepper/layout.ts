import type { Size } from './model.ts'

/** Below this there is no room for anything. */
export const smallest: Size = { columns: 30, rows: 9 }

export const fits = ({ columns, rows }: Size): boolean => columns >= smallest.columns && rows >= smallest.rows

/** Title, scrubber, tabs and the line at the bottom. */
const fixedRows = 4

export interface Layout {
  /** Rows of the list of records: an odd number, with the record itself in the middle. */
  readonly list: number
  /** Rows of the pane. */
  readonly body: number
}

/** The list takes a third of the room at most, and no more than nine rows. */
export const layoutOf = ({ rows }: Size): Layout => {
  const room = Math.max(2, rows - fixedRows)
  const third = Math.min(9, Math.floor(room / 3))
  const list = Math.max(1, third % 2 === 0 ? third - 1 : third)
  return { list, body: room - list }
}
