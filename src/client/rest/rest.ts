import type { Environment } from '../environment.ts'
import { MaestroError } from '../error.ts'
import type { Request, Send } from './call.ts'
import type { Outgoing } from './exchange.ts'
import { persist, type Retries } from './persist.ts'
import type { Result } from './result.ts'

export interface RestOptions {
  /** Where the server is, without a slash at the end. */
  readonly url: () => string
  readonly token: string | undefined
  /** The session in whose name changes are made, else who makes them. */
  readonly session: string | undefined
  readonly actor: string | undefined
  readonly retries: Retries
  /** How long one answer is waited for, ms. */
  readonly timeout: number
  readonly environment: Pick<Environment, 'fetch' | 'timer' | 'random'>
}

/** How requests of this client are sent. */
export const sendWith =
  (options: RestOptions): Send =>
  async <T>(request: Request<T>): Promise<Result<T>> => {
    const { environment, retries } = options
    const key = request.method === 'GET' ? undefined : (request.options.key ?? newKey(environment.random))
    const result = await persist(environment, outgoing(request, key, options), retries)
    return result.ok || key === undefined ? result : { ok: false, error: withKey(result.error, key) }
  }

const outgoing = <T>(
  { method, path, body, answers, minimal, options }: Request<T>,
  key: string | undefined,
  { url, token, session, actor, timeout }: RestOptions,
): Outgoing<T> => {
  const headers = {
    accept: 'application/json',
    'content-type': body === undefined ? undefined : 'application/json',
    authorization: token === undefined ? undefined : `Bearer ${token}`,
    'maestro-session': session,
    'maestro-actor': session === undefined ? actor : undefined,
    'idempotency-key': key,
    'if-match': options.ifMatch,
    prefer: minimal ? 'return=minimal' : undefined,
  }
  const given = Object.entries(headers).flatMap(
    ([name, value]): Array<[string, string]> => (value === undefined ? [] : [[name, value]]),
  )
  return {
    method,
    url: () => `${url()}${path}`,
    headers: Object.fromEntries(given),
    body: body === undefined ? undefined : JSON.stringify(body),
    answers,
    signal: options.signal,
    timeout: options.timeout ?? timeout,
  }
}

/** 128 random bits in hex. */
const newKey = (random: Environment['random']): string =>
  Array.from({ length: 4 }, () =>
    Math.floor(random() * 2 ** 32)
      .toString(16)
      .padStart(8, '0'),
  ).join('')

const withKey = ({ code, message, status, details, cause }: MaestroError, key: string): MaestroError =>
  new MaestroError(code, message, { status, details, cause, key })
