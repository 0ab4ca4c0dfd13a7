import { createServer } from 'node:http'
import { onTestFinished } from 'vitest'
import { createAccess } from '../../src/edge/access.ts'
import { listen } from '../../src/http/server.ts'
import { silentLogger } from '../../src/platform/logger.ts'
import { isLoopback } from '../../src/platform/loopback.ts'
import { sameSecret } from '../../src/platform/secrets.ts'
import { pause } from '../../src/platform/timers.ts'
import { createHub, defaultLimits, type Hub, type HubOptions } from '../../src/ws/hub.ts'
import { type Frame, type Listener, listenTo } from './listener.ts'
import { ManualTime } from './manual-time.ts'
import { openStore, type StoreFixture, type StoreFixtureOptions } from './store-fixture.ts'

/** A client with some words of its own. */
export interface StreamClient extends Listener {
  say(message: object): void
  /** All frames up to the `count`th of a type, come or to come. */
  upTo(type: string, count?: number): Promise<readonly Frame[]>
  /** All that has come when the server has answered a ping, which it does when it is done with all that was said before. */
  soFar(): Promise<readonly Frame[]>
}

/** The WebSocket side of a server, with real sockets, over a store of its own, and with time that a test lets pass. */
export interface StreamServer {
  readonly url: string
  readonly fixture: StoreFixture
  readonly hub: Hub
  readonly time: ManualTime
  /** A client for the rest of the test; `path` may hold a query. */
  connect(path?: string): Promise<StreamClient>
}

export const startStreamServer = async (
  options: StoreFixtureOptions = {},
  parts: Partial<HubOptions> = {},
): Promise<StreamServer> => {
  const fixture = await openStore(options)
  const time = new ManualTime()
  const hub = createHub({
    store: fixture.store,
    access: createAccess({ allowedOrigins: [], isLoopback, sameSecret }),
    clock: () => fixture.now,
    stopwatch: time.stopwatch,
    every: time.every,
    pause,
    defer: setImmediate,
    limits: defaultLimits,
    logger: silentLogger,
    ...parts,
  })
  const server = createServer()
  hub.attach(server)
  const { port } = await listen(server, 0, '127.0.0.1')
  const url = `http://127.0.0.1:${port}`
  onTestFinished(async () => {
    await hub.close(AbortSignal.abort())
    await new Promise((resolve) => server.close(resolve))
  })
  return {
    ...{ url, fixture, hub, time },
    connect: async (path = '/') => {
      const listener = await listenTo(`${url}${path}`)
      onTestFinished(async () => {
        listener.socket.terminate()
        await listener.closed
      })
      return streamClient(listener)
    },
  }
}

export const streamClient = (listener: Listener): StreamClient => {
  const say = (message: object): void => listener.socket.send(JSON.stringify(message))
  const upTo: StreamClient['upTo'] = async (type, count = 1) => {
    let seen = 0
    return listener.until((frame) => {
      // They are looked through again from the first on.
      if (frame === listener.frames[0]) seen = 0
      if (frame.type === type) seen += 1
      return seen === count
    })
  }
  return {
    ...listener,
    say,
    upTo,
    soFar: async () => {
      const pongs = listener.frames.filter(({ type }) => type === 'pong').length
      say({ type: 'ping' })
      const frames = await upTo('pong', pongs + 1)
      return frames.filter(({ type }) => type !== 'pong')
    },
  }
}
