import { everyProject, type View } from '../ws/protocol.ts'
import type { Environment, SocketAddress } from './environment.ts'
import { MaestroError } from './error.ts'
import { loadFolds } from './mirror/load.ts'
import { Mirror } from './mirror/mirror.ts'
import { type Endpoints, endpointsOf } from './rest/endpoints.ts'
import { defaultRetries, type Retries } from './rest/persist.ts'
import { sendWith } from './rest/rest.ts'
import { FrameReader } from './stream/frame-reader.ts'
import type { EventItem, RecordItem, StatusItem } from './stream/items.ts'
import { openFollower } from './stream/open.ts'
import type { FollowOptions } from './stream/options.ts'
import { RecordReader } from './stream/record-reader.ts'

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

export interface MirrorOptions extends Pick<FollowOptions, 'projects' | 'signal' | 'backoff' | 'limits'> {
  /**
   * What it begins with. `log`: every record, so that all of it is proved by the chain, and each row has the version that the server
   * gives it. `state`: what the server says is true now, which is quicker where logs are long; rows then have the version of that
   * state until they change. Default: `log`.
   */
  readonly begin?: 'log' | 'state' | undefined
}

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

/** Makes a client out of what its surroundings have. */
export const clientIn = (surroundings: Environment, options: ClientOptions): Client => {
  const { token, session, actor, timeout = defaultTimeout } = options
  const environment = { ...surroundings, ...options.environment }
  const retries = { ...defaultRetries, ...options.retries }
  const url = urlOf(options.url)
  const address = (): SocketAddress => ({ url: `${url().replace(/^http/, 'ws')}/`, token })
  const there = { environment, address }
  const records = (wanted: FollowOptions) => openFollower(there, 'records', (parts) => new RecordReader(parts), wanted)
  const events = (wanted: FollowOptions) => openFollower(there, 'entities', (parts) => new FrameReader(parts), wanted)

  function follow(wanted: FollowOptions & { readonly view: 'records' }): ReturnType<typeof records>
  function follow(wanted?: FollowOptions & { readonly view?: 'entities' }): ReturnType<typeof events>
  function follow(wanted: FollowOptions & { readonly view?: View } = {}) {
    return wanted.view === 'records' ? records(wanted) : events(wanted)
  }

  const calls = endpointsOf(sendWith({ url, token, session, actor, timeout, environment, retries }))
  const { sha256 } = environment

  const mirror = ({ begin = 'log', projects = everyProject, ...given }: MirrorOptions = {}): Mirror => {
    const stopping = new AbortController()
    const signal = AbortSignal.any(given.signal === undefined ? [stopping.signal] : [stopping.signal, given.signal])
    const named = projects === everyProject ? undefined : [projects].flat()
    return new Mirror({
      load: () => loadFolds({ client: calls, sha256, signal, wanted: begin === 'state' ? named : [] }),
      open: (cursors) => records({ ...given, projects, cursors, signal, recover: true }),
      sha256,
      stop: () => stopping.abort(),
    })
  }
  return { ...calls, follow, mirror }
}

/** Asks where the server is; throws `VALIDATION_ERROR` for what is no address, at once if it is known at once. */
const urlOf = (given: ClientOptions['url']): (() => string) => {
  if (typeof given === 'function') return () => checked(given())
  const url = checked(given)
  return () => url
}

const checked = (url: string): string => {
  if (/^https?:\/\/[^/?#]/i.test(url) && URL.canParse(url)) return url.replace(/\/+$/, '')
  throw new MaestroError('VALIDATION_ERROR', `${url} is no address of a server, such as http://127.0.0.1:3000`)
}
