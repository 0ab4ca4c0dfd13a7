import { fdatasync, openSync, writeSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { tell } from './tell.ts'

/** The least that a durable write over HTTP takes in Node: reads a body, writes it, answers when it is synced. */
const [dir = '.'] = process.argv.slice(2)
const file = openSync(join(dir, 'bodies'), 'a')

const server = createServer((req, res) => {
  const chunks: Buffer[] = []
  req.on('data', (chunk: Buffer) => chunks.push(chunk))
  req.on('end', () => {
    const body = Buffer.concat(chunks)
    writeSync(file, body)
    fdatasync(file, (error) => {
      res.writeHead(error === null ? 201 : 500, { 'Content-Length': body.length })
      res.end(body)
    })
  })
})

tell(server.listen(0, '127.0.0.1'))
