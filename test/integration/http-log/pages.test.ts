import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { LogHead, LogPage } from '../../../src/http/log-schemas.ts'
import type { Answer, CallOptions } from '../../support/api.ts'
import { makerOf, refusalIn } from '../../support/entities.ts'
import { rawCall } from '../../support/raw-http.ts'
import { sharedServer } from '../../support/shared-server.ts'

const server = sharedServer()
const { call } = server
const make = makerOf(call)

const log = (id: string, query = '', options?: CallOptions): Promise<Answer> =>
  call('GET', `/api/projects/${id}/log${query}`, options)
const pageIn = (answer: Answer) => {
  expect(answer.status, answer.text).toBe(200)
  return LogPage.strict().parse(answer.body)
}
const offsetsIn = (answer: Answer): number[] => pageIn(answer).records.map(({ offset }) => offset)

const linesOf = async (id: string): Promise<string[]> => {
  const dir = join(server.dataDir, 'log', id)
  const segments = (await readdir(dir)).filter((name) => name.endsWith('.jsonl')).sort()
  const texts = await Promise.all(segments.map((name) => readFile(join(dir, name), 'utf8')))
  return texts.join('').trimEnd().split('\n')
}
const hashIn = (line = ''): string => z.object({ hash: z.string() }).parse(JSON.parse(line)).hash

/** A project of eight records: two tasks with a child, and a session that comes and goes. */
const setUp = async () => {
  const { id } = await make.project()
  const task = await make.task(id)
  const child = await make.task(id, { parentId: task.id })
  const other = await make.task(id, { dependencies: [child.id] })
  const session = await make.session(id, { taskIds: [child.id] })
  await call('PATCH', `/api/tasks/${task.id}`, { body: { title: 'Renamed' } })
  await call('DELETE', `/api/tasks/${task.id}?cascade=true`)
  await call('DELETE', `/api/sessions/${session.id}`)
  const lines = await linesOf(id)
  const cursor = (offset: number): string => `${offset}:${offset === 0 ? '0'.repeat(64) : hashIn(lines[offset - 1])}`
  return { id, task, child, other, session, lines, cursor }
}

describe('a page of the log', () => {
  it('holds every record as it is in the log, and says where it starts, where to go on, and where the log ends', async () => {
    const { id, lines, cursor } = await setUp()
    const answer = await log(id)
    expect(answer.text).toBe(
      `{"projectId":"${id}","from":"${cursor(0)}","next":"${cursor(8)}","head":8,"records":[${lines.join(',')}]}`,
    )
    expect(pageIn(answer).records).toHaveLength(8)
  })

  it.each([
    ['start', [0, 1, 2, 3, 4, 5, 6, 7]],
    ['0', [0, 1, 2, 3, 4, 5, 6, 7]],
    ['5', [5, 6, 7]],
    ['8', []],
    ['now', []],
  ])('starts from %s', async (from, offsets) => {
    const { id } = await setUp()
    expect(offsetsIn(await log(id, `?from=${from}`))).toEqual(offsets)
  })

  it('starts from the long form of a cursor, and whoever follows `next` gets each record once', async () => {
    const { id, cursor } = await setUp()
    expect(offsetsIn(await log(id, `?from=${cursor(6)}`))).toEqual([6, 7])
    const offsets: number[] = []
    let next = 'start'
    for (const limit of [3, 1, 2, 7]) {
      const answer = await log(id, `?from=${next}&limit=${limit}`)
      const page = pageIn(answer)
      expect(page.from).toBe(next === 'start' ? cursor(0) : next)
      expect(page.next).toBe(cursor(offsets.length + page.records.length))
      expect(answer.headers.get('maestro-next')).toBe(page.next)
      offsets.push(...page.records.map(({ offset }) => offset))
      next = page.next
    }
    expect(offsets).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
  })

  it('links to the next one', async () => {
    const { id } = await setUp()
    const { headers } = await log(id, '?limit=2&type=task:*,session:*')
    const [, address = ''] = /^<([^>]+)>; rel="next"$/.exec(headers.get('link') ?? '') ?? []
    expect(offsetsIn(await call('GET', address))).toEqual([3, 4])
  })

  it('is refused from beyond the head, from another history, and of a project that never was', async () => {
    const { id, cursor } = await setUp()
    expect(refusalIn(await log(id, '?from=9'))).toMatchObject({
      status: 409,
      code: 'OFFSET_AHEAD',
      details: { head: 8 },
    })
    const foreign = `3:${cursor(4).slice(2)}`
    expect(refusalIn(await log(id, `?from=${foreign}`))).toMatchObject({ status: 409, code: 'HISTORY_DIVERGED' })
    for (const none of ['proj_1_none', 'constructor', '..%2F..']) {
      expect(refusalIn(await log(none))).toMatchObject({ status: 404, code: 'PROJECT_NOT_FOUND' })
    }
  })

  it.each([
    ...['from=', 'from=-1', 'from=1.5', 'from=1e3', 'from=end', 'from=5:abc', 'from=1&from=2', 'from=0x1'],
    ...['limit=0', 'limit=10001', 'limit=-1', 'limit=', 'limit=1.5', 'limit=ten', 'limit=1&limit=2'],
    ...['wait=61', 'wait=-1', 'wait=', 'wait=1.5', 'wait=forever', 'wait=1&wait=1'],
    ...['type=', 'type=task', 'type=task:', 'type=*', 'type=Task:created', 'type=task:*,', 'type=task:*&type=x'],
    ...['entity=a&entity=b', `type=${Array.from({ length: 65 }, () => 'task:*').join(',')}`],
  ])('is refused with %s', async (query) => {
    const { id } = await setUp()
    expect(refusalIn(await log(id, `?${query}`))).toMatchObject({ status: 400, code: 'VALIDATION_ERROR' })
  })
})

