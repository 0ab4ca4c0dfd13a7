import { cursorOf, type Position, type ProjectId } from '../../events/index.ts'
import type { Pause } from '../platform/timers.ts'
import type { Page } from '../store/growing-page.ts'
import { hashIn, lineFeed, offsetIn, typeIn } from '../store/line-fields.ts'
import { type PageSource, readPage, type Selection } from '../store/log-pages.ts'
import type { Store } from '../store/store.ts'
import { movedWithin } from './moved-within.ts'

/** The media type of server-sent events, as the HTML standard has them. */
export const eventStream = 'text/event-stream'

/** How soon a client is to come back when its connection breaks, ms. */
const retryAfter = 1000
/** A client hears from the server at least this often, ms. */
export const heartbeatEvery = 15_000
/** How much is read for a client at a time. */
const limits = { records: 1000, bytes: 256 * 1024 }

export interface Stream {
  readonly store: PageSource & Pick<Store, 'moves'>
  readonly pause: Pause
  /** Milliseconds on a clock that never jumps. */
  readonly stopwatch: () => number
  readonly projectId: ProjectId
  readonly from: Position
  readonly selection: Selection
  readonly signal: AbortSignal
}

/**
 * The records of a log as events, from a position on and then as they come, until the signal aborts. The id of each is the
 * cursor after it. A heartbeat has an id too and is no event, so that a client behind a filter moves on.
 */
export async function* eventsOf(stream: Stream): AsyncGenerator<Buffer> {
  const { store, pause, stopwatch, projectId, selection, signal } = stream
  let position = stream.from
  let beatAt = stopwatch() + heartbeatEvery
  store.recent.follow()
  try {
    yield Buffer.from(`retry: ${retryAfter}\n\n`)
    while (!signal.aborted) {
      const page = await readPage(store, projectId, position, selection, limits)
      position = page.next
      if (page.count > 0) yield framed(page)
      if (stopwatch() >= beatAt) {
        beatAt = stopwatch() + heartbeatEvery
        yield Buffer.from(`: heartbeat\nid: ${cursorOf(position)}\n\n`)
      }
      if (position.offset === store.positionOf(projectId).offset) {
        await movedWithin(store.moves, pause, { projectId, offset: position.offset, ms: beatAt - stopwatch(), signal })
      }
    }
  } finally {
    store.recent.unfollow()
  }
}

/** A line is JSON, and so holds no line break that would end the field. */
const framed = ({ stretches }: Page): Buffer => {
  const parts: Buffer[] = []
  for (const lines of stretches) {
    for (let at = 0; at < lines.length; ) {
      const end = lines.indexOf(lineFeed, at) + 1
      const next = cursorOf({ offset: offsetIn(lines, at) + 1, hash: hashIn(lines, at) })
      parts.push(Buffer.from(`id: ${next}\nevent: ${typeIn(lines, at)}\ndata: `), lines.subarray(at, end), blankLine)
      at = end
    }
  }
  return Buffer.concat(parts)
}

const blankLine = Buffer.from('\n')
