import type { Stopwatch } from '../platform/clock.ts'
import { type LoopDelay, monitorEventLoop } from '../platform/event-loop.ts'
import type { Meters } from '../platform/metrics.ts'
import { watchRuntime } from '../platform/runtime.ts'
import type { Every } from '../platform/timers.ts'
import { familiesOf, type Sources } from './families.ts'
import type { Exposition, Family } from './registry.ts'

/** All that a server measures of itself. */
export interface Measuring {
  /** Of the last whole second. */
  readonly loopDelay: () => LoopDelay
  /** Everything measured, and what can be looked up besides, as metrics. */
  exposition(sources: Omit<Sources, 'meters' | 'usage'>): Pick<Exposition, 'text'>
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
    exposition: (sources) => lazily(familiesOf({ ...sources, meters, usage: runtime.usage })),
    stop: () => {
      monitor.stop()
      runtime.stop()
    },
  }
}

/** What writes metrics takes long to load, so it is when somebody first asks for them. */
const lazily = (families: readonly Family[]): Pick<Exposition, 'text'> => {
  let exposition: Exposition | undefined
  return {
    text: async () => {
      const { createExposition } = await import('./registry.ts')
      exposition ??= createExposition(families)
      return exposition.text()
    },
  }
}
