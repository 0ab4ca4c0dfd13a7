/** How something grows with something else, and how it may. */
export interface Curve {
  readonly name: string
  readonly unit: 's' | 'bytes'
  /** `flat` does not grow, `linear` grows at most as much as what it depends on. */
  readonly shape: 'flat' | 'linear'
  readonly points: readonly Point[]
}

export interface Point {
  readonly x: number
  readonly y: number
}

/** Curves over the same thing. */
export interface Picture {
  /** Name of its file, and of what it is over. */
  readonly name: string
  readonly title: string
  readonly x: string
  readonly curves: readonly Curve[]
}

/**
 * The power of x that a curve grows with: the slope of the straight line that fits best where both axes are logarithmic. 0 for
 * what does not grow, 1 for what grows in step.
 */
export const exponentOf = ({ points }: Pick<Curve, 'points'>): number => {
  const logs = points.map(({ x, y }) => [Math.log10(x), Math.log10(Math.max(y, Number.MIN_VALUE))] as const)
  const mean = (index: 0 | 1): number => logs.reduce((sum, pair) => sum + pair[index], 0) / logs.length
  const [mx, my] = [mean(0), mean(1)]
  const above = logs.reduce((sum, [x, y]) => sum + (x - mx) * (y - my), 0)
  const below = logs.reduce((sum, [x]) => sum + (x - mx) ** 2, 0)
  return below === 0 ? 0 : above / below
}

/** What a curve may have for an exponent: some room is for noise. */
const most = { flat: 0.2, linear: 1.2 } as const

export const keepsShape = (curve: Curve): boolean => exponentOf(curve) <= most[curve.shape]
