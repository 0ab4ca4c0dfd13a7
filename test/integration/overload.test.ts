import { connect } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { z } from 'zod'
import { idOf } from '../support/api.ts'
import { pipeline, requestBytes } from '../support/pipeline.ts'
import { sharedServer } from '../support/shared-server.ts'

const Tasks = z.array(z.object({ title: z.string() }))
const kib = 1024

describe('more writes than the server takes on at once', () => {
  const server = sharedServer({ MAX_WRITES: '20' })
  const connections = 100
  const each = 10

  it('are refused at once and in order, while reads go on; whatever was acknowledged outlasts a kill', async () => {
    const projectId = idOf(await server.call('POST', '/api/projects', { body: { name: 'Busy' } }))
    const titleOf = (connection: number, request: number): string => `${connection} ${request}`
    const floods = Array.from({ length: connections }, (_, connection) => {
      const bodies = Array.from({ length: each }, (__, request) => ({ projectId, title: titleOf(connection, request) }))
      return pipeline(
        server.url,
        bodies.map((body) => requestBytes('POST', '/api/tasks', JSON.stringify(body))),
      )
    })
    const reads = Array.from({ length: 50 }, (_, i) =>
      server.call('GET', i % 2 === 0 ? '/health' : `/api/projects/${projectId}`),
    )
    for (const read of await Promise.all(reads)) expect(read.status).toBe(200)
    const flows = await Promise.all(floods)

    const acknowledged: string[] = []
    let refused = 0
    flows.forEach((answers, connection) => {
      expect(answers).toHaveLength(each)
      answers.forEach(({ status, headers, body }, request) => {
        if (status === 201) {
          // Each answer stands in the place of its request.
          const { title } = z.object({ title: z.string() }).parse(JSON.parse(body))
          expect(title).toBe(titleOf(connection, request))
          acknowledged.push(title)
          return
        }
        expect([status, headers.get('retry-after')]).toEqual([429, '1'])
        expect(JSON.parse(body)).toMatchObject({ error: true, code: 'RATE_LIMITED' })
        refused += 1
      })
    })
    expect(acknowledged.length).toBeGreaterThan(0)
    expect(refused).toBeGreaterThan(0)
    expect(acknowledged.length + refused).toBe(connections * each)

    const metrics = await (await fetch(`${server.url}/metrics`)).text()
    expect(metrics).toContain(`maestro_http_refused_writes_total{reason="writes"} ${refused}`)
    expect(metrics).toMatch(/^maestro_http_writes_open 0$/m)
    expect(metrics).toMatch(/^maestro_http_body_bytes 0$/m)

    await server.restart('kill')
    const kept = Tasks.parse((await server.call('GET', `/api/tasks?projectId=${projectId}`)).body)
    expect(kept.map(({ title }) => title).sort()).toEqual(acknowledged.sort())
  })
})

describe('more bytes of bodies than the server takes on at once', () => {
  const server = sharedServer({ MAX_WRITE_BYTES: String(300 * kib) })

  /** Sends the head of a long body and half of it, and resolves when the server has that half. */
  const sendHalf = async (projectId: string) => {
    const body = JSON.stringify({ projectId, title: 'Long', description: 'x'.repeat(500 * kib) })
    const bytes = requestBytes('POST', '/api/tasks', body)
    const { hostname, port } = new URL(server.url)
    const socket = connect(Number(port), hostname)
    onTestFinished(() => {
      socket.destroy()
    })
    socket.write(bytes.slice(0, 250 * kib))
    for (let held = 0; held < 200 * kib; ) {
      const metrics = await (await fetch(`${server.url}/metrics`)).text()
      held = Number(/^maestro_http_body_bytes (\d+)$/m.exec(metrics)?.[1])
    }
    return { socket, finish: () => socket.write(bytes.slice(250 * kib)) }
  }

  it('are refused as they come, and others are taken as soon as there is room', async () => {
    const projectId = idOf(await server.call('POST', '/api/projects', { body: { name: 'Long' } }))
    const { socket, finish } = await sendHalf(projectId)
    const long = { projectId, title: 'Another', description: 'y'.repeat(100 * kib) }
    const refused = await server.call('POST', '/api/tasks', { body: long })
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1'])
    expect((await server.call('POST', '/api/tasks', { body: { projectId, title: 'Short' } })).status).toBe(201)

    // The one that is half here is too long by itself, and makes room when it is told so.
    const answer = new Promise<string>((resolve) => socket.once('data', (data: Buffer) => resolve(data.toString())))
    finish()
    expect(await answer).toMatch(/^HTTP\/1\.1 429 /)
    expect((await server.call('POST', '/api/tasks', { body: long })).status).toBe(201)
  })

  it('are given back when a client goes away in the middle of its body', async () => {
    const projectId = idOf(await server.call('POST', '/api/projects', { body: { name: 'Gone' } }))
    const { socket } = await sendHalf(projectId)
    socket.destroy()
    let held = Number.NaN
    while (held !== 0) {
      const metrics = await (await fetch(`${server.url}/metrics`)).text()
      held = Number(/^maestro_http_body_bytes (\d+)$/m.exec(metrics)?.[1])
    }
    expect(held).toBe(0)
  })
})

describe('hundreds of clients that write as fast as they can', () => {
  const server = sharedServer()
  const clients = 300
  const ahead = 4
  /** If everybody who is there were served before the next is let in, it would be three times as many. */
  const bound = 80 * clients

  it('keep nobody waiting who comes after them', async () => {
    const projectId = idOf(await server.call('POST', '/api/projects', { body: { name: 'Crowd' } }))
    const taskId = idOf(await server.call('POST', '/api/tasks', { body: { projectId, title: 'Wanted' } }))
    const request = requestBytes('PATCH', `/api/tasks/${taskId}`, '{"priority":"high"}')
    const { hostname, port } = new URL(server.url)
    let answers = 0
    const served = new Set<number>()
    await new Promise<void>((resolve) => {
      for (let client = 0; client < clients; client += 1) {
        const socket = connect(Number(port), hostname, () => socket.write(request.repeat(ahead)))
        onTestFinished(() => void socket.destroy())
        socket.on('data', (data: Buffer) => {
          const more = data.toString('latin1').split('HTTP/1.1 ').length - 1
          answers += more
          served.add(client)
          if (served.size === clients || answers > bound) resolve()
          else socket.write(request.repeat(more))
        })
      }
    })
    expect(served.size).toBe(clients)
    expect(answers).toBeLessThan(bound)
  })
})