describe('a filtered page', () => {
  it.each([
    ['type=task:created', [1, 2, 3]],
    ['type=task:*', [1, 2, 3, 5, 6]],
    ['type=task:deleted,session:*', [4, 6, 7]],
    ['type=task:deleted&type=session:*', [4, 6, 7]],
    ['type=project:*&limit=1', [0]],
    ['type=nothing:happened', []],
  ])('of %s', async (query, offsets) => {
    const { id } = await setUp()
    expect(offsetsIn(await log(id, `?${query}`))).toEqual(offsets)
  })

  it('of an entity holds every record that touched it, also those that do not name it', async () => {
    const { id, task, child, other, session } = await setUp()
    const of = async (entity: string) => offsetsIn(await log(id, `?entity=${entity}`))
    expect(await of(task.id)).toEqual([1, 5, 6])
    expect(await of(child.id)).toEqual([2, 4, 6])
    // Its dependency went with the tree that it was in.
    expect(await of(other.id)).toEqual([3, 6])
    expect(await of(session.id)).toEqual([4, 6, 7])
    expect(await of(id)).toEqual([0])
    expect(await of('task_1_none')).toEqual([])
    expect(await of('%2e%2e%2f')).toEqual([])
    expect(offsetsIn(await log(id, `?entity=${child.id}&type=session:*`))).toEqual([4])
    expect(offsetsIn(await log(id, `?entity=${child.id}&from=3&limit=1`))).toEqual([4])
  })

  it('goes on behind what was filtered', async () => {
    const { id, cursor } = await setUp()
    expect(pageIn(await log(id, '?type=project:*'))).toMatchObject({ next: cursor(8), head: 8 })
    expect(pageIn(await log(id, '?type=task:created&from=2&limit=2'))).toMatchObject({ next: cursor(4), head: 8 })
  })
})

describe('lines', () => {
  const accept = { accept: 'application/x-ndjson' }

  it('are the bytes of the file', async () => {
    const { id, lines, cursor } = await setUp()
    const { url } = server
    const response = await fetch(`${url}/api/projects/${id}/log?from=2&limit=3`, { headers: accept })
    expect(await response.text()).toBe(`${lines.slice(2, 5).join('\n')}\n`)
    expect(response.headers.get('content-type')).toBe('application/x-ndjson')
    expect(response.headers.get('maestro-next')).toBe(cursor(5))
    expect(response.headers.get('maestro-head')).toBe('8')
    expect(response.headers.get('link')).toContain('from=5%3A')
  })

  it('are told apart from JSON by caches', async () => {
    const { id } = await setUp()
    const json = await log(id)
    const { headers, status } = await log(id, '?from=8', { headers: accept })
    expect({ status, vary: headers.get('vary') }).toEqual({ status: 200, vary: 'Accept, Accept-Encoding' })
    expect(headers.get('etag')).not.toBe(json.headers.get('etag'))
  })

  it.each(['text/html', 'image/png, */*;q=0', 'application/json', '*/*', 'text/html,application/xml;q=0.9,*/*;q=0.8'])(
    'are not for who asks for %s',
    async (type) => {
      const { id } = await make.project()
      expect((await log(id, '', { headers: { accept: type } })).headers.get('content-type')).toMatch(
        /^application\/json/,
      )
    },
  )
})

describe('the head of the log', () => {
  it('is the next offset, with hash and time of the last record', async () => {
    const { id, lines } = await setUp()
    const answer = await call('GET', `/api/projects/${id}/log/head`)
    const last = z.object({ hash: z.string(), at: z.number() }).parse(JSON.parse(lines.at(-1) ?? ''))
    expect(LogHead.strict().parse(answer.body)).toEqual({ head: 8, ...last })
    expect((await call('GET', '/api/projects/proj_1_none/log/head')).status).toBe(404)
  })
})

