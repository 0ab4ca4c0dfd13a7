import { performance } from 'node:perf_hooks'
import type { Stopwatch } from './clock.ts'
import type { Distribution } from './metrics.ts'
import type { Every } from './timers.ts'

/** How late the event loop came to what was due, ms: in the middle case, in one of a hundred, and at worst. */
export interface LoopDelay {
  readonly p50: number
  readonly p99: number
  readonly max: number
}

export interface LoopMonitor {
  /** Of the last whole second. */
  readonly last: LoopDelay
  stop(): void
}

export interface LoopMonitorOptions {
  readonly every: Every
  readonly stopwatch: Stopwatch
  /** Takes every delay, in seconds. */
  readonly delays: Distribution
}

/** How often the delay is measured, ms. */
const period = 20
/** How long delays gather before they are summed up, ms. */
const interval = 1_000

/**
 * Measures the delay of the event loop: how late a timer is. Node's own monitor has to be reset to tell what was lately, and
 * then misses the delay in the middle of which that happens, which is the longest one as often as not.
 */
export const monitorEventLoop = ({ every, stopwatch, delays }: LoopMonitorOptions): LoopMonitor => {
  let last: LoopDelay = { p50: 0, p99: 0, max: 0 }
  let gathered: number[] = []
  let before = stopwatch()
  let summedUpAt = before
  const stop = every(period, () => {
    const now = stopwatch()
    const delay = Math.max(0, now - before - period)
    before = now
    delays.observe(delay / 1000)
    gathered.push(delay)
    if (now - summedUpAt < interval) return
    last = sumUp(gathered)
    gathered = []
    summedUpAt = now
  })
  return {
    get last() {
      return last
    },
    stop,
  }
}

const sumUp = (values: readonly number[]): LoopDelay => {
  const sorted = values.toSorted((a, b) => a - b)
  const quantile = (q: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? 0
  return { p50: quantile(0.5), p99: quantile(0.99), max: quantile(1) }
}

/** Makes something to ask which part of the time since the last question the event loop had something to do, from 0 to 1. */
export const createLoopUse = (): (() => number) => {
  let before = performance.eventLoopUtilization()
  return () => {
    const now = performance.eventLoopUtilization()
    const { utilization } = performance.eventLoopUtilization(now, before)
    before = now
    return utilization
  }
}
