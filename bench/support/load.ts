import { connect, type Socket } from 'node:net'
import { z } from 'zod'

/**
 * A load generator in a process of its own: keeps one request under way on each connection for a while, and prints what
 * came back. It does as little per answer as it can, because it shares the machine with what it measures.
 */
export const Load = z.object({
  port: z.int(),
  method: z.enum(['GET', 'POST', 'PATCH']),
  path: z.string(),
  body: z.string().optional(),
  headers: z.record(z.string(), z.string()).default({}),
  connections: z.int().positive(),
  /** How long before counting begins, and how long it goes on, ms. */
  warmUp: z.int(),
  duration: z.int(),
})
export type Load = z.input<typeof Load>

export const Measured = z.object({
  /** Answers per second. */
  rate: z.number(),
  /** Answers with a status other than 2xx. */
  failures: z.int(),
  /** Latency, ms. */
  p50: z.number(),
  p99: z.number(),
})
export type Measured = z.infer<typeof Measured>

const requestBytes = ({ method, path, body = '', headers }: z.output<typeof Load>): Buffer => {
  const lines = [
    `${method} ${path} HTTP/1.1`,
    'Host: 127.0.0.1',
    ...(body === '' ? [] : ['Content-Type: application/json', `Content-Length: ${Buffer.byteLength(body)}`]),
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
  ]
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body}`)
}

/** Calls back with the status of every complete answer. Answers have a length: nothing measured here is chunked. */
const readAnswers = (socket: Socket, answered: (status: number) => void): void => {
  let pending: Buffer = Buffer.alloc(0)
  socket.on('data', (data: Buffer) => {
    pending = pending.length === 0 ? data : Buffer.concat([pending, data])
    for (;;) {
      const end = pending.indexOf('\r\n\r\n')
      if (end === -1) return
      const head = pending.toString('latin1', 0, end)
      const length = Number(/\r\nContent-Length: (\d+)/i.exec(head)?.[1] ?? 0)
      if (pending.length < end + 4 + length) return
      pending = pending.subarray(end + 4 + length)
      answered(Number(head.slice(9, 12)))
    }
  })
}

const run = async (load: z.output<typeof Load>): Promise<Measured> => {
  const request = requestBytes(load)
  const latencies: number[] = []
  let failures = 0
  let counting = false
  let over = false
  const sockets = Array.from({ length: load.connections }, () => {
    const socket = connect({ port: load.port, host: '127.0.0.1', noDelay: true })
    let sentAt = 0
    const send = (): void => {
      sentAt = performance.now()
      socket.write(request)
    }
    socket.once('connect', send)
    readAnswers(socket, (status) => {
      if (counting) {
        latencies.push(performance.now() - sentAt)
        if (status < 200 || status > 299) failures += 1
      }
      if (!over) send()
    })
    return socket
  })
  const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
  await wait(load.warmUp)
  counting = true
  const began = performance.now()
  await wait(load.duration)
  counting = false
  over = true
  const seconds = (performance.now() - began) / 1000
  for (const socket of sockets) socket.destroy()
  const sorted = Float64Array.from(latencies).sort()
  const quantile = (q: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? 0
  return { rate: latencies.length / seconds, failures, p50: quantile(0.5), p99: quantile(0.99) }
}

const [asked] = process.argv.slice(2)
if (asked !== undefined && import.meta.url.endsWith(process.argv[1]?.split('/').at(-1) ?? '')) {
  process.stdout.write(`${JSON.stringify(await run(Load.parse(JSON.parse(asked))))}\n`)
}
