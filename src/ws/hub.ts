import type { IncomingMessage, Server } from 'node:http'
import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import type { Access } from '../edge/access.ts'
import { hangUp, rawAnswer } from '../edge/raw-answer.ts'
import { AppError } from '../errors.ts'
import type { Clock, Stopwatch } from '../platform/clock.ts'
import type { Logger } from '../platform/logger.ts'
import type { Every } from '../platform/timers.ts'
import type { Store } from '../store/store.ts'
import { Connection, type ConnectionStatus } from './connection.ts'
import { createFeed } from './feed.ts'
import { closings, maxMessageBytes } from './protocol.ts'

export interface HubOptions {
  readonly store: Store
  readonly access: Access
  readonly clock: Clock
  readonly stopwatch: Stopwatch
  readonly every: Every
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

/** How often connections are looked after, ms. */
const checkEvery = 5_000

export const createHub = ({ store, access, clock, stopwatch, every, logger }: HubOptions): Hub => {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: maxMessageBytes,
    perMessageDeflate: false,
    clientTracking: false,
    autoPong: false,
  })
  const feed = createFeed(store)
  const connections = new Set<Connection>()
  const emptied = new Set<() => void>()
  let stuckClients = 0
  let closing = false

  const stopFollowing = store.subscribe((commits) => {
    const [first] = commits
    if (first === undefined) return
    for (const connection of connections) connection.moved(first.projectId, first.record.offset)
  })
  const stopChecking = every(checkEvery, () => {
    for (const connection of connections) if (connection.check(stopwatch()) === closings.noProgress) stuckClients += 1
  })

  const accept = (request: IncomingMessage, stream: Socket, head: Buffer): void => {
    sockets.handleUpgrade(request, stream, head, (socket) => {
      const connection = new Connection({ socket, stream, feed, clock, logger })
      connections.add(connection)
      store.recent.follow()
      socket.on('close', () => {
        connections.delete(connection)
        store.recent.unfollow()
        if (connections.size === 0) for (const resolve of emptied) resolve()
      })
      if (closing) connection.close(closings.goingAway)
    })
  }

  return {
    attach(server) {
      sockets.on('wsClientError', (error, stream, request) => {
        logger.debug({ err: error }, 'websocket upgrade failed')
        refuseHandshake(stream, request, error)
      })
      server.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
        const error = access.refusal(request.headers, tokenIn(request.url))
        if (error !== undefined) hangUp(stream, rawAnswer(error))
        else if (stream instanceof Socket) accept(request, stream, head)
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
      for (const connection of connections) connection.close(closings.goingAway)
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

const tokenIn = (url: string | undefined): string | undefined => {
  const query = url?.split('?', 2)[1]
  return query === undefined ? undefined : (new URLSearchParams(query).get('token') ?? undefined)
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
