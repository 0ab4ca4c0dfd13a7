import { randomBytes } from 'node:crypto'
import { connect } from 'node:net'

/**
 * WebSocket clients that take all that is sent to them and look at none of it, in a process of their own. To take frames apart
 * would cost this process more than it costs a server to send them, and the two share a machine.
 */
const [port, count, query = ''] = process.argv.slice(2)

/** All of them read into the same bytes. */
const buffer = Buffer.alloc(256 * 1024)
/** A pong that nobody has asked for says that a client is still there (RFC 6455, section 5.5.3); masked with zeros. */
const pong = Buffer.from([0x8a, 0x80, 0, 0, 0, 0])
const pongEvery = 5_000

const listen = (): Promise<void> =>
  new Promise((resolve, reject) => {
    let head = ''
    const read = (length: number): boolean => {
      if (head.includes('\r\n\r\n')) return true
      head += buffer.toString('latin1', 0, length)
      if (!head.includes('\r\n\r\n')) return true
      if (head.startsWith('HTTP/1.1 101 ')) resolve()
      else reject(new Error(head))
      return true
    }
    const socket = connect({ port: Number(port), host: '127.0.0.1', onread: { buffer, callback: read } })
    const lines = [
      `GET /${query} HTTP/1.1`,
      'Host: 127.0.0.1',
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
    ]
    socket.write(`${lines.join('\r\n')}\r\n\r\n`)
    socket.once('error', reject)
    setInterval(() => socket.write(pong), pongEvery)
  })

await Promise.all(Array.from({ length: Number(count) }, listen))
process.stdout.write('connected\n')
