import type { Environment, Timer } from './environment.ts'

/** How long is waited between attempts, ms. */
export interface Backoff {
  /** The longest wait before the second attempt; it doubles with each further one. */
  readonly base: number
  /** The longest wait of all. */
  readonly cap: number
}

/**
 * How long to wait after so many attempts, from 1 on, ms. The wait is anything up to the bound ("full jitter"), so that
 * many who lost the same server do not all come back at once. From Marc Brooker, "Exponential Backoff and Jitter", AWS
 * Architecture Blog, 2015.
 */
export const delayAfter = ({ base, cap }: Backoff, attempts: number, random: Environment['random']): number =>
  random() * Math.min(cap, base * 2 ** (attempts - 1))

/** Waits, or until the signal aborts. */
export const pause = (timer: Timer, ms: number, signal: AbortSignal | undefined): Promise<void> =>
  new Promise((resolve) => {
    if (signal?.aborted === true) return resolve()
    const end = (): void => {
      cancel()
      signal?.removeEventListener('abort', end)
      resolve()
    }
    const cancel = timer(ms, end)
    signal?.addEventListener('abort', end)
  })
