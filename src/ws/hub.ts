import type { IncomingMessage, Server } from 'node:http'
import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import type { Access } from '../edge/access.ts'
import { hangUp, rawAnswer } from '../edge/raw-answer.ts'
import { AppError } from '../errors.ts'
import type { Clock, Stopwatch } from '../platform/clock.ts'
import type { Logger } from '../platform/logger.ts'
import type { Every, Pause } from '../platform/timers.ts'
import { prevIn } from '../store/line-fields.ts'
import type { Store } from '../store/store.ts'
import { Connection, type ConnectionStatus } from './connection.ts'
import { createFeed } from './feed/feed.ts'
import type { LivenessLimits } from './liveness.ts'
import { closings, heartbeatEvery, maxMessageBytes, pingEvery, type Subscribe, stuckAfter } from './protocol.ts'
import { subscriptionIn, tokenIn } from './upgrade-url.ts'

/** How often and how long, ms. */
export interface HubLimits extends LivenessLimits {
  /** Connections are looked after so often. */
  readonly checkEvery: number
  readonly heartbeatEvery: number
}

export const defaultLimits: HubLimits = { checkEvery: 5_000, heartbeatEvery, pingEvery, stuckAfter }

export interface HubOptions {
  readonly store: Store
  readonly access: Access
  readonly clock: Clock
  readonly stopwatch: Stopwatch
  readonly every: Every
  readonly pause: Pause
  /** Runs something once all that has arrived by now has been looked at, so that what it causes is sent together. */
  readonly defer: (run: () => void) => void
  readonly limits?: HubLimits
  readonly logger: Logger
}

export interface HubStatus {
  readonly connectedClients: number
  /** Connections that were ended because nothing could be delivered. */
  readonly stuckClients: number
  readonly clients: readonly ConnectionStatus[]
}

export interface Hub {
  /** Takes over the upgrades of an HTTP server. */
  attach(server: Server): void
  status(): HubStatus
  /** Tells every client to come back later, and resolves when all are gone; the signal stops the waiting. */
  close(signal: AbortSignal): Promise<void>
}

/**
 * After sending, frames gather so many times as long as that took: to write to a hundred sockets takes about as long for one frame
 * as for fifty. Nobody notices so short a rest at most; one below the least is over before a timer is, ms.
 */
const restFactor = 4
const longestRest = 25
const shortestRest = 1

export const createHub = (options: HubOptions): Hub => {
  const { store, access, clock, stopwatch, every, pause, defer, limits = defaultLimits, logger } = options
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: maxMessageBytes,
    perMessageDeflate: false,
    clientTracking: false,
    autoPong: false,
  })
  const feed = createFeed(store)
  const connections = new Set<Connection>()
  /** Those that have something to send, once everything else has been looked at. */
  const due = new Set<Connection>()
  const emptied = new Set<() => void>()
  let stuckClients = 0
  let closing = false

  const ending = new AbortController()
  let isFlushComing = false
  let restsUntil = Number.NEGATIVE_INFINITY
  const flush = (): void => {
    const began = stopwatch()
    for (const connection of due) connection.flush()
    due.clear()
    isFlushComing = false
    const ended = stopwatch()
    restsUntil = ended + Math.min((ended - began) * restFactor, longestRest)
  }
  const flushSoon = (): void => {
    isFlushComing = true
    const rest = restsUntil - stopwatch()
    if (rest >= shortestRest) void pause(rest, ending.signal).then(flush)
    else defer(flush)
  }
  const stopFollowing = store.subscribe(([first]) => {
    if (first === undefined) return
    const { projectId, record, line } = first
    const before = { offset: record.offset, hash: prevIn(line) }
    for (const connection of connections) if (connection.moved(projectId, before)) due.add(connection)
    if (due.size > 0 && !isFlushComing) flushSoon()
  })
  const stopChecking = every(limits.checkEvery, () => {
    for (const connection of connections) if (connection.check(stopwatch()) === closings.noProgress) stuckClients += 1
  })
  const stopHeartbeats = every(limits.heartbeatEvery, () => {
    for (const connection of connections) connection.heartbeat()
  })

  const accept = (
    request: IncomingMessage,
    stream: Socket,
    head: Buffer,
    subscription: Subscribe | undefined,
  ): void => {
    sockets.handleUpgrade(request, stream, head, (socket) => {
      const connection = new Connection({ socket, stream, feed, store, clock, defer, limits, logger })
      connections.add(connection)
      store.recent.follow()
      socket.on('close', () => {
        connections.delete(connection)
        due.delete(connection)
        store.recent.unfollow()
        if (connections.size === 0) for (const resolve of emptied) resolve()
      })
      if (subscription !== undefined) connection.subscribe(subscription)
      if (closing) connection.goAway()
    })
  }

  return {
    attach(server) {
      sockets.on('wsClientError', (error, stream, request) => {
        logger.debug({ err: error }, 'websocket upgrade failed')
        refuseHandshake(stream, request, error)
      })
      server.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
        const refusal = access.refusal(request.headers, tokenIn(request.url))
        const wanted = refusal ?? subscriptionIn(request.url)
        if (wanted instanceof AppError) hangUp(stream, rawAnswer(wanted))
        else if (stream instanceof Socket) accept(request, stream, head, wanted)
        else stream.destroy()
      })
    },
    status: () => ({
      connectedClients: connections.size,
      stuckClients,
      clients: [...connections].map(({ status }) => status),
    }),
    async close(signal) {
      closing = true
      stopFollowing()
      stopChecking()
      stopHeartbeats()
      ending.abort()
      flush()
      for (const connection of connections) connection.goAway()
      if (connections.size > 0 && !signal.aborted) {
        await new Promise<void>((resolve) => {
          emptied.add(resolve)
          signal.addEventListener('abort', () => resolve(), { once: true })
        })
      }
      for (const connection of connections) connection.terminate()
    },
  }
}

/** The library's messages name the header that is missing or invalid, and never its value. */
const refuseHandshake = (stream: Duplex, { method }: IncomingMessage, { message }: Error): void => {
  if (method === 'GET') {
    const error = new AppError('VALIDATION_ERROR', `The WebSocket upgrade is not valid: ${message}`)
    hangUp(stream, rawAnswer(error, ['Sec-WebSocket-Version', '13']))
  } else {
    const error = new AppError('METHOD_NOT_ALLOWED', `${method} cannot open a WebSocket; GET can`)
    hangUp(stream, rawAnswer(error, ['Allow', 'GET']))
  }
}
