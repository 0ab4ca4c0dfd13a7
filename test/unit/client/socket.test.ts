import { describe, expect, it } from 'vitest'
import { browserEnvironment } from '../../../src/client/browser.ts'
import type { SocketClosing } from '../../../src/client/environment.ts'
import { createClient } from '../../../src/client/index.ts'
import { connectWith, type StandardWebSocket } from '../../../src/client/socket.ts'
import { sha256 } from '../../../src/platform/hash.ts'

type Listener = (event: { readonly data: unknown; readonly code: number; readonly reason: string }) => void

/** A WebSocket as browsers have it, which does what a test says. */
class FakeWebSocket implements StandardWebSocket {
  static readonly made: FakeWebSocket[] = []
  readyState = 0
  readonly sent: string[] = []
  isClosed = false
  readonly #listeners = new Map<string, Listener>()

  readonly url: string

  constructor(url: string) {
    this.url = url
    FakeWebSocket.made.push(this)
  }

  addEventListener(type: string, listener: Listener): void {
    this.#listeners.set(type, listener)
  }

  send(text: string): void {
    this.sent.push(text)
  }

  close(): void {
    this.isClosed = true
  }

  happens(type: string, event: Partial<Parameters<Listener>[0]> = {}): void {
    if (type === 'open') this.readyState = 1
    this.#listeners.get(type)?.({ data: undefined, code: 1006, reason: '', ...event })
  }
}

const connect = (token?: string) => {
  const told: unknown[] = []
  const socket = connectWith(FakeWebSocket)(
    { url: 'ws://127.0.0.1:3000/', token },
    {
      opened: () => told.push('opened'),
      received: (message) => told.push(message),
      closed: (closing: SocketClosing) => told.push(closing),
    },
  )
  const made = FakeWebSocket.made.at(-1)
  if (made === undefined) throw new Error('nothing was connected')
  return { told, socket, made }
}

describe('a standard WebSocket', () => {
  it('tells what happens to it, and sends only while it is open', () => {
    const { told, socket, made } = connect()
    socket.send('early')
    made.happens('open')
    socket.send('hello')
    made.happens('message', { data: 'text' })
    made.happens('error')
    made.happens('close', { code: 1001, reason: 'bye' })
    made.happens('close', { code: 1001, reason: 'bye' })
    expect(told).toEqual(['opened', 'text', { code: 1001, reason: 'bye' }])
    expect(made.sent).toEqual(['hello'])
  })

  it('carries a token in its URL, since it can have no headers', () => {
    expect(connect().made.url).toBe('ws://127.0.0.1:3000/')
    expect(connect('a&b').made.url).toBe('ws://127.0.0.1:3000/?token=a%26b')
  })

  it('is left at once: nothing of it is told any more', () => {
    const { told, socket, made } = connect()
    socket.close()
    made.happens('open')
    made.happens('message', { data: 'text' })
    made.happens('close')
    expect(made.isClosed).toBe(true)
    expect(told).toEqual([])
  })

  it('takes no binary messages', () => {
    const { told, made } = connect()
    made.happens('open')
    made.happens('message', { data: new ArrayBuffer(1) })
    made.happens('message', { data: 'text' })
    expect(told).toEqual(['opened', { code: 1003, reason: expect.stringContaining('binary') }])
    expect(made.isClosed).toBe(true)
  })

  it('cannot be paused', () => {
    expect(connect().socket.flow).toBeUndefined()
  })
})

describe('the surroundings of a browser', () => {
  it('hash as Node does', () => {
    const { sha256: hash } = browserEnvironment()
    for (const text of ['', 'a', 'ä\u2028𝔵'.repeat(1000)]) {
      expect(hash(text)).toBe(sha256(text))
      expect(hash(new TextEncoder().encode(text))).toBe(sha256(text))
    }
  })

  it('have numbers from 0 to below 1, each another', () => {
    const { random } = browserEnvironment()
    const numbers = Array.from({ length: 1000 }, random)
    expect(numbers.every((n) => n >= 0 && n < 1)).toBe(true)
    expect(new Set(numbers).size).toBeGreaterThan(990)
  })

  it('run a timer once, unless it is cancelled', async () => {
    const { timer } = browserEnvironment()
    const ran: string[] = []
    await new Promise<void>((resolve) => {
      timer(0, () => ran.push('cancelled'))()
      timer(0, () => {
        ran.push('run')
        resolve()
      })
    })
    expect(ran).toEqual(['run'])
  })

  it('without a WebSocket say so', async () => {
    const closing = await new Promise<SocketClosing>((resolve) => {
      const { connect } = browserEnvironment()
      const socket = connect(
        { url: 'ws://127.0.0.1:1/', token: undefined },
        { opened: () => {}, received: () => {}, closed: resolve },
      )
      socket.send('nothing')
    })
    // Where there is one, nobody listens at that address.
    expect(closing.code).toBe(1006)
  })

  it('make a client', async () => {
    const client = createClient({
      url: 'http://127.0.0.1:3000',
      environment: {
        fetch: async () => ({ status: 200, headers: { get: () => null }, text: async () => '[]' }),
      },
    })
    expect(await client.listProjects()).toMatchObject({ ok: true, value: [] })
  })
})
