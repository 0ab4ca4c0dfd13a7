import { once } from 'node:events'
import { request } from 'node:http'
import { describe, expect, it } from 'vitest'
import { LogPage } from '../../../src/http/log-schemas.ts'
import type { Answer } from '../../support/api.ts'
import { makerOf } from '../../support/entities.ts'
import { openEvents } from '../../support/event-source.ts'
import { sharedServer } from '../../support/shared-server.ts'

const server = sharedServer()
const { call } = server
const make = makerOf(call)

const pageIn = ({ status, body, text }: Answer) => {
  expect(status, text).toBe(200)
  return LogPage.parse(body)
}

const get = (path: string): Promise<Answer> => call('GET', path)

/** Resolves when the server has so many requests to answer, beside the one that asks for that. */
const requestsOpen = async (count: number): Promise<void> => {
  for (;;) {
    const text = await (await fetch(`${server.url}/metrics`)).text()
    if (text.includes(`\nmaestro_http_requests_open ${count + 1}\n`)) return
  }
}

describe('a request that waits', () => {
  it('is answered when there is a record', async () => {
    const { id } = await make.project()
    const waiting = get(`/api/projects/${id}/log?from=1&wait=60`)
    const task = await make.task(id)
    expect(pageIn(await waiting)).toMatchObject({ head: 2, records: [{ offset: 1, data: { taskId: task.id } }] })
  })

  it('is answered at once when there is one already', async () => {
    const { id } = await make.project()
    expect(pageIn(await get(`/api/projects/${id}/log?wait=60`)).records).toHaveLength(1)
  })

  it('waits for one that it wants, and goes on behind the others', async () => {
    const { id } = await make.project()
    const [first, second] = [await make.task(id), await make.task(id)]
    const waiting = get(`/api/projects/${id}/log?from=3&wait=60&entity=${first.id}`)
    const other = get(`/api/projects/${id}/log?from=3&wait=60&type=task:updated`)
    await call('POST', `/api/tasks/${second.id}/timeline`, { body: { message: 'Not this one' } })
    await call('PATCH', `/api/tasks/${first.id}`, { body: { title: 'This one' } })
    for (const answer of [await waiting, await other]) {
      const { next, records } = pageIn(answer)
      expect(records.map(({ offset }) => offset)).toEqual([4])
      expect(next).toMatch(/^5:/)
    }
  })

  it('is answered with nothing when its time is up', async () => {
    const { id } = await make.project()
    const began = performance.now()
    expect(pageIn(await get(`/api/projects/${id}/log?from=now&wait=1`))).toMatchObject({ head: 1, records: [] })
    expect(performance.now() - began).toBeGreaterThan(900)
  })

  it('is spared an answer that it has', async () => {
    const { id } = await make.project()
    const path = `/api/projects/${id}/log?from=1`
    const tag = (await get(path)).headers.get('etag') ?? ''
    expect((await call('GET', `${path}&wait=1`, { headers: { 'if-none-match': tag } })).status).toBe(304)
  })

  it('of a client that leaves is over', async () => {
    const { id } = await make.project()
    const outgoing = request(`${server.url}/api/projects/${id}/log?from=1&wait=60`, { agent: false }).end()
    const failed = once(outgoing, 'error').then(([error]: Error[]) => error?.message)
    await requestsOpen(1)
    outgoing.destroy()
    expect(await failed).toBe('socket hang up')
    await requestsOpen(0)
    expect(server.process.logs.filter(({ level }) => level !== 'info')).toEqual([])
  })
})

describe('a server that closes', () => {
  it('answers those who wait, ends every stream of events, and is not held up by either', async () => {
    const { id } = await make.project()
    const stream = await openEvents(`${server.url}/api/projects/${id}/log`)
    await stream.received(1)
    const waiting = get(`/api/projects/${id}/log?from=1&wait=60`)
    await requestsOpen(2)
    await server.process.stop()
    expect(pageIn(await waiting)).toMatchObject({ head: 1, records: [] })
    expect(await stream.ended).toBe(true)
    const [began, stopped] = server.process.logs.slice(-2).map(({ time }) => Number(time))
    expect(Number(stopped) - Number(began)).toBeLessThan(5_000)
    await server.restart('kill')
  })
})
