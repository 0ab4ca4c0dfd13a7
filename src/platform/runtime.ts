import { PerformanceObserver, performance } from 'node:perf_hooks'
import { cpuUsage, memoryUsage } from 'node:process'
import { Count } from './metrics.ts'

/** What the process uses of the machine. Bytes and seconds. */
export interface RuntimeUsage {
  /** When the process began, in seconds since the epoch. */
  readonly startedAt: number
  readonly residentBytes: number
  readonly heapUsedBytes: number
  readonly heapTotalBytes: number
  /** Memory outside of the heap that objects in it keep: buffers, mostly. */
  readonly externalBytes: number
  readonly cpuUserSeconds: number
  readonly cpuSystemSeconds: number
  /** Spent on collecting garbage since the start. */
  readonly collectingSeconds: number
}

export interface Runtime {
  usage(): RuntimeUsage
  stop(): void
}

export const watchRuntime = (): Runtime => {
  const collecting = new Count()
  const observer = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) collecting.add(duration / 1000)
  })
  observer.observe({ entryTypes: ['gc'] })
  return {
    usage: () => {
      const { rss, heapUsed, heapTotal, external } = memoryUsage()
      const { user, system } = cpuUsage()
      return {
        startedAt: performance.timeOrigin / 1000,
        residentBytes: rss,
        heapUsedBytes: heapUsed,
        heapTotalBytes: heapTotal,
        externalBytes: external,
        cpuUserSeconds: user / 1e6,
        cpuSystemSeconds: system / 1e6,
        collectingSeconds: collecting.value,
      }
    },
    stop: () => observer.disconnect(),
  }
}
