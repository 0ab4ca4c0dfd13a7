import { type Backoff, delayAfter, pause } from '../backoff.ts'
import type { Environment, SocketAddress } from '../environment.ts'
import { Attempts } from './attempts.ts'
import { Channel, type ChannelLimits } from './channel.ts'
import { reasonOf } from './ending.ts'
import type { FollowItem, StatusItem } from './items.ts'
import type { Subscription } from './subscription.ts'
import { Violation } from './violation.ts'

export interface FollowerOptions<Item> {
  readonly environment: Pick<Environment, 'connect' | 'timer' | 'random'>
  /** Asked before every connection. */
  readonly address: () => SocketAddress
  readonly subscription: Subscription<Item>
  readonly signal: AbortSignal
  readonly backoff: Backoff
  readonly limits: ChannelLimits
}

/**
 * Follows until the signal ends it, over as many connections as it takes. Pull-based: while nobody asks for the next item,
 * little is read. Throws `MaestroError` when there is no point in going on.
 */
export async function* followWith<Item extends FollowItem>(
  options: FollowerOptions<Item>,
): AsyncGenerator<Item | StatusItem, void, undefined> {
  const { environment, signal, backoff } = options
  const attempts = new Attempts()
  for (let reason: string | undefined; !signal.aborted; ) {
    const attempt = attempts.next()
    const delay = reason === undefined ? 0 : delayAfter(backoff, attempt, environment.random)
    yield { kind: 'connecting', attempt, delay, reason }
    if (delay > 0) await pause(environment.timer, delay, signal)
    if (!signal.aborted) reason = yield* connection(options, attempts)
  }
}

/** One connection, to its end; answers how it ended. */
async function* connection<Item extends FollowItem>(
  { environment, address, subscription, signal, limits }: FollowerOptions<Item>,
  attempts: Attempts,
): AsyncGenerator<Item | StatusItem, string, undefined> {
  const greeting = subscription.greeting()
  const channel = new Channel({ ...environment, address: address(), limits, greeting })
  const leave = (): void => channel.close()
  signal.addEventListener('abort', leave)
  try {
    for (let message = await channel.next(); message !== undefined; message = await channel.next()) {
      for (const item of subscription.read(message, (text) => channel.send(text))) {
        attempts.note(item)
        yield item
        if (signal.aborted) break
      }
    }
    return reasonOf(channel.ending)
  } catch (thrown) {
    if (thrown instanceof Violation) return attempts.violated(thrown)
    throw thrown
  } finally {
    signal.removeEventListener('abort', leave)
    channel.close()
  }
}
