import { once } from 'node:events'
import { json } from 'node:stream/consumers'
import { WebSocket } from 'ws'
import { z } from 'zod'

/**
 * WebSocket clients that follow everything live, in a process of their own. Prints how many records all of them together
 * were sent in a second: as the heads of messages of the view `records` say, or one for each message.
 */
const Options = z.object({
  ...{ port: z.int(), clients: z.int(), counts: z.enum(['records', 'messages']), seconds: z.number() },
})
const { port, clients, counts, seconds } = Options.parse(await json(process.stdin))

const path = counts === 'records' ? '/?projectId=*&from=now&view=records' : '/'
const head = /^\{"type":"records",.*"from":(\d+),"next":(\d+)\}\n/
let received = 0
const count = (data: Buffer): void => {
  const [, from, next] = counts === 'messages' ? [0, 0, 1] : (head.exec(data.toString('latin1', 0, 200)) ?? [])
  if (next !== undefined) received += Number(next) - Number(from)
}

const sockets = Array.from({ length: clients }, () => {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, { skipUTF8Validation: true, perMessageDeflate: false })
  socket.on('message', count)
  return socket
})
await Promise.all(sockets.map((socket) => once(socket, 'open')))

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
await wait(500)
const [before, began] = [received, performance.now()]
await wait(seconds * 1000)
process.stdout.write(`${(received - before) / ((performance.now() - began) / 1000)}\n`)
process.exit()
