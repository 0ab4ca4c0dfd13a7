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

/**
 * Ours divided by the reference, round by round. The reference is measured before the first round and after every one, and
 * each round is held against the mean of the two beside it: what the machine does meanwhile meets both alike.
 */
export const ratiosOf = (ours: readonly number[], references: readonly number[]): number[] =>
  ours.map((value, round) => value / (((references[round] ?? Number.NaN) + (references[round + 1] ?? Number.NaN)) / 2))
