import type { Instant } from '../../../events/index.ts'

/** What the width of the timeline stands for. */
export type AxisKind = 'time' | 'record'

/** A line across the timeline, with what it stands for. */
export interface Tick {
  /** From 0, on the left, to 1. */
  readonly x: number
  readonly text: string
}

/** Where on the timeline records are. */
export interface Axis {
  readonly kind: AxisKind
  /** From 0 to 1; the end of the last record is 1. */
  readonly xOf: (offset: number) => number
  /** The record at a place, or the last one before it. */
  readonly offsetAt: (x: number) => number
  /** At most so many. */
  readonly ticks: (most: number) => readonly Tick[]
}

/** An axis of records at these times, which never go back. There is at least one. */
export const axisOf = (kind: AxisKind, times: readonly Instant[]): Axis =>
  kind === 'record' ? byRecord(times.length) : byTime(times)

const between = (value: number, least: number, most: number): number => Math.min(Math.max(value, least), most)

const byRecord = (records: number): Axis => ({
  kind: 'record',
  xOf: (offset) => between(offset / records, 0, 1),
  // What is a hair in front of a record is only what division has left.
  offsetAt: (x) => between(Math.floor(x * records + 1e-6), 0, records - 1),
  ticks: (most) =>
    steps(0, records, niceCount(records / most)).map((offset) => ({
      x: offset / records,
      text: offset.toLocaleString('en'),
    })),
})

const byTime = (times: readonly Instant[]): Axis => {
  const [first = 0, last = 0] = [times[0], times.at(-1)]
  const width = Math.max(1, last - first)
  return {
    kind: 'time',
    xOf: (offset) => (offset >= times.length ? 1 : between(((times[offset] ?? first) - first) / width, 0, 1)),
    offsetAt: (x) => lastUpTo(times, Math.round(first + x * width)),
    ticks: (most) => {
      const step = timeSteps.find((one) => width / one <= most) ?? niceCount(width / most / day) * day
      return steps(first, last, step).map((at) => ({ x: (at - first) / width, text: timeTick(at, step) }))
    },
  }
}

/** Index of the last of these times that is not later; zero where all are. */
const lastUpTo = (times: readonly Instant[], at: number): number => {
  let [last, after] = [0, times.length]
  while (after - last > 1) {
    const middle = Math.floor((last + after) / 2)
    if ((times[middle] ?? 0) <= at) last = middle
    else after = middle
  }
  return last
}

/** Multiples of a step. */
const steps = (from: number, to: number, step: number): number[] => {
  const first = Math.ceil(from / step) * step
  return Array.from({ length: Math.max(0, Math.floor((to - first) / step) + 1) }, (_, i) => first + i * step)
}

/** 1, 2 or 5 times a power of ten, at least as much as this, and at least 1. */
const niceCount = (least: number): number => {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, least)))
  return ([1, 2, 5].find((one) => one * power >= least) ?? 10) * power
}

const [second, minute, hour, day] = [1_000, 60_000, 3_600_000, 86_400_000]
const timeSteps = [
  ...[1, 2, 5, 10, 50, 100, 500],
  ...[1, 2, 5, 10, 30].map((one) => one * second),
  ...[1, 2, 5, 10, 30].map((one) => one * minute),
  ...[1, 2, 6, 12].map((one) => one * hour),
  ...[1, 2, 7, 14, 28].map((one) => one * day),
]

/** In UTC, as fine as the step needs. */
const timeTick = (at: number, step: number): string => {
  const text = new Date(at).toISOString()
  if (step >= day || (step >= hour && at % day === 0)) return text.slice(0, 10)
  if (step >= minute) return text.slice(11, 16)
  return step >= second ? text.slice(11, 19) : text.slice(11, 23)
}
