import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { makerOf, refusalIn } from '../../support/entities.ts'
import { openEvents } from '../../support/event-source.ts'
import { rawCall } from '../../support/raw-http.ts'
import { sharedServer } from '../../support/shared-server.ts'

const server = sharedServer({ FSYNC: 'never' })
const { call } = server
const make = makerOf(call)

const Line = z.object({ offset: z.int(), hash: z.string(), type: z.string() })
const lineIn = (data = ''): z.infer<typeof Line> => Line.parse(JSON.parse(data))
const address = (id: string, query = ''): string => `${server.url}/api/projects/${id}/log${query}`

describe('a stream of events', () => {
  it('sends what there is and then what happens, each with its type, its line, and the cursor after it', async () => {
    const { id } = await make.project()
    await make.task(id, { title: 'Line\nbreaks\r\nand \u2028 others' })
    const stream = await openEvents(address(id))
    expect(stream.response.statusCode).toBe(200)
    expect(stream.response.headers).toMatchObject({
      'content-type': 'text/event-stream',
      'cache-control': 'no-cache',
      'x-accel-buffering': 'no',
    })
    await stream.received(2)
    await make.session(id)
    const events = await stream.received(3)
    expect(stream.events[0]).toEqual({ retry: '1000' })
    const file = (await rawCall(server.url, 'GET', `/api/projects/${id}/log`)).body
    const { records } = z.object({ records: z.array(Line.loose()) }).parse(file)
    for (const [i, { id: cursor, event, data }] of events.entries()) {
      const { offset, hash, type } = lineIn(data)
      expect({ offset, event, cursor }).toEqual({ offset: i, event: type, cursor: `${i + 1}:${hash}` })
      expect(JSON.parse(data ?? '')).toEqual(records[i])
    }
  })

  it('goes on where a client was, whatever its address says', async () => {
    const { id } = await make.project()
    const { id: taskId } = await make.task(id)
    const first = await openEvents(address(id, '?from=1'))
    const [seen] = await first.received(1)
    first.close()
    await call('PATCH', `/api/tasks/${taskId}`, { body: { title: 'Meanwhile' } })
    const second = await openEvents(address(id, '?from=1'), { 'last-event-id': seen?.id ?? '' })
    await call('PATCH', `/api/tasks/${taskId}`, { body: { title: 'Then' } })
    expect((await second.received(2)).map(({ data }) => lineIn(data).offset)).toEqual([2, 3])
  })

  it('holds only what is wanted', async () => {
    const { id } = await make.project()
    const task = await make.task(id)
    const session = await make.session(id, { taskIds: [task.id] })
    const [byType, byEntity] = await Promise.all([
      openEvents(address(id, '?type=task:*')),
      openEvents(address(id, `?entity=${task.id}`)),
    ])
    await make.task(id)
    await call('DELETE', `/api/sessions/${session.id}`)
    await call('PATCH', `/api/tasks/${task.id}`, { body: { title: 'Other' } })
    expect((await byType.received(3)).map(({ data }) => lineIn(data).offset)).toEqual([1, 3, 5])
    expect((await byEntity.received(4)).map(({ data }) => lineIn(data).offset)).toEqual([1, 2, 4, 5])
  })

  it('delivers to many at once', async () => {
    const { id } = await make.project()
    const streams = await Promise.all(Array.from({ length: 50 }, () => openEvents(address(id))))
    await Promise.all(Array.from({ length: 20 }, (_, i) => make.task(id, { title: `Task ${i}` })))
    for (const stream of streams) {
      const offsets = (await stream.received(21)).map(({ data }) => lineIn(data).offset)
      expect(offsets).toEqual(Array.from({ length: 21 }, (_, i) => i))
    }
    expect(server.process.logs.filter(({ level }) => level !== 'info')).toEqual([])
  })

  it('of a client that stops reading costs the server little, delays nobody, and goes on where it was', async () => {
    const { id } = await make.project()
    const { id: taskId } = await make.task(id)
    const [slow, prompt] = [await openEvents(address(id)), await openEvents(address(id))]
    slow.response.pause()
    const changes = 60
    for (let i = 0; i < changes; i += 1) {
      await call('PATCH', `/api/tasks/${taskId}`, { body: { description: `${i}`.padEnd(300_000, '.') } })
    }
    await prompt.received(2 + changes)
    expect(slow.events.length).toBeLessThan(changes)
    slow.response.resume()
    const offsets = (await slow.received(2 + changes)).map(({ data }) => lineIn(data).offset)
    expect(offsets).toEqual(Array.from({ length: 2 + changes }, (_, i) => i))
  })
})

describe('a stream of events that cannot be begun', () => {
  const accept = { accept: 'text/event-stream' }
  it('is refused as everything else is', async () => {
    const { id } = await make.project()
    const refusals = [
      [await call('GET', '/api/projects/proj_1_none/log', { headers: accept }), 404, 'PROJECT_NOT_FOUND'],
      [await call('GET', `/api/projects/${id}/log?from=9`, { headers: accept }), 409, 'OFFSET_AHEAD'],
      [await call('GET', `/api/projects/${id}/log?type=x`, { headers: accept }), 400, 'VALIDATION_ERROR'],
    ] as const
    for (const [answer, status, code] of refusals) expect(refusalIn(answer)).toMatchObject({ status, code })
  })

  it.each([
    ['nonsense', 400, 'VALIDATION_ERROR'],
    ['', 400, 'VALIDATION_ERROR'],
    ['99', 409, 'OFFSET_AHEAD'],
    [`1:${'f'.repeat(64)}`, 409, 'HISTORY_DIVERGED'],
  ])('where Last-Event-ID is %j is told why', async (last, status, code) => {
    const { id } = await make.project()
    const headers = { ...accept, 'last-event-id': last }
    expect(refusalIn(await rawCall(server.url, 'GET', `/api/projects/${id}/log`, { headers }))).toMatchObject({
      status,
      code,
    })
    // Who asks for a page does not come back to a stream.
    expect((await call('GET', `/api/projects/${id}/log`, { headers: { 'last-event-id': last } })).status).toBe(200)
  })

  it('for want of a body is answered by its headers', async () => {
    const { id } = await make.project()
    const answer = await rawCall(server.url, 'HEAD', `/api/projects/${id}/log`, { headers: accept })
    expect(answer).toMatchObject({ status: 200, text: '' })
    expect(answer.headers.get('content-type')).toBe('text/event-stream')
  })
})
