import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
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
  const open = new OpenAnswers()
  let ended: (() => void) | undefined
  server.on('connection', (socket: Socket) => {
    socket.once('close', () => open.leave(socket))
  })
  server.prependListener('request', (req, res) => {
    const began = stopwatch()
    const { socket } = req
    if (ended !== undefined) res.setHeader('Connection', 'close')
    open.add(socket, res)
    res.once('close', () => {
      const status = res.headersSent ? res.statusCode : clientLeft
      durations.observe(req.method ?? '', pathOf(req), status, (stopwatch() - began) / 1000)
      open.remove(socket, res)
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

/**
 * Answers that are not whole yet, by connection, in the order in which they are written. One `Set` of all would be made anew
 * all the time, and as long as the old ones lie in old memory, what they held counts as alive: a third of all that requests
 * leave behind would wait for the slow garbage collection instead of the quick one.
 */
class OpenAnswers {
  readonly #bySocket = new Map<Socket, ServerResponse[]>()
  #count = 0

  get count(): number {
    return this.#count
  }

  *all(): Iterable<ServerResponse> {
    for (const answers of this.#bySocket.values()) yield* answers
  }

  add(socket: Socket, res: ServerResponse): void {
    const answers = this.#bySocket.get(socket)
    if (answers === undefined) this.#bySocket.set(socket, [res])
    else answers.push(res)
    this.#count += 1
  }

  remove(socket: Socket, res: ServerResponse): void {
    const answers = this.#bySocket.get(socket) ?? []
    if (answers[0] === res) answers.shift()
    else answers.splice(answers.indexOf(res), 1)
    this.#count -= 1
  }

  /**
   * A connection is over. Node tells the answer that is being written, and not those behind it, whose turn will never come:
   * they, and whoever waits for their end, are told here.
   */
  leave(socket: Socket): void {
    const answers = this.#bySocket.get(socket) ?? []
    this.#bySocket.delete(socket)
    for (const res of [...answers]) {
      if (res.socket !== null) continue
      res.destroy()
      res.emit('close')
    }
  }
}

/** The path of the route that Express found for a request, with names in place of ids: there are not many of these. */
const pathOf = (req: IncomingMessage): string => {
  const route: unknown = 'route' in req ? req.route : undefined
  if (typeof route !== 'object' || route === null || !('path' in route)) return noPath
  return typeof route.path === 'string' ? route.path : noPath
}
