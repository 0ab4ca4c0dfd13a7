import type { Response } from 'express'
import { AppError, type ErrorCode, toAppError } from '../errors.ts'

/** How soon a client may try again what the server could not take on, s. */
const retryAfterSeconds = '1'

/** Writes an error as the contract has it. */
export const sendError = (res: Response, error: AppError, headers: readonly string[] = []): void => {
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

/** Writes an answer. Headers are names and values in turn: all at once, which is what `writeHead` is quickest with. */
export const sendJson = (res: Response, status: number, text: string, headers: readonly string[] = []): void => {
  const length = String(Buffer.byteLength(text))
  res.writeHead(status, [...headers, 'Content-Type', 'application/json; charset=utf-8', 'Content-Length', length])
  res.end(text)
}

/** Anything thrown while a request was handled, as an error of the contract. */
export const failureOf = (thrown: unknown, unexpected: ErrorCode = 'INTERNAL_ERROR'): AppError => {
  if (thrown instanceof AppError) return thrown
  const code = codeOfStatus(thrown)
  if (code !== undefined) return code
  return unexpected === 'INTERNAL_ERROR'
    ? toAppError(thrown)
    : new AppError(unexpected, 'Internal server error', { cause: thrown })
}

/** Express and its body reader throw errors that carry a status: what they say of the request, in our words. */
const codeOfStatus = (thrown: unknown): AppError | undefined => {
  const status = thrown instanceof Error && 'status' in thrown ? thrown.status : undefined
  switch (status) {
    case 400:
      return new AppError('VALIDATION_ERROR', 'The request is malformed')
    case 413:
      return new AppError('PAYLOAD_TOO_LARGE', 'The body is larger than 1 MiB')
    case 415:
      return new AppError('UNSUPPORTED_MEDIA_TYPE', 'The encoding of the body is not supported')
    default:
      return undefined
  }
}
