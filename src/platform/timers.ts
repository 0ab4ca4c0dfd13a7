import { setTimeout as setTimer } from 'node:timers/promises'

/** Waits `ms`, or until the signal aborts. */
export type Pause = (ms: number, signal: AbortSignal) => Promise<void>

const waiting =
  (ref: boolean): Pause =>
  async (ms, signal) => {
    if (signal.aborted) return
    try {
      await setTimer(ms, undefined, { signal, ref })
    } catch (error) {
      if (!signal.aborted) throw error
    }
  }

/** Never keeps the process alive by itself. */
export const pause: Pause = waiting(false)

/** Keeps the process alive: for one that has nothing to do but to wait. */
export const wait: Pause = waiting(true)

/** Runs something every `ms`, without keeping the process alive. Returns how to stop. */
export type Every = (ms: number, run: () => void) => () => void

export const every: Every = (ms, run) => {
  const timer = setInterval(run, ms)
  timer.unref()
  return () => clearInterval(timer)
}
