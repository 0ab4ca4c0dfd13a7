import { once } from 'node:events'
import { WebSocket } from 'ws'
import { z } from 'zod'

const Frame = z.looseObject({ type: z.string(), lines: z.array(z.string()).optional() })
export type Frame = z.infer<typeof Frame>

/** A message of the server. One with lines of a log has them after its first line, which is JSON as all others are. */
export const frameIn = (text: string): Frame => {
  const [json = '', ...lines] = text.split('\n')
  return Frame.parse({ ...JSON.parse(json), ...(lines.length > 0 && { lines }) })
}

/** A WebSocket client that only listens: what wscat would do. */
export interface Listener {
  readonly socket: WebSocket
  /** All frames so far, in the order in which they came. */
  readonly frames: readonly Frame[]
  /** Resolves with the first `count` frames as soon as there are so many; rejects when the connection ends before. */
  received(count: number): Promise<readonly Frame[]>
  /** Resolves with all frames up to the first that fits, come or to come; rejects when the connection ends before. */
  until(fits: (frame: Frame) => boolean): Promise<readonly Frame[]>
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>
  close(): Promise<void>
}

export const listenTo = async (url: string, headers: Readonly<Record<string, string>> = {}): Promise<Listener> => {
  const socket = new WebSocket(url.replace(/^http/, 'ws'), { headers })
  const frames: Frame[] = []
  const waiting = new Set<() => void>()
  socket.on('message', (data) => {
    frames.push(frameIn(data.toString()))
    for (const look of waiting) look()
  })
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.on('close', (code, reason) => resolve({ code, reason: String(reason) }))
  })
  await once(socket, 'open')

  /** Waits until `length` says how many frames there are to be, and there are so many. */
  const first = (length: () => number | undefined, what: string): Promise<readonly Frame[]> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const count = length()
        if (count === undefined || frames.length < count) return
        waiting.delete(look)
        resolve(frames.slice(0, count))
      }
      waiting.add(look)
      look()
      void closed.then(() => reject(new Error(`connection ended after ${frames.length} frames, before ${what}`)))
    })
  return {
    socket,
    frames,
    closed,
    received: (count) => first(() => count, `the ${count} awaited`),
    until: (fits) => {
      const length = (): number | undefined => {
        const index = frames.findIndex(fits)
        return index === -1 ? undefined : index + 1
      }
      return first(length, 'the one awaited')
    },
    close: async () => {
      socket.close()
      await closed
    },
  }
}
