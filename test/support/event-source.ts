import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { onTestFinished } from 'vitest'

/** An event as the HTML standard reads it off the stream, or a comment. */
export interface ServerEvent {
  readonly id?: string
  readonly event?: string
  readonly data?: string
  readonly retry?: string
  readonly comment?: string
}

export interface EventSource {
  readonly response: IncomingMessage
  /** All that has come so far, in order. */
  readonly events: readonly ServerEvent[]
  /** Resolves with the first `count` events that carry data as soon as there are so many; rejects when the stream ends before. */
  received(count: number): Promise<readonly ServerEvent[]>
  /** Resolves when the stream is over: true when it was ended, false when it was cut off. */
  readonly ended: Promise<boolean>
  close(): void
}

const fieldsOf = (block: string): ServerEvent =>
  Object.fromEntries(
    block.split('\n').map((line) => {
      const colon = line.indexOf(':')
      return [colon === 0 ? 'comment' : line.slice(0, colon), line.slice(colon + 1).replace(/^ /, '')]
    }),
  )

/** Reads server-sent events, as a browser would, for the rest of the test. */
export const openEvents = async (url: string, headers: Readonly<Record<string, string>> = {}): Promise<EventSource> => {
  const outgoing = request(url, { agent: false, headers: { accept: 'text/event-stream', ...headers } })
  onTestFinished(() => {
    outgoing.destroy()
  })
  outgoing.end()
  const [response]: [IncomingMessage] = await once(outgoing, 'response').then(([message]) => [message])
  const events: ServerEvent[] = []
  const waiting = new Set<() => void>()
  let rest = ''
  response.setEncoding('utf8')
  response.on('data', (text: string) => {
    const blocks = (rest + text).split('\n\n')
    rest = blocks.pop() ?? ''
    events.push(...blocks.map(fieldsOf))
    for (const look of waiting) look()
  })
  // What is cut off, by either side, ends as `ended` tells.
  response.on('error', () => {})
  outgoing.on('error', () => {})
  const ended = new Promise<boolean>((resolve) => {
    response.on('close', () => resolve(response.complete))
  })
  return {
    response,
    events,
    ended,
    received: (count) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const own = events.filter(({ data }) => data !== undefined)
          if (own.length < count) return
          waiting.delete(look)
          resolve(own.slice(0, count))
        }
        waiting.add(look)
        look()
        void ended.then(() => reject(new Error(`the stream ended after ${events.length} events, before ${count} came`)))
      }),
    close: () => outgoing.destroy(),
  }
}
