import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { watchRequests } from '../../../src/http/open-requests.ts'
import { systemStopwatch } from '../../../src/platform/clock.ts'
import { RequestDurations } from '../../../src/platform/metrics.ts'

/** A server that answers when it is told to, and a client that sends three requests at once. */
const setUp = async () => {
  const arrived: ServerResponse[] = []
  const server = createServer()
  const durations = new RequestDurations([1])
  const requests = watchRequests(server, { stopwatch: systemStopwatch, durations })
  const three = new Promise<void>((resolve) => {
    server.on('request', (_req, res) => {
      arrived.push(res)
      if (arrived.length === 3) resolve()
    })
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(() => void server.close())
  const { port }: AddressInfo = addressOf(server.address())
  const client = connect(port, '127.0.0.1')
  onTestFinished(() => void client.destroy())
  client.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(3))
  await three
  const observed = () => [...durations.entries()].map(({ status, distribution }) => [status, distribution.counts[0]])
  return { arrived, requests, client, observed }
}

const addressOf = (address: AddressInfo | string | null): AddressInfo => {
  if (address === null || typeof address === 'string') throw new Error('no TCP address')
  return address
}

describe('open requests', () => {
  it('are those that have no whole answer yet', async () => {
    const { arrived, requests, observed } = await setUp()
    expect(requests.count).toBe(3)
    // The second may be ready first; it is written when it is its turn.
    for (const res of [arrived[1], arrived[0], arrived[2]]) res?.end('done')
    await Promise.all(arrived.map((res) => res.closed || once(res, 'close')))
    expect(requests.count).toBe(0)
    expect(observed()).toEqual([['2xx', 3]])
  })

  it('are over when their connection is, also those whose turn had not come', async () => {
    const { arrived, requests, client, observed } = await setUp()
    const closed = Promise.all(arrived.map((res) => once(res, 'close')))
    client.destroy()
    await closed
    expect(requests.count).toBe(0)
    expect(observed()).toEqual([['4xx', 3]])
    await requests.drain(new AbortController().signal)
  })
})
