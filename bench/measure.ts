import type { Bench } from './bench.ts'
import type { Row, Target } from './row.ts'
import { Unavailable } from './row.ts'
import { ratiosOf, type Spread, spreadOf } from './support/ratio.ts'

interface Head extends Pick<Row, 'name' | 'group' | 'what' | 'unit'> {
  readonly reference?: string
  readonly target?: Target
}

export type Result =
  | (Head & {
      readonly kind: 'measured'
      readonly ours: Spread
      /** For rows with a reference. */
      readonly beside?: Spread
      readonly ratio?: Spread
      /** Whether the median is as the target wants it; rows without a target always pass. */
      readonly passed: boolean
    })
  /** What it needs is not here. */
  | (Head & { readonly kind: 'skipped'; readonly reason: string })
  /** Something went wrong, so that there is no figure. */
  | (Head & { readonly kind: 'failed'; readonly reason: string })

/** Whether a result is as it should be, or could not be had here. */
export const hasPassed = (result: Result): boolean =>
  result.kind === 'skipped' || (result.kind === 'measured' && result.passed)

/** Prepares a row, runs its rounds, and leaves nothing behind. */
export const measureRow = async (row: Row, bench: Bench): Promise<Result> => {
  const { name, group, what, unit, reference, target } = row
  const head = { name, group, what, unit, ...(reference !== undefined && { reference }), ...(target && { target }) }
  try {
    return { kind: 'measured', ...head, ...(await run(row, bench)) }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    bench.progress(`${name}: ${reason}`)
    return { kind: error instanceof Unavailable ? 'skipped' : 'failed', ...head, reason }
  } finally {
    await bench.end()
  }
}

type Measured = Omit<Extract<Result, { kind: 'measured' }>, 'kind' | keyof Head>

const run = async (row: Row, bench: Bench): Promise<Measured> => {
  bench.progress(`${row.name}: preparing`)
  return row.reference === undefined ? runAlone(row, bench) : runBeside(row, bench)
}

const runBeside = async (row: Extract<Row, { reference: string }>, bench: Bench): Promise<Measured> => {
  const sides = await row.prepare(bench)
  const ours: number[] = []
  const references = [await sides.reference()]
  for (let round = 1; round <= bench.rounds; round += 1) {
    ours.push(await sides.ours())
    references.push(await sides.reference())
    bench.progress(
      `${row.name}: round ${round} of ${bench.rounds}, ratio ${ratiosOf(ours, references).at(-1)?.toFixed(2)}`,
    )
  }
  const ratio = spreadOf(ratiosOf(ours, references))
  return { ours: spreadOf(ours), beside: spreadOf(references), ratio, passed: meets(ratio.median, row.target) }
}

const runAlone = async (row: Extract<Row, { reference?: undefined }>, bench: Bench): Promise<Measured> => {
  const sides = await row.prepare(bench)
  const values: number[] = []
  for (let round = 1; round <= bench.rounds; round += 1) {
    values.push(await sides.ours())
    bench.progress(`${row.name}: round ${round} of ${bench.rounds}`)
  }
  const ours = spreadOf(values)
  return { ours, passed: meets(ours.median, row.target) }
}

export const meets = (
  value: number,
  { atLeast = Number.NEGATIVE_INFINITY, atMost = Number.POSITIVE_INFINITY }: Target = {},
): boolean => value >= atLeast && value <= atMost
