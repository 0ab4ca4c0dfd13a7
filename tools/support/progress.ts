import type { Stopwatch } from '../../src/platform/clock.ts'

export interface ProgressOptions {
  readonly write: (text: string) => void
  /** On a terminal one line is drawn over and over; elsewhere lines follow each other, and fewer of them. */
  readonly terminal: boolean
  readonly stopwatch: Stopwatch
  /** What to say of so much that is done, after so many seconds. */
  readonly line: (done: number, seconds: number) => string
  /** Whether the last line stays; otherwise it goes, and whatever is over soon says nothing at all. */
  readonly stays: boolean
}

export interface Progress {
  update(done: number): void
  end(): void
}

/** How long something has to take before there is a word about it, ms. */
const patience = 1_000
const redrawEvery = 100
const lineEvery = 2_000
const clearToEnd = '\u001b[K'

/** How far a run is. */
export const createProgress = ({ write, terminal, stopwatch, line, stays }: ProgressOptions): Progress => {
  const began = stopwatch()
  const every = terminal ? redrawEvery : lineEvery
  let latest = 0
  let shown: number | undefined
  let due = began + (stays ? every : patience)
  const show = (): void => {
    const at = stopwatch()
    const text = line(latest, (at - began) / 1000)
    write(terminal ? `\r${text}${clearToEnd}` : `${text}\n`)
    shown = latest
    due = at + every
  }
  return {
    update: (done) => {
      latest = done
      if (stopwatch() >= due) show()
    },
    end: () => {
      if (stays && latest !== (shown ?? 0)) show()
      if (terminal && shown !== undefined) write(stays ? '\n' : `\r${clearToEnd}`)
    },
  }
}
