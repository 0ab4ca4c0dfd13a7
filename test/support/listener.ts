import { once } from 'node:events'
import { WebSocket } from 'ws'
import { z } from 'zod'

const Frame = z.looseObject({ type: z.string() })
export type Frame = z.infer<typeof Frame>

/** A WebSocket client that only listens: what wscat would do. */
export interface Listener {
  readonly socket: WebSocket
  /** All frames so far, in the order in which they came. */
  readonly frames: readonly Frame[]
  /** Resolves with the first `count` frames as soon as there are so many; rejects when the connection ends before. */
  received(count: number): Promise<readonly Frame[]>
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>
  close(): Promise<void>
}

export const listenTo = async (url: string, headers: Readonly<Record<string, string>> = {}): Promise<Listener> => {
  const socket = new WebSocket(url.replace(/^http/, 'ws'), { headers })
  const frames: Frame[] = []
  const waiting = new Set<() => void>()
  socket.on('message', (data) => {
    frames.push(Frame.parse(JSON.parse(data.toString())))
    for (const look of waiting) look()
  })
  const closed = once(socket, 'close').then(([code, reason]) => ({ code: Number(code), reason: String(reason) }))
  await once(socket, 'open')
  return {
    socket,
    frames,
    closed,
    received: (count) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (frames.length < count) return
          waiting.delete(look)
          resolve(frames.slice(0, count))
        }
        waiting.add(look)
        look()
        void closed.then(() => reject(new Error(`connection ended after ${frames.length} of ${count} frames`)))
      }),
    close: async () => {
      socket.close()
      await closed
    },
  }
}
