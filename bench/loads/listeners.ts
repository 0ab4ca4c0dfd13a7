import { once } from 'node:events'
import { WebSocket } from 'ws'

/** WebSocket clients that take every frame and look at none. */
const [port, count] = process.argv.slice(2).map(Number)
const sockets = Array.from({ length: count ?? 1 }, () => new WebSocket(`ws://127.0.0.1:${port}`))
await Promise.all(sockets.map((socket) => once(socket, 'open')))
process.stdout.write('connected\n')
