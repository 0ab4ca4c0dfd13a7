/** Lowest, middle and highest of several rounds. */
export interface Spread {
  readonly min: number
  readonly median: number
  readonly max: number
}

export const spreadOf = (values: readonly number[]): Spread => {
  const sorted = values.toSorted((a, b) => a - b)
  const at = (index: number): number => sorted[index] ?? Number.NaN
  const middle = (sorted.length - 1) / 2
  return { min: at(0), median: (at(Math.floor(middle)) + at(Math.ceil(middle))) / 2, max: at(sorted.length - 1) }
}

/** Ours divided by the reference, round by round: what the machine does meanwhile meets both sides of a round alike. */
export const ratiosOf = (ours: readonly number[], reference: readonly number[]): Spread =>
  spreadOf(ours.map((value, round) => value / (reference[round] ?? Number.NaN)))
