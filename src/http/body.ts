import { isUtf8 } from 'node:buffer'
import express, { type Request, type RequestHandler } from 'express'
import { unsafeIn } from '../../events/index.ts'
import { AppError } from '../errors.ts'

/** The longest body that is read, in bytes, after decompression. */
export const maxBodyBytes = 1024 * 1024

/** Reads the bytes of a body, whatever it says it is: what it says is checked in `bodyOf`. */
export const readBytes: RequestHandler = express.raw({ type: () => true, limit: maxBodyBytes })

const json = 'application/json'

/** The body as an object; a request without a body has an empty one. Throws for everything that is not a JSON object. */
export const bodyOf = (req: Request): object => {
  const bytes: unknown = req.body
  if (!(bytes instanceof Buffer) || bytes.length === 0) return {}
  const type = req.headers['content-type']
  if (type !== json && !req.is(json)) {
    throw new AppError('UNSUPPORTED_MEDIA_TYPE', `Content-Type must be ${json}`)
  }
  const value = parse(bytes)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new AppError('VALIDATION_ERROR', 'The body must be a JSON object')
  }
  const unsafe = unsafeIn(value)
  if (unsafe !== undefined) throw new AppError('VALIDATION_ERROR', `The body ${unsafe}`)
  return value
}

const parse = (bytes: Buffer): unknown => {
  if (!isUtf8(bytes)) throw new AppError('VALIDATION_ERROR', 'The body is not valid UTF-8')
  try {
    return JSON.parse(bytes.toString('utf8'))
  } catch {
    // The parser's own message quotes the body.
    throw new AppError('VALIDATION_ERROR', 'The body is not valid JSON')
  }
}
