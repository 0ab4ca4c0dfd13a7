import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { upgradeHeaders } from './raw-http.ts'

/** A WebSocket client that looks at the first bytes of what it is sent, so that one process can be a thousand of them. */
export class Member {
  /** Offset that the next record will have, by what was sent so far. */
  next = 0
  /** Whether every batch has gone on where the one before it ended. */
  isContiguous = true
  /** The code with which the server closed. */
  code: number | undefined
  readonly #socket: Socket
  readonly #listeners = new Set<() => void>()
  /** What has come of a header, and of the first words of a message. */
  #front = Buffer.alloc(0)
  /** How much is still to come of a message that has been looked at, bytes. */
  #rest = 0

  constructor(socket: Socket) {
    this.#socket = socket
    socket.on('data', (chunk: Buffer) => {
      this.#take(chunk)
      for (const look of this.#listeners) look()
    })
    // The server cuts off those that do not read.
    socket.on('error', () => {})
    socket.on('close', () => {
      for (const look of this.#listeners) look()
    })
  }

  /** Resolves when everything before an offset is there. */
  reached(offset: number): Promise<void> {
    return this.#until(() => this.next >= offset)
  }

  /** Resolves when the server has closed. */
  closed(): Promise<void> {
    return this.#until(() => this.code !== undefined)
  }

  pause(): void {
    this.#socket.pause()
  }

  resume(): void {
    this.#socket.resume()
  }

  end(): void {
    this.#socket.destroy()
  }

  #until(fits: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        if (!fits() && !this.#socket.destroyed) return
        this.#listeners.delete(look)
        if (fits()) resolve()
        else reject(new Error(`the connection has ended at offset ${this.next}`))
      }
      this.#listeners.add(look)
      look()
    })
  }

  #take(chunk: Buffer): void {
    for (let at = 0; at < chunk.length; ) {
      const skipped = Math.min(this.#rest, chunk.length - at)
      this.#rest -= skipped
      at += skipped
      if (at === chunk.length) return
      const before = this.#front.length
      this.#front = Buffer.concat([this.#front, chunk.subarray(at, at + words)])
      const used = this.#look()
      // What was not used belongs to the next message, and is looked at again.
      if (used === undefined) at += this.#front.length - before
      else {
        at += used - before
        this.#front = Buffer.alloc(0)
      }
    }
  }

  /** Looks at the front of a message once there is enough of it. Answers how much of it has been dealt with. */
  #look(): number | undefined {
    const front = this.#front
    if (front.length < 2) return undefined
    const short = front.readUInt8(1)
    const start = short < 126 ? 2 : short === 126 ? 4 : 10
    if (front.length < start) return undefined
    const length = short < 126 ? short : short === 126 ? front.readUInt16BE(2) : Number(front.readBigUInt64BE(2))
    const enough = Math.min(start + length, words)
    if (front.length < enough) return undefined
    if ((front.readUInt8(0) & 0x0f) === 8) this.code = front.readUInt16BE(start)
    else this.#read(front.toString('latin1', start, enough))
    this.#rest = start + length - enough
    return enough
  }

  #read(text: string): void {
    const [, from, next] = /^\{"type":"records",.*?"from":(\d+),"next":(\d+)\}/.exec(text) ?? []
    const [, subscribedFrom] = /^\{"type":"subscribed",.*?"from":"(\d+):/.exec(text) ?? []
    if (subscribedFrom !== undefined) this.next = Number(subscribedFrom)
    if (next === undefined) return
    if (Number(from) !== this.next) this.isContiguous = false
    this.next = Number(next)
  }
}

/** As much of a message as says all that is wanted of it, bytes. */
const words = 200

/** Opens a WebSocket. */
export const joinCrowd = async (url: string, path: string): Promise<Member> => {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  const headers = Object.entries({ Host: hostname, ...upgradeHeaders }).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.write(`GET ${path} HTTP/1.1\r\n${headers.join('')}\r\n`)
  const [answer]: Buffer[] = await once(socket, 'data')
  const end = answer?.indexOf('\r\n\r\n') ?? -1
  if (answer === undefined || !answer.toString('latin1').startsWith('HTTP/1.1 101 ') || end === -1) {
    throw new Error(`no upgrade: ${String(answer)}`)
  }
  const member = new Member(socket)
  socket.emit('data', answer.subarray(end + 4))
  return member
}
