import type { Connect, Message } from './environment.ts'

/** What is used of the WebSocket that browsers have, Node since version 22 too. */
export interface StandardWebSocket {
  readonly readyState: number
  addEventListener(type: 'open' | 'error', listener: () => void): void
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void
  addEventListener(type: 'close', listener: (event: { readonly code: number; readonly reason: string }) => void): void
  send(text: string): void
  close(code?: number): void
}
export type WebSocketConstructor = new (url: string) => StandardWebSocket

const open = 1

/** RFC 6455, section 7.4.1: data of a type that this side does not take; and an end without a close frame. */
export const unsupported = 1003
export const abnormal = 1006

/** Connects with a standard WebSocket. It can have no headers, so a token goes into the URL; and it cannot be paused. */
export const connectWith =
  (WebSocket: WebSocketConstructor): Connect =>
  ({ url, token }, { opened, received, closed }) => {
    const address = new URL(url)
    if (token !== undefined) address.searchParams.set('token', token)
    const socket = new WebSocket(address.href)
    let isOver = false
    const end = (code: number, reason: string): void => {
      if (isOver) return
      isOver = true
      closed({ code, reason })
    }
    socket.addEventListener('open', () => {
      if (!isOver) opened()
    })
    socket.addEventListener('message', ({ data }) => {
      if (isOver) return
      if (isText(data)) return received(data)
      end(unsupported, 'the server sent a binary message')
      socket.close()
    })
    socket.addEventListener('close', ({ code, reason }) => end(code, reason))
    // Followed by `close`, which says as much.
    socket.addEventListener('error', () => {})
    return {
      send: (text) => {
        if (socket.readyState === open) socket.send(text)
      },
      close: () => {
        isOver = true
        socket.close()
      },
    }
  }

const isText = (data: unknown): data is Message => typeof data === 'string'

/** Where there is no WebSocket at all. */
export const connectNowhere: Connect = (_address, { closed }) => {
  queueMicrotask(() => closed({ code: abnormal, reason: 'there is no WebSocket here; give the client one' }))
  return { send: () => {}, close: () => {} }
}
