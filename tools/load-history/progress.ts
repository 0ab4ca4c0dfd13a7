import { grouped } from '../support/numbers.ts'
import { createProgress as createAnyProgress, type Progress, type ProgressOptions } from '../support/progress.ts'

/** How far a run is: count, rate, per cent. Its last line stays. */
export const createProgress = ({
  total,
  ...options
}: Pick<ProgressOptions, 'write' | 'terminal' | 'stopwatch'> & { readonly total: number }): Progress =>
  createAnyProgress({ ...options, stays: true, line: (done, seconds) => progressLine(done, total, seconds) })

const progressLine = (done: number, total: number, seconds: number): string => {
  const rate = seconds === 0 ? 0 : Math.round(done / seconds)
  const percent = total === 0 ? 100 : Math.floor((done / total) * 100)
  return `${grouped(done)} of ${grouped(total)} changes, ${grouped(rate)}/s, ${percent} %`
}
