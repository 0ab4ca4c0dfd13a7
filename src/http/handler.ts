import type { Request, RequestHandler, Response } from 'express'
import type { Sha256 } from '../../events/index.ts'
import type { Logger } from '../platform/logger.ts'
import { bodyOf } from './body.ts'
import { failureOf, sendError, sendJson } from './failure.ts'
import { actorOf, entityTag, ifMatchOf, ifNoneMatchHas, ignoredFields, markOf, prefersMinimal } from './headers.ts'
import type { Arrival, Operation, Services } from './operation.ts'
import type { Reply } from './reply.ts'

export interface HandlerOptions {
  readonly services: Services
  readonly sha256: Sha256
  readonly logger: Logger
}

/** Serves an operation: reads what arrived, runs it, writes the answer or the error. */
export const handlerOf = (operation: Operation, { services, sha256, logger }: HandlerOptions): RequestHandler => {
  const isWrite = operation.method !== 'get'
  return async (req, res) => {
    try {
      const arrival = isWrite ? arrivalOfWrite(operation, req, res, sha256) : arrivalOfRead(req)
      const reply = await operation.run(arrival, services)
      if (isWrite) answerWrite(operation, req, res, reply)
      else answerRead(req, res, reply)
    } catch (thrown) {
      const error = failureOf(thrown, operation.unexpected)
      if (error.status === 500)
        logger.error({ err: thrown, method: req.method, url: req.originalUrl }, 'request failed')
      sendError(res, error)
    }
  }
}

const reader = { actor: { kind: 'user' } } as const

const arrivalOfRead = (req: Request): Arrival => ({ params: req.params, query: req.query, body: {}, request: reader })

const arrivalOfWrite = (operation: Operation, req: Request, res: Response, sha256: Sha256): Arrival => {
  const body = bodyOf(req)
  const ignored = ignoredFields(body, operation.body)
  if (ignored !== undefined) res.setHeader('Maestro-Ignored-Fields', ignored)
  const request = {
    actor: actorOf(req.headers),
    mark: markOf(req.headers, req.method, req.originalUrl, body, sha256),
    ifMatch: operation.method === 'post' ? undefined : ifMatchOf(req.headers),
  }
  return { params: req.params, query: req.query, body, request }
}

const answerRead = (req: Request, res: Response, { text, version }: Reply): void => {
  if (version !== undefined) {
    res.setHeader('ETag', entityTag(version))
    res.setHeader('Cache-Control', 'no-cache')
    if (ifNoneMatchHas(req.headers, version)) {
      res.statusCode = 304
      res.end()
      return
    }
  }
  sendJson(res, text)
}

const answerWrite = (operation: Operation, req: Request, res: Response, reply: Reply): void => {
  const { text, version, location, receipt, replayed } = reply
  if (version !== undefined) res.setHeader('ETag', entityTag(version))
  if (location !== undefined) res.setHeader('Location', location)
  if (replayed === true) res.setHeader('Idempotency-Replayed', 'true')
  if (receipt !== undefined) {
    // The receipt names the record: the position after it, less one.
    res.setHeader('Maestro-Offset', receipt.offset - 1)
    res.setHeader('Maestro-Hash', receipt.hash)
  }
  if (prefersMinimal(req.headers)) {
    res.setHeader('Preference-Applied', 'return=minimal')
    res.statusCode = 204
    res.end()
    return
  }
  res.statusCode = operation.status
  sendJson(res, text)
}
