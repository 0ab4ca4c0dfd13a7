import { once } from 'node:events'
import { WebSocket } from 'ws'

/** WebSocket clients that take every frame and look at none. */
const [port, count, query = ''] = process.argv.slice(2)
const sockets = Array.from({ length: Number(count) }, () => new WebSocket(`ws://127.0.0.1:${port}/${query}`))
await Promise.all(sockets.map((socket) => once(socket, 'open')))
process.stdout.write('connected\n')
