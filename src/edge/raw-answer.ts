import { STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import type { AppError } from '../errors.ts'

/** How long a client has to take its answer and to close its end, before the connection is cut, ms. */
const lingerFor = 2_000

/** Ends a connection with some last words, and sees to it that it is over soon whatever the client does. */
export const hangUp = (stream: Duplex, lastWords = ''): void => {
  stream.on('error', () => stream.destroy())
  stream.end(lastWords)
  // To close a connection that holds unread bytes is to reset it, and a reset may overtake the answer.
  stream.resume()
  AbortSignal.timeout(lingerFor).addEventListener('abort', () => stream.destroy(), { once: true })
}

/**
 * An error as a whole HTTP answer, for connections on which no request could be made of what arrived. Headers are names and
 * values in turn.
 */
export const rawAnswer = (error: AppError, headers: readonly string[] = []): string => {
  const body = JSON.stringify(error)
  const all = [
    ...headers,
    ...['Content-Type', 'application/json; charset=utf-8'],
    ...['Content-Length', String(Buffer.byteLength(body)), 'Connection', 'close'],
  ]
  const lines = all.map((text, i) => (i % 2 === 0 ? `${text}: ` : `${text}\r\n`))
  return `HTTP/1.1 ${error.status} ${STATUS_CODES[error.status] ?? 'Error'}\r\n${lines.join('')}\r\n${body}`
}
