import { once } from 'node:events'
import { connect } from 'node:net'

/** What came back to one of several requests on one connection. */
export interface PipelinedAnswer {
  readonly status: number
  readonly headers: ReadonlyMap<string, string>
  readonly body: string
}

/** A request as the bytes that it is sent in. */
export const requestBytes = (method: string, path: string, body = ''): string => {
  const length = body === '' ? '' : `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n`
  return `${method} ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n${length}\r\n${body}`
}

/** Sends all requests at once over one connection, and resolves with as many answers, in the order in which they came. */
export const pipeline = async (url: string, requests: readonly string[]): Promise<PipelinedAnswer[]> => {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  await once(socket, 'connect')
  socket.write(requests.join(''))
  const answers: PipelinedAnswer[] = []
  let bytes = Buffer.alloc(0)
  for await (const data of socket) {
    bytes = Buffer.concat([bytes, data])
    for (let found = firstIn(bytes); found !== undefined; found = firstIn(bytes)) {
      answers.push(found.answer)
      bytes = bytes.subarray(found.length)
    }
    if (answers.length === requests.length) break
  }
  socket.destroy()
  return answers
}

const firstIn = (bytes: Buffer): { readonly answer: PipelinedAnswer; readonly length: number } | undefined => {
  const end = bytes.indexOf('\r\n\r\n')
  if (end === -1) return undefined
  const [first = '', ...lines] = bytes.toString('latin1', 0, end).split('\r\n')
  const headers = new Map(
    lines.map((line) => {
      const colon = line.indexOf(':')
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const
    }),
  )
  const length = end + 4 + Number(headers.get('content-length') ?? 0)
  if (bytes.length < length) return undefined
  const answer = { status: Number(first.split(' ')[1]), headers, body: bytes.toString('utf8', end + 4, length) }
  return { answer, length }
}
