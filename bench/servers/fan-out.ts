import { createServer } from 'node:http'
import { WebSocket, WebSocketServer } from 'ws'
import { tell } from './tell.ts'

/**
 * Sends the same line to every client, one `send` each, as often as the clients take it. As long as nobody is there it does
 * nothing.
 */
const line = JSON.stringify({ record: 'r'.repeat(500) })
/** How much may wait for one client, bytes. */
const mostWaiting = 1024 * 1024

const http = createServer()
const sockets = new WebSocketServer({ server: http, perMessageDeflate: false })

const sendToAll = (): void => {
  const clients = [...sockets.clients].filter(({ readyState }) => readyState === WebSocket.OPEN)
  for (let i = 0; i < 20; i += 1) {
    for (const client of clients) if (client.bufferedAmount < mostWaiting) client.send(line)
  }
  if (sockets.clients.size > 0) setImmediate(sendToAll)
}
sockets.on('connection', () => {
  if (sockets.clients.size === 1) setImmediate(sendToAll)
})

tell(http.listen(0, '127.0.0.1'))
