import { type Cursor, type Position, ProjectId, start } from '../../events/index.ts'
import { AppError } from '../errors.ts'
import { locate } from '../store/locate.ts'
import type { Store } from '../store/store.ts'
import { mannerOf } from './feed/manner.ts'
import type { Outlet } from './outlet.ts'
import { ErrorFrameCode, everyProject, maxSubscriptions, type Subscribe, type Unsubscribe } from './protocol.ts'
import type { Pump } from './pump/pump.ts'

/** A client, and what it can subscribe to. */
export interface Subscriber {
  readonly store: Pick<Store, 'stateOf' | 'positionOf' | 'positionAt' | 'logs'>
  readonly pump: Pump
  readonly outlet: Outlet
}

/** Carries out a `subscribe`. What cannot be followed is told, and the rest is. Rejects when a log cannot be read. */
export const subscribe = async (subscriber: Subscriber, message: Subscribe): Promise<void> => {
  subscriber.pump.subscribing()
  if ('from' in message) await subscribeToOne(subscriber, message)
  else await subscribeToAll(subscriber, message)
}

export const unsubscribe = (subscriber: Subscriber, { projectId }: Unsubscribe): void => {
  if (projectId === everyProject) subscriber.pump.stopAll()
  else stop(subscriber, projectId)
}

/** Nothing is remembered of projects that are not there: there is no end to their names. */
const stop = ({ store, pump }: Subscriber, projectId: ProjectId): void => {
  if (store.stateOf(projectId) !== undefined) pump.stop(projectId)
}

type One = Extract<Subscribe, { from: Cursor }>
type All = Exclude<Subscribe, One>

const subscribeToOne = async (subscriber: Subscriber, { projectId, from, view, types }: One): Promise<void> => {
  const { pump, outlet } = subscriber
  const { following } = pump
  if (following.size >= maxSubscriptions && !following.isOwn(projectId)) {
    const message = `A connection may follow at most ${maxSubscriptions} projects one by one; "${everyProject}" follows all`
    outlet.say({ type: 'error', code: 'LIMIT', message, projectId })
    return
  }
  const position = await placeIn(subscriber, projectId, from)
  if (position !== undefined) pump.follow(projectId, position, mannerOf(view, types))
}

const subscribeToAll = async (subscriber: Subscriber, message: All): Promise<void> => {
  const { store, pump, outlet } = subscriber
  const named = new Map(Object.entries(message.cursors).map(([id, cursor]) => [ProjectId.parse(id), cursor]))
  if (named.size > maxSubscriptions) {
    const text = `One message may name at most ${maxSubscriptions} projects; subscribe to others one by one, before this`
    outlet.say({ type: 'error', code: 'LIMIT', message: text })
    return
  }
  const places = new Map<ProjectId, Position>()
  const wanted = new Set([...named.keys(), ...store.logs().filter((id) => !pump.following.isOwn(id))])
  for (const projectId of wanted) {
    const position = await placeIn(subscriber, projectId, named.get(projectId) ?? message.else)
    if (position !== undefined) places.set(projectId, position)
    if (!outlet.isClear) await outlet.drained()
  }
  // Those that were created meanwhile are followed from their start, as all are that are created later.
  for (const id of store.logs()) if (!wanted.has(id) && !pump.following.isOwn(id)) places.set(id, start)
  pump.followAll(places, mannerOf(message.view, message.types))
  for (const id of wanted) if (!places.has(id)) stop(subscriber, id)
}

/** The codes of what can be wrong with a cursor. */
const wrongCursor = ErrorFrameCode.extract(['PROJECT_NOT_FOUND', 'OFFSET_AHEAD', 'HISTORY_DIVERGED'])

/** Where a cursor stands. If it stands nowhere, says so, and the project is not followed any more. */
const placeIn = async (subscriber: Subscriber, projectId: ProjectId, cursor: Cursor): Promise<Position | undefined> => {
  try {
    return await locate(subscriber.store, projectId, cursor)
  } catch (error) {
    const code = error instanceof AppError ? wrongCursor.safeParse(error.code).data : undefined
    if (!(error instanceof AppError) || code === undefined) throw error
    stop(subscriber, projectId)
    subscriber.outlet.say({ type: 'error', code, message: error.message, projectId })
    return undefined
  }
}
