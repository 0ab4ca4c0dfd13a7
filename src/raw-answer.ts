import { STATUS_CODES } from 'node:http'
import type { AppError } from './errors.ts'

/** An error as a whole HTTP answer, for sockets on which no request could be made of what arrived. */
export const rawAnswer = (error: AppError): string => {
  const body = JSON.stringify(error)
  return (
    `HTTP/1.1 ${error.status} ${STATUS_CODES[error.status] ?? 'Error'}\r\n` +
    'Content-Type: application/json; charset=utf-8\r\n' +
    `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`
  )
}
