import type { Request, RequestHandler, Response } from 'express'
import type { Sha256 } from '../../events/index.ts'
import { AppError } from '../errors.ts'
import type { Logger } from '../platform/logger.ts'
import { bodyOf } from './body.ts'
import { departureOf } from './departure.ts'
import { failureOf, sendError, sendJson } from './failure.ts'
import type { Gate, Pass } from './gate.ts'
import { actorOf, entityTag, ifMatchOf, ignoredFields, markOf, prefersMinimal } from './headers.ts'
import type { RequestTurns } from './loop-turns.ts'
import { type Arrival, none, nothing, type Operation, type Services } from './operation.ts'
import { answerRead } from './read-answer.ts'
import type { Reply } from './reply.ts'
import { eventStream } from './sse.ts'

export interface HandlerOptions {
  readonly services: Services
  readonly sha256: Sha256
  readonly logger: Logger
  readonly gate: Gate
  readonly turns: RequestTurns
  /** Aborts when the server begins to close: whoever only waits is answered then. */
  readonly closing: AbortSignal
}

/** Serves an operation: reads what arrived, runs it, writes the answer or the error. */
export const handlerOf = (operation: Operation, options: HandlerOptions): RequestHandler =>
  operation.method === 'get' ? readHandler(operation, options) : writeHandler(operation, options)

const readHandler = (operation: Operation, options: HandlerOptions): RequestHandler => {
  const { services, logger, closing, turns } = options
  const { forms, type } = operation
  const takesQuery = operation.query !== none
  const types = [jsonMedia, ...forms.map((form) => form.type)]
  const serve = (req: Request, res: Response): void => {
    const fail = (thrown: unknown): void => refuse(operation, req, res, thrown, [], logger)
    try {
      const form = forms.length === 0 ? type : formOf(req, types, type)
      const query = takesQuery ? queryOf(operation, req, form) : nothing
      const arrival = { params: req.params, query, body: nothing, request: reader, form, ...endings(res, closing) }
      const reply = operation.run(arrival, services)
      // What is known at once is answered at once.
      if (reply instanceof Promise) reply.then((later) => answerRead(req, res, type, later, services.pause)).catch(fail)
      else answerRead(req, res, type, reply, services.pause)?.catch(fail)
    } catch (thrown) {
      fail(thrown)
    }
  }
  return (req, res) => {
    const turn = turns.reads.wait()
    if (turn === undefined) serve(req, res)
    else void turn.then(() => serve(req, res))
  }
}

/** What may end the waiting for an answer. Most operations do not ask. */
const endings = (res: Response, closing: AbortSignal): Pick<Arrival, 'departure' | 'dismissal'> => ({
  departure: () => departureOf(res),
  dismissal: () => departureOf(res, closing),
})

const jsonMedia = 'application/json'

/** What the client asks for by `Accept`. One that takes nothing of what there is gets the usual. */
const formOf = (req: Request, types: string[], usual: string): string => {
  const best = req.accepts(types)
  return best === false || best === jsonMedia ? usual : best
}

/**
 * The query as it came. A client that comes back to a stream of events says where it was; by then, what its address says is
 * an old story.
 */
const queryOf = ({ resumes }: Operation, req: Request, form: string): object => {
  // To look for a question mark takes a fraction of the time in which Express finds that there is nothing behind it.
  const query = req.originalUrl.includes('?') ? req.query : nothing
  const last = req.headers['last-event-id']
  return resumes === undefined || last === undefined || form !== eventStream ? query : { ...query, [resumes]: last }
}

const writeHandler = (operation: Operation, options: HandlerOptions): RequestHandler => {
  const { services, sha256, logger, gate, turns, closing } = options
  return async (req, res) => {
    const headers: string[] = []
    let pass: Pass | undefined
    try {
      pass = gate.admit()
      const body = await bodyOf(req, pass)
      pass.enter()
      await turns.writes.wait()
      const ignored = ignoredFields(body, operation.body)
      if (ignored !== undefined) headers.push('Maestro-Ignored-Fields', ignored)
      const request = {
        actor: actorOf(req.headers),
        mark: markOf(req.headers, req.method, req.originalUrl, body, sha256),
        ifMatch: operation.method === 'post' ? undefined : ifMatchOf(req.headers),
      }
      const query = operation.query === none ? nothing : req.query
      const arrival = { params: req.params, query, body, request, form: operation.type, ...endings(res, closing) }
      answerWrite(operation, req, res, headers, await operation.run(arrival, services))
    } catch (thrown) {
      if (isForBusyness(thrown)) await turns.refusals.wait()
      refuse(operation, req, res, thrown, headers, logger)
    } finally {
      pass?.leave()
    }
  }
}

const reader = { actor: { kind: 'user' } } as const

const isForBusyness = (thrown: unknown): boolean => thrown instanceof AppError && thrown.code === 'RATE_LIMITED'

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

const answerWrite = (operation: Operation, req: Request, res: Response, headers: string[], reply: Reply): void => {
  if (reply.kind !== undefined) throw new Error(`${operation.name} answers a write with a ${reply.kind}`)
  const { version, location, receipt, replayed } = reply
  if (version !== undefined) headers.push('ETag', entityTag(version))
  if (location !== undefined) headers.push('Location', location)
  if (replayed === true) headers.push('Idempotency-Replayed', 'true')
  // The receipt names the record: the position after it, less one.
  if (receipt !== undefined) {
    headers.push('Maestro-Offset', String(receipt.offset - 1), 'Maestro-Hash', receipt.hash)
  }
  if (prefersMinimal(req.headers)) res.writeHead(204, [...headers, 'Preference-Applied', 'return=minimal']).end()
  else sendJson(res, operation.status, reply.text, headers)
}
