import type { Stopwatch } from '../platform/clock.ts'
import { type LoopDelay, monitorEventLoop } from '../platform/event-loop.ts'
import type { Meters } from '../platform/metrics.ts'
import { watchRuntime } from '../platform/runtime.ts'
import type { Every } from '../platform/timers.ts'
import { familiesOf, type Sources } from './families.ts'
import { createExposition, type Exposition } from './registry.ts'

/** All that a server measures of itself. */
export interface Measuring {
  /** Of the last whole second. */
  readonly loopDelay: () => LoopDelay
  /** Everything measured, and what can be looked up besides, as metrics. */
  exposition(sources: Omit<Sources, 'meters' | 'usage'>): Exposition
  stop(): void
}

export interface MeasuringOptions {
  readonly every: Every
  readonly stopwatch: Stopwatch
  readonly meters: Meters
}

/** To be called once the logs are read: what is due waits for that, which says nothing of how the server is. */
export const startMeasuring = ({ every, stopwatch, meters }: MeasuringOptions): Measuring => {
  const monitor = monitorEventLoop({ every, stopwatch, delays: meters.loopDelays })
  const runtime = watchRuntime()
  return {
    loopDelay: () => monitor.last,
    exposition: (sources) => createExposition(familiesOf({ ...sources, meters, usage: runtime.usage })),
    stop: () => {
      monitor.stop()
      runtime.stop()
    },
  }
}
