import { heartbeatEvery, type View } from '../../ws/protocol.ts'
import type { Backoff } from '../backoff.ts'
import { keepingCursors } from '../cursors/keep.ts'
import type { Environment, SocketAddress } from '../environment.ts'
import type { ChannelLimits } from './channel.ts'
import { followWith } from './follow.ts'
import type { FollowItem, StatusItem } from './items.ts'
import { type FollowOptions, targetsOf } from './options.ts'
import type { CreateReader } from './reader.ts'
import { Subscription } from './subscription.ts'

export interface Surroundings {
  readonly environment: Pick<Environment, 'connect' | 'timer' | 'random' | 'sha256'>
  /** Asked before every connection. */
  readonly address: () => SocketAddress
}

const defaultBackoff: Backoff = { base: 100, cap: 5_000 }
const defaultLimits: ChannelLimits = {
  silence: 2 * heartbeatEvery,
  waiting: 1024 * 1024,
  overflow: 8 * 1024 * 1024,
}

/** A follower as `options` want it, in a view and with the reader of that. Begins when it is asked for the first item. */
export async function* openFollower<Item extends FollowItem>(
  { environment, address }: Surroundings,
  view: View,
  createReader: CreateReader<Item>,
  options: FollowOptions,
): AsyncGenerator<Item | StatusItem, void, undefined> {
  const { storage, recover = false, signal = new AbortController().signal } = options
  const { timer, sha256 } = environment
  const kept = (await storage?.load()) ?? {}
  const targets = targetsOf(options, view, kept)
  const items = followWith({
    ...{ environment, address, signal },
    subscription: new Subscription({ targets, recover, sha256, createReader }),
    backoff: options.backoff ?? defaultBackoff,
    limits: { ...defaultLimits, ...options.limits },
  })
  yield* storage === undefined ? items : keepingCursors(items, storage, kept, timer)
}
