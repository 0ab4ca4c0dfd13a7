import { get } from 'node:http'
import { json } from 'node:stream/consumers'
import { z } from 'zod'

/**
 * One client after the other that comes anew, asks once and goes. The first is only waited for; prints how long 99 of 100 of
 * the others waited, ms.
 */
const Options = z.object({ port: z.int(), path: z.string(), duration: z.number() })
const { port, path, duration } = Options.parse(await json(process.stdin))

const arrive = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const began = performance.now()
    const request = get({ port, path, host: '127.0.0.1', agent: false }, (response) => {
      if (response.statusCode !== 200) reject(new Error(`GET ${path}: ${response.statusCode}`))
      response.resume().once('end', () => resolve(performance.now() - began))
    })
    request.once('error', reject)
  })

await arrive()
const latencies: number[] = []
const began = performance.now()
while (performance.now() - began < duration) latencies.push(await arrive())
const sorted = latencies.toSorted((a, b) => a - b)
process.stdout.write(`${sorted[Math.floor(sorted.length * 0.99)] ?? 0}\n`)
