import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Stopwatch } from '../platform/clock.ts'
import type { RequestDurations } from '../platform/metrics.ts'

/** Knows which requests are being answered, so that a server can end without leaving one of them unanswered. */
export interface OpenRequests {
  readonly count: number
  /**
   * Stops accepting connections and resolves when every request has its answer, or the signal says that it takes too long.
   */
  drain(signal: AbortSignal): Promise<void>
}

export interface OpenRequestsOptions {
  readonly stopwatch: Stopwatch
  readonly durations: RequestDurations
}

/** Stands for the status of an answer that nobody waited for: many servers use this number for it. */
const clientLeft = 499

/** Stands for the paths of all requests that no route is for. */
const noPath = 'none'

export const watchRequests = (server: Server, { stopwatch, durations }: OpenRequestsOptions): OpenRequests => {
  const open = new Set<ServerResponse>()
  let ended: (() => void) | undefined
  server.prependListener('request', (req, res) => {
    const began = stopwatch()
    if (ended !== undefined) res.setHeader('Connection', 'close')
    open.add(res)
    res.once('close', () => {
      const status = res.headersSent ? res.statusCode : clientLeft
      durations.observe(req.method ?? '', pathOf(req), status, (stopwatch() - began) / 1000)
      open.delete(res)
      if (open.size === 0) ended?.()
    })
  })
  return {
    get count() {
      return open.size
    },
    drain: (signal) =>
      new Promise((resolve) => {
        ended = resolve
        server.close()
        for (const res of open) if (!res.headersSent) res.setHeader('Connection', 'close')
        if (open.size === 0 || signal.aborted) resolve()
        signal.addEventListener('abort', () => resolve(), { once: true })
      }),
  }
}

/** The path of the route that Express found for a request, with names in place of ids: there are not many of these. */
const pathOf = (req: IncomingMessage): string => {
  const route: unknown = 'route' in req ? req.route : undefined
  if (typeof route !== 'object' || route === null || !('path' in route)) return noPath
  return typeof route.path === 'string' ? route.path : noPath
}
