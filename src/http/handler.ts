import type { Request, RequestHandler, Response } from 'express'
import type { Sha256 } from '../../events/index.ts'
import type { Logger } from '../platform/logger.ts'
import { bodyOf } from './body.ts'
import { failureOf, sendError, sendJson, sendText } from './failure.ts'
import { actorOf, entityTag, ifMatchOf, ifNoneMatchHas, ignoredFields, markOf, prefersMinimal } from './headers.ts'
import { none, type Operation, type Services } from './operation.ts'
import type { Reply } from './reply.ts'

export interface HandlerOptions {
  readonly services: Services
  readonly sha256: Sha256
  readonly logger: Logger
}

/** Serves an operation: reads what arrived, runs it, writes the answer or the error. */
export const handlerOf = (operation: Operation, options: HandlerOptions): RequestHandler =>
  operation.method === 'get' ? readHandler(operation, options) : writeHandler(operation, options)

const readHandler = (operation: Operation, { services, logger }: HandlerOptions): RequestHandler => {
  const takesQuery = operation.query !== none
  return (req, res) => {
    const fail = (thrown: unknown): void => refuse(operation, req, res, thrown, [], logger)
    try {
      const arrival = { params: req.params, query: takesQuery ? req.query : nothing, body: nothing, request: reader }
      const reply = operation.run(arrival, services)
      // What is known at once is answered at once.
      if (reply instanceof Promise) reply.then((later) => answerRead(operation, req, res, later)).catch(fail)
      else answerRead(operation, req, res, reply)
    } catch (thrown) {
      fail(thrown)
    }
  }
}

const writeHandler = (operation: Operation, { services, sha256, logger }: HandlerOptions): RequestHandler => {
  return async (req, res) => {
    const headers: string[] = []
    try {
      const body = await bodyOf(req)
      const ignored = ignoredFields(body, operation.body)
      if (ignored !== undefined) headers.push('Maestro-Ignored-Fields', ignored)
      const request = {
        actor: actorOf(req.headers),
        mark: markOf(req.headers, req.method, req.originalUrl, body, sha256),
        ifMatch: operation.method === 'post' ? undefined : ifMatchOf(req.headers),
      }
      const query = operation.query === none ? nothing : req.query
      answerWrite(
        operation,
        req,
        res,
        headers,
        await operation.run({ params: req.params, query, body, request }, services),
      )
    } catch (thrown) {
      refuse(operation, req, res, thrown, headers, logger)
    }
  }
}

const nothing = {}
const reader = { actor: { kind: 'user' } } as const

const refuse = (
  operation: Operation,
  req: Request,
  res: Response,
  thrown: unknown,
  headers: readonly string[],
  logger: Logger,
): void => {
  const error = failureOf(thrown, operation.unexpected)
  if (error.status === 500) logger.error({ err: thrown, method: req.method, url: req.originalUrl }, 'request failed')
  sendError(res, error, headers)
}

const answerRead = ({ type }: Operation, req: Request, res: Response, { text, version }: Reply): void => {
  if (version === undefined) {
    sendText(res, 200, type, text)
    return
  }
  const headers = ['ETag', entityTag(version), 'Cache-Control', 'no-cache']
  if (ifNoneMatchHas(req.headers, version)) res.writeHead(304, headers).end()
  else sendText(res, 200, type, text, headers)
}

const answerWrite = (operation: Operation, req: Request, res: Response, headers: string[], reply: Reply): void => {
  const { text, version, location, receipt, replayed } = reply
  if (version !== undefined) headers.push('ETag', entityTag(version))
  if (location !== undefined) headers.push('Location', location)
  if (replayed === true) headers.push('Idempotency-Replayed', 'true')
  // The receipt names the record: the position after it, less one.
  if (receipt !== undefined) {
    headers.push('Maestro-Offset', String(receipt.offset - 1), 'Maestro-Hash', receipt.hash)
  }
  if (prefersMinimal(req.headers)) res.writeHead(204, [...headers, 'Preference-Applied', 'return=minimal']).end()
  else sendJson(res, operation.status, text, headers)
}
