import { type Position, type ProjectId, start } from '../../events/index.ts'
import { prevIn } from '../../src/store/line-fields.ts'
import { createFeed, type Feed } from '../../src/ws/feed/feed.ts'
import type { Manner } from '../../src/ws/feed/manner.ts'
import { Pump } from '../../src/ws/pump/pump.ts'
import { FakeOutlet } from './fake-outlet.ts'
import { openStore, type StoreFixture, type StoreFixtureOptions } from './store-fixture.ts'

/** A subscriber without a socket. */
export interface PumpClient {
  readonly pump: Pump
  readonly outlet: FakeOutlet
}

/** Subscribers of a store, each told at once of everything that happens. */
export class Pumps {
  readonly fixture: StoreFixture
  readonly feed: Feed
  readonly #clients: PumpClient[] = []
  readonly #running = new Set<Promise<void>>()
  #turns = 0
  #mostReading = 0

  constructor(fixture: StoreFixture) {
    this.fixture = fixture
    this.feed = this.#counted(createFeed(fixture.store))
    fixture.store.recent.follow()
    fixture.store.subscribe(([first]) => {
      if (first === undefined) return
      const before = { offset: first.record.offset, hash: prevIn(first.line) }
      for (const client of this.#clients) if (client.pump.moved(first.projectId, before)) this.flush(client)
    })
  }

  /** How often a pump has let others have a go. */
  get turns(): number {
    return this.#turns
  }

  /** How many read the past at the same time, at most. */
  get mostReading(): number {
    return this.#mostReading
  }

  /** A plain listener. */
  listen(): PumpClient {
    const outlet = new FakeOutlet()
    const defer = (run: () => void): void => {
      this.#turns += 1
      setImmediate(run)
    }
    const client = { outlet, pump: new Pump({ feed: this.feed, outlet, isAsking: () => false, defer }) }
    this.#clients.push(client)
    return client
  }

  /** A client that has subscribed to nothing so far. */
  connect(): PumpClient {
    const client = this.listen()
    client.pump.subscribing()
    return client
  }

  /** A client that follows a project from a place on, the start if not given. */
  follow(projectId: ProjectId, manner: Manner, from: Position = start): PumpClient {
    const client = this.connect()
    client.pump.follow(projectId, from, manner)
    this.flush(client)
    return client
  }

  /** Sends what there is to send to a client. */
  flush({ pump }: PumpClient): void {
    const running = pump.flush()
    this.#running.add(running)
    void running.finally(() => this.#running.delete(running))
  }

  /** Resolves when no pump has anything to do. Clients that do not read must have been closed, or read again. */
  async quiet(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running)
  }

  #counted(feed: Feed): Feed {
    let reading = 0
    const count = (more: number): void => {
      reading += more
      this.#mostReading = Math.max(this.#mostReading, reading)
    }
    return {
      ...feed,
      async *past(place, manner) {
        count(1)
        try {
          yield* feed.past(place, manner)
        } finally {
          count(-1)
        }
      },
    }
  }

  /** Nothing that happened so far can be had from memory. */
  forgetRecent(): void {
    this.fixture.store.recent.unfollow()
    this.fixture.store.recent.follow()
  }
}

export const openPumps = async (options: StoreFixtureOptions = {}): Promise<Pumps> =>
  new Pumps(await openStore(options))

/** The offsets that frames or lines have brought a client, project by project, in the order in which they came. */
export const offsetsIn = (
  frames: readonly { readonly type: string; readonly [field: string]: unknown }[],
  projectId: ProjectId,
): number[] =>
  frames
    .filter((frame) => frame.projectId === projectId)
    .flatMap((frame) =>
      Array.isArray(frame.lines)
        ? frame.lines.map((line: string) => Number(JSON.parse(line).offset))
        : typeof frame.offset === 'number' && (frame.part === frame.parts || frame.part === 1)
          ? [frame.offset]
          : [],
    )
