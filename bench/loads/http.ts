import { connect } from 'node:net'
import { json } from 'node:stream/consumers'
import { z } from 'zod'
import { AnswerReader } from './answers.ts'

/**
 * Asks over HTTP, in a process of its own: keeps one request under way on each connection, or as many as `pipelined` says,
 * for a while, and prints what came back.
 */
export const HttpLoad = z.object({
  port: z.int(),
  method: z.enum(['GET', 'POST', 'PATCH']),
  /** Taken in turn. */
  paths: z.array(z.string()).min(1).readonly(),
  /** Taken in turn; none for requests without a body. */
  bodies: z.array(z.string()).readonly().default([]),
  headers: z.record(z.string(), z.string()).default({}),
  connections: z.int().positive(),
  pipelined: z.int().positive().default(1),
  /** How long before counting begins, and how long it goes on, ms. */
  warmUp: z.number(),
  duration: z.number(),
})
export type HttpLoad = z.input<typeof HttpLoad>

export const HttpResult = z.object({
  /** Answers per second that were 2xx. */
  rate: z.number(),
  /** Bytes of bodies per second. */
  bytesPerSecond: z.number(),
  /** Answers by status. */
  statuses: z.record(z.string(), z.number()),
  /** Latency of 2xx answers, ms. */
  p50: z.number(),
  p99: z.number(),
  max: z.number(),
})
export type HttpResult = z.infer<typeof HttpResult>

const requestsOf = ({ method, paths, bodies, headers }: z.output<typeof HttpLoad>): Buffer[] => {
  const count = Math.max(paths.length, bodies.length)
  return Array.from({ length: count }, (_, i) => {
    const body = bodies[i % Math.max(1, bodies.length)] ?? ''
    const lines = [
      `${method} ${paths[i % paths.length]} HTTP/1.1`,
      'Host: 127.0.0.1',
      ...(body === '' ? [] : ['Content-Type: application/json', `Content-Length: ${Buffer.byteLength(body)}`]),
      ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    ]
    return Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body}`)
  })
}

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

const run = async (load: z.output<typeof HttpLoad>): Promise<HttpResult> => {
  const requests = requestsOf(load)
  const latencies: number[] = []
  const statuses: Record<string, number> = {}
  let [next, bytes, counting, over] = [0, 0, false, false]
  const sockets = Array.from({ length: load.connections }, () => {
    const socket = connect({ port: load.port, host: '127.0.0.1', noDelay: true })
    const sentAt: number[] = []
    const send = (): void => {
      sentAt.push(performance.now())
      socket.write(requests[next % requests.length] ?? '')
      next += 1
    }
    const reader = new AnswerReader((status, length) => {
      const latency = performance.now() - (sentAt.shift() ?? 0)
      if (counting) {
        statuses[status] = (statuses[status] ?? 0) + 1
        bytes += length
        if (status >= 200 && status < 300) latencies.push(latency)
      }
      if (!over) send()
    })
    socket.once('connect', () => {
      for (let i = 0; i < load.pipelined; i += 1) send()
    })
    socket.on('data', (data: Buffer) => reader.take(data))
    return socket
  })
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
  const figures = { p50: quantile(0.5), p99: quantile(0.99), max: quantile(1) }
  return { rate: latencies.length / seconds, bytesPerSecond: bytes / seconds, statuses, ...figures }
}

if (process.argv[1] === import.meta.filename) {
  const load = HttpLoad.parse(await json(process.stdin))
  process.stdout.write(`${JSON.stringify(await run(load))}\n`)
}
