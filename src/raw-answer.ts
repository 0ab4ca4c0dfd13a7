import { STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import type { AppError } from './errors.ts'

/** How long a client has to take its answer and to close its end, before the connection is cut, ms. */
const lingerFor = 1_000

/**
 * Ends a connection, on which no request could be made of what arrived, with an error as a whole HTTP answer. Headers are
 * names and values in turn.
 */
export const endWith = (stream: Duplex, error: AppError, headers: readonly string[] = []): void => {
  stream.on('error', () => stream.destroy())
  stream.end(rawAnswer(error, headers))
  // To close a connection that holds unread bytes is to reset it, and a reset may overtake the answer.
  stream.resume()
  AbortSignal.timeout(lingerFor).addEventListener('abort', () => stream.destroy(), { once: true })
}

const rawAnswer = (error: AppError, headers: readonly string[]): string => {
  const body = JSON.stringify(error)
  const all = [
    ...headers,
    ...['Content-Type', 'application/json; charset=utf-8'],
    ...['Content-Length', String(Buffer.byteLength(body)), 'Connection', 'close'],
  ]
  const lines = all.map((text, i) => (i % 2 === 0 ? `${text}: ` : `${text}\r\n`))
  return `HTTP/1.1 ${error.status} ${STATUS_CODES[error.status] ?? 'Error'}\r\n${lines.join('')}\r\n${body}`
}
