import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import type { Answer, CallOptions } from './api.ts'

const headersOf = ({ rawHeaders }: IncomingMessage): Headers => {
  const headers = new Headers()
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) headers.append(String(rawHeaders[i]), String(rawHeaders[i + 1]))
  return headers
}

const answerOf = async (message: IncomingMessage): Promise<Answer> => {
  const body = await text(message)
  return {
    status: message.statusCode ?? 0,
    headers: headersOf(message),
    body: body === '' ? undefined : JSON.parse(body),
    text: body,
  }
}

/**
 * A request with headers that `fetch` does not let through, such as Host, on a connection of its own. A body is sent as it
 * is. When the request asks for an upgrade and gets it, the answer is 101 and the connection is over.
 */
export const rawCall = async (
  url: string,
  method: string,
  path: string,
  { headers = {}, body }: Omit<CallOptions, 'body'> & { readonly body?: string } = {},
): Promise<Answer> => {
  const outgoing = request(url, { method, path, headers, agent: false })
  const answered = new Promise<Answer>((resolve, reject) => {
    outgoing.on('error', reject)
    outgoing.on('response', (message) => resolve(answerOf(message)))
    outgoing.on('upgrade', (message, socket) => {
      socket.destroy()
      resolve({ status: 101, headers: headersOf(message), body: undefined, text: '' })
    })
  })
  outgoing.end(body)
  return answered
}

/** The headers with which a client asks for a WebSocket. */
export const upgradeHeaders = {
  Connection: 'Upgrade',
  Upgrade: 'websocket',
  'Sec-WebSocket-Version': '13',
  'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
} as const

/** Sends bytes that need not be HTTP, and answers all that comes back until the server ends the connection. */
export const sendBytes = async (url: string, bytes: string): Promise<string> => {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  await once(socket, 'connect')
  socket.write(bytes)
  return text(socket)
}
