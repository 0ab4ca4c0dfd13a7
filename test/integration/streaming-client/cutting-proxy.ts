import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'

/** What becomes of a connection. */
export interface Fate {
  /** After so many bytes from the server it is cut, and whatever the rest of them was; not at all if undefined. */
  readonly cutAfter: number | undefined
}

/** Stands before a server on a port that stays, and treats connections as networks do. */
export class CuttingProxy {
  /** Where the server is now; nobody is there while undefined. */
  target: number | undefined
  /** Says what becomes of the next connection. */
  fateOfNext: () => Fate = () => ({ cutAfter: undefined })
  /** How many connections were cut on purpose. */
  cuts = 0
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  readonly #upstream = new Set<Socket>()
  #isStalled = false

  constructor(server: Server) {
    this.#server = server
    server.on('connection', (client) => this.#accept(client))
  }

  static async open(): Promise<CuttingProxy> {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    return new CuttingProxy(server)
  }

  get url(): string {
    const address = this.#server.address()
    if (address === null || typeof address === 'string') throw new Error('the proxy has no address')
    return `http://127.0.0.1:${address.port}`
  }

  cutAll(): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  /** Passes nothing on from the server, as a network that is full, until it flows again. */
  stall(): void {
    this.#isStalled = true
    for (const socket of this.#upstream) socket.pause()
  }

  flow(): void {
    this.#isStalled = false
    for (const socket of this.#upstream) socket.resume()
  }

  async close(): Promise<void> {
    this.cutAll()
    this.#server.close()
    await once(this.#server, 'close')
  }

  #accept(client: Socket): void {
    const { cutAfter } = this.fateOfNext()
    if (this.target === undefined || cutAfter === 0) return void client.destroy()
    const upstream = connect(this.target, '127.0.0.1')
    this.#upstream.add(upstream)
    for (const socket of [client, upstream]) {
      this.#sockets.add(socket)
      // Whoever is cut off, or cut off by the other, hears of it as an error.
      socket.on('error', () => {})
      socket.setNoDelay(true)
    }
    upstream.on('close', () => this.#over(upstream, client))
    client.on('close', () => this.#over(client, upstream))
    if (this.#isStalled) upstream.pause()
    client.pipe(upstream)
    if (cutAfter === undefined) upstream.pipe(client)
    else this.#passOn(upstream, client, cutAfter)
  }

  #passOn(upstream: Socket, client: Socket, cutAfter: number): void {
    let left = cutAfter
    upstream.on('data', (bytes: Buffer) => {
      const part = bytes.subarray(0, left)
      left -= part.length
      if (left > 0) return void client.write(part)
      this.cuts += 1
      upstream.removeAllListeners('data')
      client.write(part, () => {
        client.destroy()
        upstream.destroy()
      })
    })
  }

  #over(socket: Socket, other: Socket): void {
    this.#sockets.delete(socket)
    this.#upstream.delete(socket)
    other.destroy()
  }
}
