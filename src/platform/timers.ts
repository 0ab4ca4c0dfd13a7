import { setTimeout as wait } from 'node:timers/promises'

/** Waits `ms`, or until the signal aborts. Never keeps the process alive by itself. */
export type Pause = (ms: number, signal: AbortSignal) => Promise<void>

export const pause: Pause = async (ms, signal) => {
  if (signal.aborted) return
  try {
    await wait(ms, undefined, { signal, ref: false })
  } catch (error) {
    if (!signal.aborted) throw error
  }
}

/** Runs something every `ms`, without keeping the process alive. Returns how to stop. */
export type Every = (ms: number, run: () => void) => () => void

export const every: Every = (ms, run) => {
  const timer = setInterval(run, ms)
  timer.unref()
  return () => clearInterval(timer)
}
