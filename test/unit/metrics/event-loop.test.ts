import { describe, expect, it } from 'vitest'
import { monitorEventLoop } from '../../../src/platform/event-loop.ts'
import { Distribution } from '../../../src/platform/metrics.ts'

/** An event loop that is as late as a test says. */
const setUp = () => {
  let now = 1_000
  let tick: (() => void) | undefined
  let period = 0
  const delays = new Distribution([0.05])
  const monitor = monitorEventLoop({
    every: (ms, run) => {
      period = ms
      tick = run
      return () => {
        tick = undefined
      }
    },
    stopwatch: () => now,
    delays,
  })
  /** Lets the timer fire so many times, each time so late. */
  const pass = (times: number, lateBy: number): void => {
    for (let i = 0; i < times; i += 1) {
      now += period + lateBy
      tick?.()
    }
  }
  return { monitor, delays, pass, isRunning: () => tick !== undefined }
}

describe('the monitor of the event loop', () => {
  it('tells how late what was due came in the last second', () => {
    const { monitor, pass } = setUp()
    expect(monitor.last).toEqual({ p50: 0, p99: 0, max: 0 })
    pass(49, 0)
    pass(1, 300)
    expect(monitor.last).toEqual({ p50: 0, p99: 300, max: 300 })
    pass(50, 0)
    expect(monitor.last).toEqual({ p50: 0, p99: 0, max: 0 })
  })

  it('tells at once of a delay that is longer than a second', () => {
    const { monitor, pass } = setUp()
    pass(1, 5_000)
    expect(monitor.last).toEqual({ p50: 5_000, p99: 5_000, max: 5_000 })
  })

  it('hands on every delay, in seconds', () => {
    const { delays, pass } = setUp()
    pass(3, 10)
    pass(2, 1_000)
    expect([...delays.counts]).toEqual([3, 2])
    expect(delays.sum).toBeCloseTo(2.03)
  })

  it('ends when it is told to', () => {
    const { monitor, isRunning } = setUp()
    expect(isRunning()).toBe(true)
    monitor.stop()
    expect(isRunning()).toBe(false)
  })
})
