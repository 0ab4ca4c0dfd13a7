import { connect } from 'node:net'
import { json } from 'node:stream/consumers'
import { z } from 'zod'

/**
 * Adds to a stream of Redis over one connection, with so many commands on their way at any time: as many as have been
 * answered are sent anew, in one piece. Prints answers per second.
 */
const Options = z.object({ socket: z.string(), waiting: z.int(), seconds: z.number() })
const { socket: path, waiting, seconds } = Options.parse(await json(process.stdin))

const bulk = (text: string): string => `$${Buffer.byteLength(text)}\r\n${text}\r\n`
const command = `*5\r\n${['XADD', 'records', '*', 'record', 'r'.repeat(300)].map(bulk).join('')}`

const socket = connect(path)
const send = (count: number): void => void socket.write(command.repeat(count))
let answers = 0
socket.on('data', (data: Buffer) => {
  let answered = 0
  // Each answer is the id that the record was given, as a bulk string: two lines, of which the first begins with a dollar.
  for (let at = data.indexOf(0x24); at !== -1; at = data.indexOf(0x24, at + 1)) answered += 1
  if (data.includes('-ERR')) throw new Error(data.toString())
  answers += answered
  if (answered > 0) send(answered)
})
socket.once('connect', () => send(waiting))

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
await wait(300)
const [before, began] = [answers, performance.now()]
await wait(seconds * 1000)
process.stdout.write(`${(answers - before) / ((performance.now() - began) / 1000)}\n`)
process.exit()
