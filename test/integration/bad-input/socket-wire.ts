import { upgradeHeaders } from '../../support/raw-http.ts'
import { bytesOf, connectTo } from './wire.ts'

export const opcodes = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const

export interface WireFrame {
  readonly opcode: number
  readonly payload?: string | Buffer
  readonly isFinal?: boolean
  /** Three bits that mean nothing here. */
  readonly reserved?: number
  readonly isMasked?: boolean
  /** What the header says, should it not be the length of the payload. */
  readonly length?: number
}

/** The bytes of a WebSocket frame as a client sends it (RFC 6455, section 5.2), whether or not it may. */
export const frameOf = ({ opcode, payload = '', isFinal = true, reserved = 0, isMasked = true, length }: WireFrame) => {
  const data = Buffer.from(payload)
  const first = (isFinal ? 0x80 : 0) | (reserved << 4) | opcode
  // With a mask of zeros the payload stays as it is.
  const mask = Buffer.alloc(isMasked ? 4 : 0)
  return Buffer.concat([Buffer.from([first]), lengthOf(length ?? data.length, isMasked), mask, data])
}

const lengthOf = (length: number, isMasked: boolean): Buffer => {
  const bytes = Buffer.alloc(length < 126 ? 1 : length < 65_536 ? 3 : 9)
  bytes.writeUInt8((isMasked ? 0x80 : 0) | (length < 126 ? length : length < 65_536 ? 126 : 127), 0)
  if (bytes.length === 3) bytes.writeUInt16BE(length, 1)
  if (bytes.length === 9) bytes.writeBigUInt64BE(BigInt(length), 1)
  return bytes
}

export interface ReceivedFrame {
  readonly opcode: number
  readonly payload: Buffer
}

/** A WebSocket client that says whatever it is told to, and answers nothing by itself. */
export interface SocketWire {
  write(...frames: ReadonlyArray<WireFrame | Buffer>): void
  /** All frames so far. */
  readonly frames: readonly ReceivedFrame[]
  /** Resolves with the first `count` frames as soon as there are so many; rejects when it ends before. One wait at a time. */
  received(count: number): Promise<readonly ReceivedFrame[]>
  /** The code with which the server closed, when the connection is over. */
  readonly closed: Promise<number | undefined>
  /** Stops reading, and goes on. */
  pause(): void
  resume(): void
  end(): void
}

export const openSocketWire = async (url: string): Promise<SocketWire> => {
  const socket = connectTo(url)
  const frames: ReceivedFrame[] = []
  let look = (): void => {}
  let rest: Buffer = Buffer.alloc(0)
  const closed = new Promise<number | undefined>((resolve) => {
    socket.on('close', () => resolve(frames.find(({ opcode }) => opcode === opcodes.close)?.payload.readUInt16BE(0)))
  })
  // Whoever breaks the protocol may be cut off while it still writes.
  socket.on('error', () => {})
  socket.write(bytesOf({ method: 'GET', path: '/', headers: Object.entries(upgradeHeaders) }))
  await new Promise<void>((resolve, reject) => {
    socket.once('data', (answer: Buffer) => {
      const end = answer.indexOf('\r\n\r\n')
      if (!answer.toString('latin1').startsWith('HTTP/1.1 101 ')) return reject(new Error(answer.toString()))
      rest = answer.subarray(end + 4)
      resolve()
    })
  })
  socket.on('data', (chunk: Buffer) => {
    rest = Buffer.concat([rest, chunk])
    for (let next = frameIn(rest); next !== undefined; next = frameIn(rest)) {
      frames.push(next.frame)
      rest = rest.subarray(next.length)
    }
    look()
  })
  return {
    frames,
    closed,
    write: (...all) => {
      for (const one of all) socket.write(Buffer.isBuffer(one) ? one : frameOf(one))
    },
    received: (count) =>
      new Promise((resolve, reject) => {
        look = () => {
          if (frames.length >= count) resolve(frames.slice(0, count))
        }
        look()
        void closed.then(() => reject(new Error(`connection ended after ${frames.length} of ${count} frames`)))
      }),
    pause: () => socket.pause(),
    resume: () => socket.resume(),
    end: () => socket.destroy(),
  }
}

/** The first frame in what a server has sent, and how long it is; undefined when it has not all come. */
const frameIn = (bytes: Buffer): { readonly frame: ReceivedFrame; readonly length: number } | undefined => {
  if (bytes.length < 2) return undefined
  const short = bytes.readUInt8(1) & 0x7f
  const start = short < 126 ? 2 : short === 126 ? 4 : 10
  if (bytes.length < start) return undefined
  const size = short < 126 ? short : short === 126 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2))
  if (bytes.length < start + size) return undefined
  const payload = bytes.subarray(start, start + size)
  return { frame: { opcode: bytes.readUInt8(0) & 0x0f, payload }, length: start + size }
}
