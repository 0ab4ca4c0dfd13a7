import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { ProjectId } from '../../../events/index.ts'
import type { Command } from '../../../src/commands/command.ts'
import { createAccess } from '../../../src/edge/access.ts'
import { AppError } from '../../../src/errors.ts'
import { silentLogger } from '../../../src/platform/logger.ts'
import { isLoopback } from '../../../src/platform/loopback.ts'
import { sameSecret } from '../../../src/platform/secrets.ts'
import { pause } from '../../../src/platform/timers.ts'
import { createHub, type Hub } from '../../../src/ws/hub.ts'
import { type MemoryLogStorage, prefixOf } from '../../support/memory-log.ts'
import { openStore, type StoreFixture } from '../../support/store-fixture.ts'
import { CuttingProxy } from './cutting-proxy.ts'

interface Running {
  readonly fixture: StoreFixture
  readonly hub: Hub
  readonly server: Server
  /** What the server wants to be done every so often. */
  readonly chores: ReadonlyArray<() => void>
}

/**
 * A server behind a bad network: store and sockets as they are, over a log in memory that outlives it, with time in the hands of
 * the test. It is killed by being dropped as it stands.
 */
export class Site {
  readonly proxy: CuttingProxy
  #storage: MemoryLogStorage = new Map()
  #running: Running | undefined
  #starts = 0
  /** What its clock says, ms. */
  #now = 1_700_000_000_000

  constructor(proxy: CuttingProxy) {
    this.proxy = proxy
  }

  static async open(): Promise<Site> {
    const site = new Site(await CuttingProxy.open())
    await site.start()
    return site
  }

  get fixture(): StoreFixture {
    if (this.#running === undefined) throw new Error('the server is not running')
    return this.#running.fixture
  }

  get projects(): ProjectId[] {
    return this.fixture.store.logs()
  }

  async start(): Promise<void> {
    this.#starts += 1
    const fixture = await openStore({ storage: this.#storage, seed: this.#starts, defer: setImmediate })
    fixture.now = this.#now
    const chores: Array<() => void> = []
    const hub = createHub({
      ...{ store: fixture.store, logger: silentLogger, pause, defer: setImmediate, stopwatch: () => 0 },
      access: createAccess({ allowedOrigins: [], isLoopback, sameSecret }),
      clock: () => fixture.now,
      every: (_ms, run) => {
        chores.push(run)
        return () => chores.splice(chores.indexOf(run), 1)
      },
    })
    const server = createServer().listen(0, '127.0.0.1')
    hub.attach(server)
    await once(server, 'listening')
    const address = server.address()
    if (address === null || typeof address === 'string') throw new Error('the server has no address')
    this.#running = { fixture, hub, server, chores }
    this.proxy.target = address.port
  }

  /** Ends it as a power cut would. */
  async kill(): Promise<void> {
    const { server } = this.#leave()
    this.proxy.cutAll()
    server.close()
    await once(server, 'close')
  }

  /** Ends it as a person would. */
  async stop(): Promise<void> {
    const { server, hub, fixture } = this.#leave()
    await fixture.store.idle()
    // A client that does not read would be waited for.
    this.proxy.flow()
    await hub.close(AbortSignal.timeout(50))
    server.close()
    await once(server, 'close')
  }

  /** Puts an older copy of a log in its place: the first so many records. */
  async restore(projectId: ProjectId, records: number): Promise<void> {
    await this.kill()
    this.#storage = new Map([...this.#storage, ...prefixOf(this.#storage, projectId, records)])
    await this.start()
  }

  /** Carries a command out; what the server refuses is refused. */
  async send(projectId: ProjectId, command: Command): Promise<void> {
    try {
      await this.fixture.send(projectId, command)
    } catch (error) {
      if (!(error instanceof AppError)) throw error
    }
  }

  /** Lets the server do what it does every so often: look after connections, send heartbeats. */
  tick(): void {
    for (const run of this.#running?.chores ?? []) run()
  }

  moveClock(ms: number): void {
    this.#now += ms
    this.fixture.now = this.#now
  }

  async close(): Promise<void> {
    if (this.#running !== undefined) await this.kill()
    await this.proxy.close()
  }

  #leave(): Running {
    const running = this.#running
    if (running === undefined) throw new Error('the server is not running')
    this.#running = undefined
    this.proxy.target = undefined
    return running
  }
}