describe('caches', () => {
  it('ask each time, and are spared what they have until something happens', async () => {
    const { id } = await setUp()
    for (const path of [`/api/projects/${id}/log?limit=2`, `/api/projects/${id}/log/head`]) {
      const { headers } = await call('GET', path)
      const tag = headers.get('etag') ?? ''
      expect(headers.get('cache-control')).toBe('no-cache')
      for (const given of [tag, `"x", ${tag}`, '*']) {
        const known = await call('GET', path, { headers: { 'if-none-match': given } })
        expect(known).toMatchObject({ status: 304, text: '' })
        expect(known.headers.get('etag')).toBe(tag)
        expect(known.headers.get('vary')).toBe('Accept, Accept-Encoding')
      }
      expect((await call('GET', path, { headers: { 'if-none-match': '"x"' } })).status).toBe(200)
      await make.task(id)
      expect((await call('GET', path, { headers: { 'if-none-match': tag } })).status).toBe(200)
    }
  })

  it('are told the same by HEAD', async () => {
    const { id } = await setUp()
    const path = `/api/projects/${id}/log?limit=3`
    const [got, asked] = [await rawCall(server.url, 'GET', path), await rawCall(server.url, 'HEAD', path)]
    const without = ({ headers }: Answer) => [...headers].filter(([name]) => name !== 'date')
    expect(asked).toMatchObject({ status: 200, text: '' })
    expect(without(asked)).toEqual(without(got))
  })
})

describe('long pages', () => {
  it('are packed for who can unpack them, and nobody else', async () => {
    const { id } = await make.project()
    await make.task(id, { description: 'x'.repeat(100_000) })
    const path = `/api/projects/${id}/log`
    const plain = await rawCall(server.url, 'GET', path)
    expect(plain.headers.get('content-encoding')).toBeNull()
    const packed = await fetch(`${server.url}${path}`, { headers: { 'accept-encoding': 'gzip' } })
    expect(packed.headers.get('content-encoding')).toBe('gzip')
    expect(Number(packed.headers.get('content-length'))).toBeLessThan(5000)
    expect(await packed.text()).toBe(plain.text)
    for (const refusing of ['identity', 'gzip;q=0', 'br']) {
      const answer = await rawCall(server.url, 'GET', path, { headers: { 'accept-encoding': refusing } })
      expect(answer.headers.get('content-encoding')).toBeNull()
    }
    const short = await rawCall(server.url, 'GET', `${path}?from=now`, { headers: { 'accept-encoding': 'gzip' } })
    expect(short.headers.get('content-encoding')).toBeNull()
  })

  it('end before they are too long, however many records are asked for', async () => {
    const { id } = await make.project()
    const { id: taskId } = await make.task(id)
    for (let i = 0; i < 12; i += 1) {
      await call('PATCH', `/api/tasks/${taskId}`, { body: { description: `${i}`.padEnd(800_000, '.') } })
    }
    const first = pageIn(await log(id, '?limit=10000'))
    expect(first.head).toBe(14)
    expect(first.records.length).toBeLessThan(10)
    const second = pageIn(await log(id, `?limit=10000&from=${first.next}`))
    const third = pageIn(await log(id, `?limit=10000&from=${second.next}`))
    const all = [first, second, third].flatMap(({ records }) => records.map(({ offset }) => offset))
    expect(all).toEqual(Array.from({ length: 14 }, (_, i) => i))
  })
})

describe('the log of a project that is no more', () => {
  it('stays readable', async () => {
    const { id } = await make.project()
    await call('DELETE', `/api/projects/${id}`)
    expect(pageIn(await log(id)).records.map(({ type }) => type)).toEqual(['project:created', 'project:deleted'])
    expect((await call('GET', `/api/projects/${id}/log/head`)).body).toMatchObject({ head: 2 })
  })
})

describe('a damaged log', () => {
  it('is readable up to the damage', async () => {
    const { id, lines, cursor } = await setUp()
    const [segment = ''] = await readdir(join(server.dataDir, 'log', id))
    const path = join(server.dataDir, 'log', id, segment)
    await server.process.kill()
    await writeFile(path, (await readFile(path, 'utf8')).replace('Renamed', 'RENAMED'))
    await server.restart('kill')
    expect(pageIn(await log(id))).toMatchObject({ next: cursor(5), head: 5 })
    expect(offsetsIn(await log(id, '?from=3'))).toEqual([3, 4])
    expect((await call('GET', `/api/projects/${id}/log/head`)).body).toMatchObject({ head: 5, hash: hashIn(lines[4]) })
    expect(refusalIn(await log(id, '?from=6'))).toMatchObject({ code: 'OFFSET_AHEAD' })
  })
})
