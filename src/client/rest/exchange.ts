import type { z } from 'zod'
import type { Environment } from '../environment.ts'
import { MaestroError } from '../error.ts'
import { readAnswer } from './answer.ts'
import type { Result } from './result.ts'

/** A request, ready for the wire. */
export interface Outgoing<T> {
  readonly method: string
  /** Asked at every attempt, since a server may come back elsewhere. */
  readonly url: () => string
  readonly headers: Record<string, string>
  readonly body: string | undefined
  /** The shape of the answer. */
  readonly answers: z.ZodType<T>
  readonly signal: AbortSignal | undefined
  /** How long the whole answer is waited for, ms. */
  readonly timeout: number
}

/** What came of a request, and how long its server wants to be left alone, ms. */
export interface Outcome<T> {
  readonly result: Result<T>
  readonly retryAfter: number
}

/** Sends a request once. Never rejects. */
export const exchange = async <T>(
  { fetch, timer }: Pick<Environment, 'fetch' | 'timer'>,
  { method, url, headers, body, answers, signal, timeout }: Outgoing<T>,
): Promise<Outcome<T>> => {
  const giveUp = new AbortController()
  const cancel = timer(timeout, () => giveUp.abort())
  try {
    const signals = signal === undefined ? [giveUp.signal] : [giveUp.signal, signal]
    const request = { method, headers, signal: AbortSignal.any(signals), ...(body !== undefined && { body }) }
    const response = await fetch(url(), request)
    const retryAfter = delayIn(response.headers.get('retry-after'))
    return { result: await readAnswer(response, answers), retryAfter }
  } catch (cause) {
    return { result: { ok: false, error: failureOf(cause, signal, giveUp.signal, timeout) }, retryAfter: 0 }
  } finally {
    cancel()
  }
}

/** The server gives seconds. A date, which a proxy may give, says nothing here: whoever asks has no clock. */
const delayIn = (header: string | null): number =>
  header !== null && /^\d{1,9}$/.test(header) ? Number(header) * 1000 : 0

export const aborted = (cause?: unknown): MaestroError =>
  new MaestroError('ABORTED', 'The signal has aborted', { cause })

/** Why there is no answer. */
const failureOf = (
  cause: unknown,
  signal: AbortSignal | undefined,
  late: AbortSignal,
  timeout: number,
): MaestroError => {
  if (signal?.aborted === true) return aborted(cause)
  if (cause instanceof MaestroError) return cause
  const when = late.aborted ? ` within ${timeout} ms` : ''
  return new MaestroError('SERVER_UNREACHABLE', `The server does not answer${when}`, { cause })
}
