import type { Bench } from './bench.ts'

/** What a ratio, or a value alone, has to be. */
export interface Target {
  readonly atLeast?: number
  readonly atMost?: number
}

/** One round of one side: how much of the row's unit there was. Rejects when anything failed: only what went well counts. */
export type Measure = () => Promise<number>

interface Named {
  /** What to type to run it. */
  readonly name: string
  /** All rows of a group run when its name is given. */
  readonly group: string
  readonly what: string
  /** Of what is measured: `/s`, `MB/s`, `s`, `bytes`. */
  readonly unit: string
  /** Absent for rows that only inform. */
  readonly target?: Target
}

/** Something of ours beside a reference. Both are measured in turn, and the ratio of each round is what counts. */
export interface Comparison extends Named {
  readonly reference: string
  readonly prepare: (bench: Bench) => Promise<{ readonly ours: Measure; readonly reference: Measure }>
}

/** Something of ours alone, with a limit that is a figure. */
export interface Figure extends Named {
  readonly reference?: undefined
  readonly prepare: (bench: Bench) => Promise<{ readonly ours: Measure }>
}

export type Row = Comparison | Figure

/** What a row cannot be measured without is not there: says what, and why. */
export class Unavailable extends Error {
  override readonly name = 'Unavailable'
}
