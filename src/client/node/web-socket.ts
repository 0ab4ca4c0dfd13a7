import { WebSocket } from 'ws'
import type { Connect } from '../environment.ts'
import { abnormal, unsupported } from '../socket.ts'

/** How long the server may take to answer a close frame, ms. */
const goodbyeFor = 1_000

/** Connects with the `ws` package: the token goes into a header, bytes stay bytes, and reading can be stopped. */
export const connectWithWs: Connect = ({ url, token }, { opened, received, closed }) => {
  const headers = token === undefined ? {} : { Authorization: `Bearer ${token}` }
  // The server is trusted with the size of its messages: a frame holds a whole entity, however large it has become.
  const socket = new WebSocket(url, { headers, maxPayload: 0, perMessageDeflate: false })
  let isOver = false
  let trouble = ''
  const end = (code: number, reason: string, refusal?: number): void => {
    if (isOver) return
    isOver = true
    closed({ code, reason, ...(refusal !== undefined && { refusal }) })
  }
  const leave = (): void => {
    isOver = true
    // What comes before the server's answer to the close frame has to be read for it to be seen.
    if (socket.isPaused) socket.resume()
    socket.close()
    setTimeout(() => socket.terminate(), goodbyeFor).unref()
  }
  socket.on('open', () => {
    if (!isOver) opened()
  })
  socket.on('message', (data, isBinary) => {
    if (isOver) return
    if (!isBinary && data instanceof Uint8Array) return received(data)
    end(unsupported, 'the server sent a binary message')
    leave()
  })
  socket.on('unexpected-response', (request, { statusCode }) => {
    request.destroy()
    end(abnormal, 'the upgrade was refused', statusCode)
  })
  socket.on('error', ({ message }) => {
    trouble = message
  })
  socket.on('close', (code, reason) => end(code, reason.length > 0 ? reason.toString() : trouble))
  return {
    send: (text) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(text)
    },
    close: leave,
    flow: { pause: () => socket.pause(), resume: () => socket.resume() },
  }
}
