import { heartbeatEvery } from '../ws/protocol.ts'
import type { Backoff } from './backoff.ts'
import { keepingCursors } from './cursors/keep.ts'
import type { Environment } from './environment.ts'
import { Mirror } from './mirror/mirror.ts'
import { type Endpoints, endpointsOf } from './rest/endpoints.ts'
import { defaultRetries, type Retries } from './rest/persist.ts'
import { sendWith } from './rest/rest.ts'
import type { ChannelLimits } from './stream/channel.ts'
import { followWith } from './stream/follow.ts'
import { FrameReader } from './stream/frame-reader.ts'
import type { EventItem, FollowItem, RecordItem, StatusItem } from './stream/items.ts'
import { type FollowOptions, targetsOf } from './stream/options.ts'
import type { CreateReader } from './stream/reader.ts'
import { RecordReader } from './stream/record-reader.ts'
import { Subscription } from './stream/subscription.ts'

export interface ClientOptions {
  /** Where the server is. A function is asked before every request, for a server that may come back elsewhere. */
  readonly url: string | (() => string)
  /** The server's `MAESTRO_TOKEN`, if it has one. */
  readonly token?: string | undefined
  /** The id of the session in whose name changes are made. The log keeps it. */
  readonly session?: string | undefined
  /** Who makes changes, where it is no session. */
  readonly actor?: string | undefined
  /** How calls are tried again that got no answer, or whose server was too busy. Default: ten attempts in some ten seconds. */
  readonly retries?: Partial<Retries> | undefined
  /** How long one answer is waited for, ms. Default: 30 s. */
  readonly timeout?: number | undefined
  /** Takes the place of what the surroundings have: another `fetch`, another WebSocket, another hash. */
  readonly environment?: Partial<Environment> | undefined
}

export interface MirrorOptions extends Pick<FollowOptions, 'projects' | 'signal' | 'backoff' | 'limits'> {}

/**
 * A client of one server: a call for every operation of its REST API, and two ways to hear of changes. It holds no
 * connection by itself.
 */
export interface Client extends Endpoints {
  /**
   * What happens in projects, each event once and in order, over as many connections as it takes: for each event all its
   * frames, with entities as they are after it; with `view: 'records'`, for each record what it says, its seals checked.
   * Beside them come items that tell how it goes. It ends when the signal says so, and throws `MaestroError` when there is no
   * point in going on: with `recover` only for what concerns the connection as a whole.
   */
  follow(
    options: FollowOptions & { readonly view: 'records' },
  ): AsyncGenerator<RecordItem | StatusItem, void, undefined>
  follow(
    options?: FollowOptions & { readonly view?: 'entities' },
  ): AsyncGenerator<EventItem | StatusItem, void, undefined>
  /** Projects as they are on the server, folded here and always current. It begins at once, and ends when it is closed. */
  mirror(options?: MirrorOptions): Mirror
}

const defaultTimeout = 30_000
const defaultBackoff: Backoff = { base: 100, cap: 5_000 }
const defaultLimits: ChannelLimits = {
  silence: 2 * heartbeatEvery,
  waiting: 1024 * 1024,
  overflow: 8 * 1024 * 1024,
}

/** Makes a client out of what its surroundings have. */
export const clientIn = (surroundings: Environment, options: ClientOptions): Client => {
  const environment = { ...surroundings, ...options.environment }
  const { token, session, actor, retries, timeout = defaultTimeout } = options
  const url = (): string => (typeof options.url === 'string' ? options.url : options.url()).replace(/\/+$/, '')
  const send = sendWith({
    url,
    token,
    session,
    actor,
    timeout,
    environment,
    retries: { ...defaultRetries, ...retries },
  })

  async function* followed<Item extends FollowItem>(
    view: 'records' | 'entities',
    createReader: CreateReader<Item>,
    { storage, signal, recover = false, backoff, limits, ...wanted }: FollowOptions,
  ): AsyncGenerator<Item | StatusItem, void, undefined> {
    const kept = (await storage?.load()) ?? {}
    const targets = targetsOf(wanted, view, kept)
    const items = followWith({
      environment,
      address: () => ({ url: `${url().replace(/^http/, 'ws')}/`, token }),
      subscription: new Subscription({ targets, recover, sha256: environment.sha256, createReader }),
      signal: signal ?? new AbortController().signal,
      backoff: backoff ?? defaultBackoff,
      limits: { ...defaultLimits, ...limits },
    })
    yield* storage === undefined ? items : keepingCursors(items, storage, kept, environment.timer)
  }
  const records = (options: FollowOptions) => followed('records', (parts) => new RecordReader(parts), options)
  const events = (options: FollowOptions) => followed('entities', (parts) => new FrameReader(parts), options)

  function follow(options: FollowOptions & { readonly view: 'records' }): ReturnType<typeof records>
  function follow(options?: FollowOptions & { readonly view?: 'entities' }): ReturnType<typeof events>
  function follow(options: FollowOptions & { readonly view?: 'records' | 'entities' } = {}) {
    return options.view === 'records' ? records(options) : events(options)
  }

  const mirror = ({ signal, ...options }: MirrorOptions = {}): Mirror => {
    const stopping = new AbortController()
    const signals = signal === undefined ? [stopping.signal] : [stopping.signal, signal]
    const items = records({ ...options, recover: true, signal: AbortSignal.any(signals) })
    return new Mirror({ items, sha256: environment.sha256, stop: () => stopping.abort() })
  }
  return { ...endpointsOf(send), follow, mirror }
}
