import { parse as parseQuery } from 'node:querystring'
import cors from 'cors'
import express, { type Express, type RequestHandler } from 'express'
import type { Access } from '../edge/access.ts'
import { AppError } from '../errors.ts'
import { type Document, documentHandler } from './document.ts'
import { failureOf, sendError } from './failure.ts'
import { type HandlerOptions, handlerOf } from './handler.ts'
import type { Operation } from './operation.ts'
import { notFound } from './refusals.ts'
import { historyOperations } from './routes/history.ts'
import { logOperations } from './routes/log.ts'
import { metricsOperations } from './routes/metrics.ts'
import { projectOperations } from './routes/projects.ts'
import { sessionOperations } from './routes/sessions.ts'
import { spawnOperations } from './routes/spawn.ts'
import { subtaskOperations } from './routes/subtasks.ts'
import { systemOperations } from './routes/system.ts'
import { taskOperations } from './routes/tasks.ts'

/** Every route there is. `spawn` goes before the routes that would take it for an id. */
export const operations: readonly Operation[] = [
  ...taskOperations,
  ...spawnOperations,
  ...sessionOperations,
  ...subtaskOperations,
  ...projectOperations,
  ...logOperations,
  ...historyOperations,
  ...systemOperations,
  ...metricsOperations,
]

/** Headers of answers that pages may read. */
const exposedHeaders = [
  'ETag',
  'Location',
  'Retry-After',
  'Idempotency-Replayed',
  'Maestro-Ignored-Fields',
  'Maestro-Offset',
  'Maestro-Hash',
  'Maestro-Next',
  'Maestro-Head',
  'Link',
  'Preference-Applied',
]

export interface AppOptions extends HandlerOptions {
  readonly access: Access
  /** What is served beside the operations, to whoever may reach the server at all: it tells nothing that anybody has stored. */
  readonly documents: readonly Document[]
}

export const createApp = (options: AppOptions): Express => {
  const { access, documents, sha256, logger } = options
  const app = express()
  app.disable('x-powered-by')
  // Ours is the offset of the last change; the body's hash would cost more than the answer.
  app.set('etag', false)
  // No parameter is left out, however many there are: the length of the URL is bounded already.
  app.set('query parser', (query: string | null) => parseQuery(query ?? '', '&', '=', { maxKeys: 0 }))
  app.set('case sensitive routing', true)
  app.use(admit(access, openPaths(documents)))
  for (const operation of operations) app[operation.method](operation.path, handlerOf(operation, options))
  for (const document of documents) app.get(document.path, documentHandler(document, sha256))
  for (const [path, methods] of methodsByPath(documents)) app.all(path, refuseMethod(methods))
  app.use(() => {
    throw notFound('NOT_FOUND')
  })
  app.use(((thrown, req, res, _next) => {
    const error = failureOf(thrown)
    if (error.status === 500) logger.error({ err: thrown, method: req.method, url: req.originalUrl }, 'request failed')
    sendError(res, error)
  }) satisfies express.ErrorRequestHandler)
  return app
}

/**
 * Lets requests in that may come in, and lets pages of allowed origins read the answers: also the one that says that a
 * token is missing, and the one to the browser's question, without credentials, whether they may ask with them.
 */
const admit = (access: Access, open: ReadonlySet<string>): RequestHandler => {
  const share = shareWith(access)
  return (req, res, next) => {
    const error = access.refusal(req.headers)
    const mayPass = error === undefined || (error.code === 'UNAUTHORIZED' && open.has(req.path))
    const proceed = mayPass ? next : (): void => sendError(res, error)
    if (req.headers.origin === undefined || error?.code === 'FORBIDDEN') proceed()
    else share(req, res, proceed)
  }
}

const shareWith = (access: Access): RequestHandler =>
  cors({
    origin: (origin, allow) => allow(null, origin !== undefined && access.allowsOrigin(origin)),
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    exposedHeaders,
    maxAge: 600,
  })

/** The paths that need no token. */
const openPaths = (documents: readonly Document[]): ReadonlySet<string> =>
  new Set([...operations.filter(({ open }) => open), ...documents].map(({ path }) => path))

const methodsByPath = (documents: readonly Document[]): Map<string, string[]> => {
  const byPath = new Map<string, string[]>(documents.map(({ path }) => [path, ['GET', 'HEAD']]))
  for (const { path, method } of operations) {
    const methods = byPath.get(path) ?? []
    methods.push(...(method === 'get' ? ['GET', 'HEAD'] : [method.toUpperCase()]))
    byPath.set(path, methods)
  }
  return byPath
}

const refuseMethod =
  (methods: readonly string[]): RequestHandler =>
  (req, res) => {
    res.setHeader('Allow', methods.join(', '))
    sendError(
      res,
      new AppError('METHOD_NOT_ALLOWED', `${req.method} is not possible here; possible are ${methods.join(', ')}`),
    )
  }
