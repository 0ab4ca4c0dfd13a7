import { connect, type Socket } from 'node:net'
import type { Answer } from '../../support/api.ts'

/** A request as it is to stand on the wire: nothing of it is checked, corrected or left out. */
export interface WireRequest {
  readonly method: string
  readonly path: string
  /** Names and values. A Host given here takes the place of the usual one. */
  readonly headers?: ReadonlyArray<readonly [name: string, value: string]>
  readonly body?: string | Buffer
  /** The body is sent in one chunk, and no length is given. */
  readonly chunked?: boolean
}

/** The bytes of a request, after which the connection ends. Header text is Latin-1. */
export const bytesOf = ({ method, path, headers = [], body, chunked = false }: WireRequest): Buffer => {
  const bytes = Buffer.from(body ?? '')
  const length = chunked ? ['Transfer-Encoding', 'chunked'] : ['Content-Length', String(bytes.length)]
  const given = new Set(headers.map(([name]) => name.toLowerCase()))
  const usual = [['Host', 'localhost'], ['Connection', 'close'], ...(body === undefined ? [] : [length])]
  const all = [...usual.filter(([name = '']) => !given.has(name.toLowerCase())), ...headers]
  const head = `${method} ${path} HTTP/1.1\r\n${all.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`
  const framed = chunked ? [`${bytes.length.toString(16)}\r\n`, bytes, '\r\n0\r\n\r\n'] : [bytes]
  return Buffer.concat([Buffer.from(head, 'latin1'), ...framed.map((part) => Buffer.from(part))])
}

/** A connection of its own, to the server at `url`. */
export const connectTo = (url: string): Socket => {
  const { hostname, port } = new URL(url)
  return connect(Number(port), hostname)
}

export interface Connection {
  readonly socket: Socket
  /** Every answer that came, when the connection is over, whoever has ended it. */
  readonly over: Promise<Answer[]>
}

export const openConnection = (url: string): Connection => {
  const socket = connectTo(url)
  const received: Buffer[] = []
  socket.on('data', (chunk: Buffer) => received.push(chunk))
  // Whoever answers before all is sent may close before all is sent. What counts is what it said.
  socket.on('error', () => {})
  const over = new Promise<Answer[]>((resolve) => {
    socket.on('close', () => resolve(answersIn(Buffer.concat(received))))
  })
  return { socket, over }
}

/** Sends bytes and resolves with every answer when the connection is over. The server ends it, or this side stops sending. */
export const exchange = (url: string, bytes: string | Buffer, { thenStop = false } = {}): Promise<Answer[]> => {
  const { socket, over } = openConnection(url)
  if (thenStop) socket.end(bytes)
  else socket.write(bytes)
  return over
}

/** Sends one request and resolves with its one answer, interim ones aside. Throws when there is none, or a second. */
export const send = async (url: string, request: WireRequest): Promise<Answer> => {
  const [answer, ...more] = (await exchange(url, bytesOf(request))).filter(({ status }) => status >= 200)
  if (answer === undefined) throw new Error('the connection ended without an answer')
  if (more.length > 0) throw new Error(`one request had ${1 + more.length} answers`)
  return answer
}

const answersIn = (bytes: Buffer): Answer[] => {
  const end = bytes.indexOf('\r\n\r\n')
  if (end === -1) return []
  const [first = '', ...lines] = bytes.toString('latin1', 0, end).split('\r\n')
  const headers = new Headers()
  for (const line of lines) headers.append(line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1))
  const status = Number(first.split(' ')[1])
  const rest = bytes.subarray(end + 4)
  const { content, length } =
    headers.get('transfer-encoding') === 'chunked' ? unchunked(rest) : counted(rest, status, headers)
  const text = content.toString('utf8')
  const isJson = headers.get('content-type')?.startsWith('application/json') === true
  const body: unknown = isJson ? JSON.parse(text) : undefined
  return [{ status, headers, text, body }, ...answersIn(rest.subarray(length))]
}

/** The content of an answer, and how many bytes it takes on the wire. */
interface Content {
  readonly content: Buffer
  readonly length: number
}

const counted = (bytes: Buffer, status: number, headers: Headers): Content => {
  const length = status < 200 ? 0 : Number(headers.get('content-length') ?? bytes.length)
  return { content: bytes.subarray(0, length), length }
}

/** Chunks up to the empty one, each behind its length in hex. */
const unchunked = (bytes: Buffer): Content => {
  const chunks: Buffer[] = []
  for (let at = 0; ; ) {
    const start = bytes.indexOf('\r\n', at) + 2
    const end = start + Number.parseInt(bytes.toString('latin1', at, start), 16)
    if (start < 2 || !(end <= bytes.length)) throw new Error('a chunk was cut off')
    chunks.push(bytes.subarray(start, end))
    at = end + 2
    if (end === start) return { content: Buffer.concat(chunks), length: at }
  }
}
