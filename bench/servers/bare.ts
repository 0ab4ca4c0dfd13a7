import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** The least that Node can do: reads JSON and answers it. */
const server = createServer((req, res) => {
  const chunks: Buffer[] = []
  req.on('data', (chunk: Buffer) => chunks.push(chunk))
  req.on('end', () => {
    const text =
      chunks.length === 0
        ? '{"id":"task_1","title":"Bare"}'
        : JSON.stringify(JSON.parse(Buffer.concat(chunks).toString()))
    res.writeHead(200, { 'Content-Type': 'application/json; charset=utf-8', 'Content-Length': Buffer.byteLength(text) })
    res.end(text)
  })
})

server.listen(0, '127.0.0.1', () => {
  const address: AddressInfo | string | null = server.address()
  if (address !== null && typeof address !== 'string') process.stdout.write(`port=${address.port}\n`)
})
process.once('SIGTERM', () => process.exit(0))
