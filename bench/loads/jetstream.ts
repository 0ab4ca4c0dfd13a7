import { connect } from 'node:net'
import { json } from 'node:stream/consumers'
import { z } from 'zod'

/**
 * Publishes to a stream of NATS over one connection, in its own text protocol, with so many messages that wait for their
 * acknowledgement at any time. Prints acknowledgements per second.
 */
const Options = z.object({ port: z.int(), waiting: z.int(), seconds: z.number() })
const { port, waiting, seconds } = Options.parse(await json(process.stdin))

const publish = (subject: string, reply: string, payload: string): string =>
  `PUB ${subject} ${reply} ${Buffer.byteLength(payload)}\r\n${payload}\r\n`
const stream = JSON.stringify({ name: 'records', subjects: ['records'], storage: 'file' })
const record = publish('records', 'acks', 'r'.repeat(300))

const socket = connect(port, '127.0.0.1')
socket.setEncoding('latin1')
let lines = 0
let acknowledged = 0
let ready: (() => void) | undefined
const created = new Promise<void>((resolve) => {
  ready = resolve
})
socket.on('data', (text: string) => {
  if (text.includes('-ERR') || text.includes('"error"')) throw new Error(text)
  if (ready !== undefined) {
    // The answer to the creation ends what the server says by itself.
    if (!text.includes('"type":"io.nats.jetstream.api.v1.stream_create_response"')) return
    ready()
    ready = undefined
    return
  }
  // A message is two lines: its head, and the acknowledgement, which is one line of JSON.
  lines += text.split('\n').length - 1
  const answered = Math.floor(lines / 2)
  lines -= 2 * answered
  acknowledged += answered
  if (answered > 0) socket.write(record.repeat(answered))
})
socket.write(`CONNECT {"verbose":false}\r\nSUB created 1\r\nSUB acks 2\r\n`)
socket.write(publish('$JS.API.STREAM.CREATE.records', 'created', stream))
await created
socket.write(record.repeat(waiting))

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
await wait(300)
const [before, began] = [acknowledged, performance.now()]
await wait(seconds * 1000)
process.stdout.write(`${(acknowledged - before) / ((performance.now() - began) / 1000)}\n`)
process.exit()
