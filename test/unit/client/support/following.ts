import type { FollowOptions } from '../../../../src/client/stream/options.ts'
import { Collected } from './collected.ts'
import { type Peer, World } from './world.ts'

/** Follows records, and takes all items as soon as they come. */
export const following = (options: FollowOptions = {}, world = new World()) => {
  const stopping = new AbortController()
  const items = new Collected(world.client().follow({ signal: stopping.signal, ...options, view: 'records' }))
  return { world, items, stop: () => stopping.abort() }
}

/** The same with plain frames. */
export const followingEvents = (options: FollowOptions = {}, world = new World()) => {
  const stopping = new AbortController()
  const items = new Collected(world.client().follow({ signal: stopping.signal, ...options }))
  return { world, items, stop: () => stopping.abort() }
}

/** The next connection, open. */
export const connected = async (world: World): Promise<Peer> => (await world.connections.next()).open()

/** At least as long as any pause between attempts, ms. */
export const longestPause = 5_000

/** The next connection, open, after the last one has ended. */
export const reconnected = async (
  { world, items }: { readonly world: World; readonly items: Collected<{ readonly kind: string }> },
  attempt: number,
): Promise<Peer> => {
  await items.until('connecting', attempt)
  world.time.pass(longestPause)
  return connected(world)
}
