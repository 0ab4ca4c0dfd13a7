import cors from 'cors'
import express, { type Express, type RequestHandler } from 'express'
import type { Access } from '../access.ts'
import { AppError } from '../errors.ts'
import { readBytes } from './body.ts'
import { failureOf, sendError } from './failure.ts'
import { type HandlerOptions, handlerOf } from './handler.ts'
import type { Operation } from './operation.ts'
import { notFound } from './refusals.ts'
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
  ...systemOperations,
]

/** Answers that say how the server is: open to whoever may reach it at all. */
const openPaths: ReadonlySet<string> = new Set(['/health'])

/** Headers of answers that pages may read. */
const exposedHeaders = [
  'ETag',
  'Location',
  'Retry-After',
  'Idempotency-Replayed',
  'Maestro-Ignored-Fields',
  'Maestro-Offset',
  'Maestro-Hash',
  'Preference-Applied',
]

export interface AppOptions extends HandlerOptions {
  readonly access: Access
}

export const createApp = (options: AppOptions): Express => {
  const { access, logger } = options
  const app = express()
  app.disable('x-powered-by')
  // Ours is the offset of the last change; the body's hash would cost more than the answer.
  app.set('etag', false)
  app.set('query parser', 'simple')
  app.set('case sensitive routing', true)
  app.use(admit(access))
  for (const operation of operations) {
    const handlers = [...(operation.method === 'get' ? [] : [readBytes]), handlerOf(operation, options)]
    app[operation.method](operation.path, ...handlers)
  }
  for (const [path, methods] of methodsByPath()) app.all(path, refuseMethod(methods))
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

/** Lets requests in that may come in, and lets pages of allowed origins read the answers. */
const admit = (access: Access): RequestHandler => {
  const share = shareWith(access)
  return (req, res, next) => {
    const error = access.refusal(req.headers)
    const mayPass = error?.code === 'UNAUTHORIZED' && (openPaths.has(req.path) || isPreflight(req))
    if (error !== undefined && !mayPass) sendError(res, error)
    else if (req.headers.origin === undefined) next()
    else share(req, res, next)
  }
}

/** A browser asks without credentials whether it may ask with them. */
const isPreflight = (req: express.Request): boolean =>
  req.method === 'OPTIONS' && req.headers['access-control-request-method'] !== undefined

const shareWith = (access: Access): RequestHandler =>
  cors({
    origin: (origin, allow) => allow(null, origin !== undefined && access.allowsOrigin(origin)),
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    exposedHeaders,
    maxAge: 600,
  })

const methodsByPath = (): Map<string, string[]> => {
  const byPath = new Map<string, string[]>()
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
