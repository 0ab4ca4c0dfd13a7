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
  const open = new Open()
  let ended: (() => void) | undefined
  server.prependListener('request', (req, res) => {
    const began = stopwatch()
    if (ended !== undefined) res.setHeader('Connection', 'close')
    const place = open.add(res)
    res.once('close', () => {
      const status = res.headersSent ? res.statusCode : clientLeft
      durations.observe(req.method ?? '', pathOf(req), status, (stopwatch() - began) / 1000)
      open.remove(place)
      if (open.count === 0) ended?.()
    })
  })
  return {
    get count() {
      return open.count
    },
    drain: (signal) =>
      new Promise((resolve) => {
        ended = resolve
        server.close()
        for (const res of open.all()) if (!res.headersSent) res.setHeader('Connection', 'close')
        if (open.count === 0 || signal.aborted) resolve()
        signal.addEventListener('abort', () => resolve(), { once: true })
      }),
  }
}

/** Where an answer stands among those that are open. */
interface Place {
  readonly res: ServerResponse
  index: number
}

/**
 * Answers that are not whole yet. A `Set` would say the same, but one that so much goes through is made anew all the time, and
 * as long as the old ones lie in old memory, what they held counts as alive: a third of all that requests leave behind would
 * wait for the slow garbage collection instead of the quick one.
 */
class Open {
  readonly #places: Place[] = []

  get count(): number {
    return this.#places.length
  }

  *all(): Iterable<ServerResponse> {
    for (const { res } of this.#places) yield res
  }

  add(res: ServerResponse): Place {
    const place = { res, index: this.#places.length }
    this.#places.push(place)
    return place
  }

  /** The last one takes the place that becomes free. */
  remove({ index }: Place): void {
    const last = this.#places.pop()
    if (last === undefined || last.index === index) return
    this.#places[index] = last
    last.index = index
  }
}

/** The path of the route that Express found for a request, with names in place of ids: there are not many of these. */
const pathOf = (req: IncomingMessage): string => {
  const route: unknown = 'route' in req ? req.route : undefined
  if (typeof route !== 'object' || route === null || !('path' in route)) return noPath
  return typeof route.path === 'string' ? route.path : noPath
}
