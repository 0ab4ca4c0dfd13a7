import { type Backoff, delayAfter, pause } from '../backoff.ts'
import type { Environment } from '../environment.ts'
import type { MaestroError } from '../error.ts'
import { aborted, exchange, type Outgoing } from './exchange.ts'
import type { Result } from './result.ts'

/** How a request that came to nothing is tried again. */
export interface Retries extends Backoff {
  /** How often it is tried at most; 1 means that it is not tried again. */
  readonly attempts: number
  /** A server that wants to be left alone for longer than this, ms, is not asked again. */
  readonly patience: number
}

/** With these, attempts go on for twenty seconds at most: long enough for a server that starts again. */
export const defaultRetries: Retries = { attempts: 10, base: 100, cap: 3_000, patience: 30_000 }

/**
 * Sends a request until it is answered, or there is no point in it any more. Writes have an `Idempotency-Key`, so nothing is
 * done twice. Never rejects.
 */
export const persist = async <T>(
  environment: Pick<Environment, 'fetch' | 'timer' | 'random'>,
  request: Outgoing<T>,
  retries: Retries,
): Promise<Result<T>> => {
  const { signal } = request
  for (let attempt = 1; signal?.aborted !== true; attempt += 1) {
    const { result, retryAfter } = await exchange(environment, request)
    if (result.ok || !isPassing(result.error)) return result
    if (attempt >= retries.attempts || retryAfter > retries.patience) return result
    const delay = Math.max(retryAfter, delayAfter(retries, attempt, environment.random))
    await pause(environment.timer, delay, signal)
  }
  return { ok: false, error: aborted() }
}

/** Too much at once, and what servers or those before them say while they start, end or are not there. */
const passing: ReadonlySet<number | undefined> = new Set([429, 502, 503, 504])

/** Whether another attempt may go better. A damaged log needs a person. */
const isPassing = ({ code, status }: MaestroError): boolean =>
  code === 'SERVER_UNREACHABLE' || (passing.has(status) && code !== 'PROJECT_QUARANTINED')
