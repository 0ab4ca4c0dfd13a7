import type { Stopwatch } from '../../src/platform/clock.ts'

export interface ProgressOptions {
  readonly write: (text: string) => void
  /** On a terminal one line is drawn over and over; elsewhere lines follow each other, and fewer of them. */
  readonly terminal: boolean
  readonly total: number
  readonly stopwatch: Stopwatch
}

export interface Progress {
  update(done: number): void
  /** Leaves the last line as it is. */
  end(): void
}

const redrawEvery = 100
const lineEvery = 2_000
const clearToEnd = '\u001b[K'

/** How far a run is: count, rate, per cent. */
export const createProgress = ({ write, terminal, total, stopwatch }: ProgressOptions): Progress => {
  const began = stopwatch()
  let latest = 0
  let shown: { readonly done: number; readonly at: number } = { done: 0, at: began }
  const show = (): void => {
    const at = stopwatch()
    const line = progressLine(latest, total, (at - began) / 1000)
    write(terminal ? `\r${line}${clearToEnd}` : `${line}\n`)
    shown = { done: latest, at }
  }
  return {
    update: (done) => {
      latest = done
      if (stopwatch() - shown.at >= (terminal ? redrawEvery : lineEvery)) show()
    },
    end: () => {
      if (shown.done !== latest) show()
      if (terminal && latest > 0) write('\n')
    },
  }
}

const progressLine = (done: number, total: number, seconds: number): string => {
  const rate = seconds === 0 ? 0 : Math.round(done / seconds)
  const percent = total === 0 ? 100 : Math.floor((done / total) * 100)
  return `${grouped(done)} of ${grouped(total)} changes, ${grouped(rate)}/s, ${percent} %`
}

/** 12345 as 12,345. */
export const grouped = (value: number): string => value.toLocaleString('en')
