import type { ServerResponse } from 'node:http'
import type { JsonText } from '../../projections/index.ts'
import { AppError, type ErrorCode, toAppError } from '../errors.ts'

/** How soon a client may try again what the server could not take on, s. */
const retryAfterSeconds = '1'

/** Writes an error as the contract has it. */
export const sendError = (res: ServerResponse, error: AppError, headers: readonly string[] = []): void => {
  if (res.headersSent) {
    res.destroy()
    return
  }
  const special: readonly string[] =
    error.code === 'RATE_LIMITED'
      ? ['Retry-After', retryAfterSeconds]
      : error.code === 'UNAUTHORIZED'
        ? ['WWW-Authenticate', 'Bearer']
        : []
  sendJson(res, error.status, JSON.stringify(error), [...headers, ...special])
}

export const jsonType = 'application/json; charset=utf-8'

/** Writes an answer in JSON. Headers are names and values in turn. */
export const sendJson = (res: ServerResponse, status: number, text: JsonText, headers: readonly string[] = []): void =>
  sendText(res, status, jsonType, text, headers)

/** From this length on Node is quicker with bytes than with text. */
const longText = 64 * 1024

/** Writes an answer. All headers at once is what `writeHead` is quickest with. */
export const sendText = (
  res: ServerResponse,
  status: number,
  type: string,
  text: JsonText,
  headers: readonly string[] = [],
): void => {
  const length = typeof text === 'string' ? Buffer.byteLength(text) : text.reduce((sum, piece) => sum + piece.length, 0)
  res.writeHead(status, [...headers, 'Content-Type', type, 'Content-Length', String(length)])
  if (typeof text === 'string') endWith(res, text, length)
  else endWithPieces(res, text)
}

const endWith = (res: ServerResponse, text: string, length: number): void => {
  // As many bytes as characters: then it is ASCII, which is quicker to write when one knows.
  if (length !== text.length) res.end(text)
  else if (length < longText) res.end(text, 'latin1')
  else res.end(Buffer.from(text, 'latin1'))
}

/** Together with the headers, in one go. */
const endWithPieces = (res: ServerResponse, pieces: readonly Uint8Array[]): void => {
  res.cork()
  for (const piece of pieces) res.write(piece)
  res.end()
}

/** Anything thrown while a request was handled, as an error of the contract. */
export const failureOf = (thrown: unknown, unexpected: ErrorCode = 'INTERNAL_ERROR'): AppError => {
  if (thrown instanceof AppError) return thrown
  if (isMalformed(thrown)) return new AppError('VALIDATION_ERROR', 'The request is malformed')
  return unexpected === 'INTERNAL_ERROR'
    ? toAppError(thrown)
    : new AppError(unexpected, 'Internal server error', { cause: thrown })
}

/** Express throws errors that carry a status when it cannot read a path: what they say of the request, in our words. */
const isMalformed = (thrown: unknown): boolean => thrown instanceof Error && 'status' in thrown && thrown.status === 400
