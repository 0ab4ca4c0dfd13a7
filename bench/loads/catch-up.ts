import { json } from 'node:stream/consumers'
import { WebSocket } from 'ws'
import { z } from 'zod'

/** A WebSocket client that takes a whole log in the view `records` and parses every line. Prints how many seconds it took. */
const Options = z.object({ port: z.int(), projectId: z.string(), records: z.int() })
const { port, projectId, records } = Options.parse(await json(process.stdin))

const began = performance.now()
const url = `ws://127.0.0.1:${port}/?projectId=${projectId}&from=start&view=records`
const socket = new WebSocket(url, { perMessageDeflate: false, maxPayload: 64 * 1024 * 1024 })
let parsed = 0
socket.on('message', (data: Buffer) => {
  const [head = '', ...lines] = data.toString().split('\n')
  const { type } = JSON.parse(head)
  if (type === 'error') throw new Error(head)
  for (const line of lines) JSON.parse(line)
  if (type === 'records') parsed += lines.length
  if (type !== 'caught_up') return
  if (parsed !== records) throw new Error(`${parsed} of ${records} records`)
  process.stdout.write(`${(performance.now() - began) / 1000}\n`)
  process.exit()
})
