import type { Pause } from '../../src/platform/timers.ts'
import { Arrivals } from './arrivals.ts'

/** A pause that has begun. */
export interface BegunPause {
  readonly ms: number
  end(): void
}

/** Pauses that are over when a test says so, or the signal aborts. */
export class ManualPauses {
  readonly begun = new Arrivals<BegunPause>()

  readonly pause: Pause = (ms, signal) =>
    new Promise((resolve) => {
      const end = (): void => {
        signal.removeEventListener('abort', end)
        resolve()
      }
      signal.addEventListener('abort', end)
      if (signal.aborted) end()
      else this.begun.push({ ms, end })
    })
}
