import type { Stopwatch } from '../platform/clock.ts'
import { type LoopDelay, monitorEventLoop } from '../platform/event-loop.ts'
import { createMeters, type Meters } from '../platform/metrics.ts'
import { watchRuntime } from '../platform/runtime.ts'
import type { Every } from '../platform/timers.ts'
import { familiesOf, type Sources } from './families.ts'
import { createExposition, type Exposition } from './registry.ts'

/** All that a server measures of itself. */
export interface Measuring {
  readonly meters: Meters
  /** Of the last whole second. */
  readonly loopDelay: () => LoopDelay
  /** Everything measured, and what can be looked up besides, as metrics. */
  exposition(sources: Omit<Sources, 'meters' | 'usage'>): Exposition
  stop(): void
}

export const startMeasuring = (timing: { readonly every: Every; readonly stopwatch: Stopwatch }): Measuring => {
  const meters = createMeters()
  const monitor = monitorEventLoop({ ...timing, delays: meters.loopDelays })
  const runtime = watchRuntime()
  return {
    meters,
    loopDelay: () => monitor.last,
    exposition: (sources) => createExposition(familiesOf({ ...sources, meters, usage: runtime.usage })),
    stop: () => {
      monitor.stop()
      runtime.stop()
    },
  }
}
