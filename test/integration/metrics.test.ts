import { describe, expect, it } from 'vitest'
import { idOf } from '../support/api.ts'
import { shellBlocks } from '../support/doc-blocks.ts'
import { allFamilies } from '../support/metric-families.ts'
import { runAsWritten } from '../support/run-as-written.ts'
import { sharedServer } from '../support/shared-server.ts'

const token = 'a-secret-of-this-test'

/** A plain text answer; the other helpers take every answer for JSON. */
const scrape = async (url: string, headers: Readonly<Record<string, string>> = {}) => {
  const answer = await fetch(`${url}/metrics`, { headers })
  const text = await answer.text()
  return { status: answer.status, type: answer.headers.get('content-type'), text, samples: samplesOf(text) }
}

/** Values by series, as they are written. */
const samplesOf = (text: string): ReadonlyMap<string, number> =>
  new Map(
    text.split('\n').flatMap((line) => {
      const [, series, value] = /^([a-z].*) (\S+)$/.exec(line) ?? []
      return series === undefined ? [] : [[series, Number(value)] as const]
    }),
  )

const duration = 'maestro_http_request_duration_seconds'

describe('GET /metrics', () => {
  const server = sharedServer()

  it('answers every metric in the text format of Prometheus', async () => {
    const { status, type, text } = await scrape(server.url)
    expect([status, type]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8'])
    const declared = [...text.matchAll(/^# HELP (\w+) (.*)\n# TYPE (\w+) (\w+)$/gm)]
    expect(declared.map(([, name, help, , kind]) => ({ name, help, kind }))).toEqual(
      allFamilies().map(({ name, help, kind }) => ({ name, help, kind })),
    )
    // The grammar of https://prometheus.io/docs/instrumenting/exposition_formats/.
    const sample =
      /^[a-zA-Z_]\w*(?:\{[a-z]\w*="(?:[^"\\]|\\.)*"(?:,[a-z]\w*="(?:[^"\\]|\\.)*")*\})? -?[\d.]+(?:e[+-]?\d+)?$/
    for (const line of text.split('\n'))
      expect(line).toMatch(line.startsWith('#') ? /^# (?:HELP|TYPE) / : line === '' ? /^$/ : sample)
  })

  it('counts requests by method, route and class of status, whatever their ids are', async () => {
    const project = idOf(await server.call('POST', '/api/projects', { body: { name: 'A' } }))
    const before = (await scrape(server.url)).samples
    await server.call('POST', '/api/tasks', { body: { projectId: project, title: 'One' } })
    await server.call('POST', '/api/tasks', { body: { projectId: project, title: 'Two' } })
    await server.call('POST', '/api/tasks', { body: { projectId: project } })
    await server.call('GET', `/api/projects/${project}`)
    await server.call('GET', '/api/projects/proj_none')
    await server.call('PATCH', '/api/projects')
    await server.call('GET', '/not/a/route')
    const after = (await scrape(server.url)).samples
    const grown = (method: string, path: string, status: string): number => {
      const series = `${duration}_count{method="${method}",path="${path}",status="${status}"}`
      return (after.get(series) ?? 0) - (before.get(series) ?? 0)
    }
    expect(grown('POST', '/api/tasks', '2xx')).toBe(2)
    expect(grown('POST', '/api/tasks', '4xx')).toBe(1)
    expect(grown('GET', '/api/projects/:id', '2xx')).toBe(1)
    expect(grown('GET', '/api/projects/:id', '4xx')).toBe(1)
    expect(grown('PATCH', '/api/projects', '4xx')).toBe(1)
    expect(grown('GET', 'none', '4xx')).toBe(1)
  })

  it('tells of the log, the entities and the subscribers what has happened to them', async () => {
    const before = (await scrape(server.url)).samples
    const listener = await server.listen()
    const project = idOf(await server.call('POST', '/api/projects', { body: { name: 'B' } }))
    await server.call('POST', '/api/tasks', { body: { projectId: project, title: 'Task' } })
    await listener.until(({ type }) => type === 'task:created')
    const after = (await scrape(server.url)).samples
    const grown = (series: string): number => (after.get(series) ?? 0) - (before.get(series) ?? 0)
    expect(grown('maestro_append_batch_records_sum')).toBe(2)
    expect(grown('maestro_append_duration_seconds_count')).toBe(2)
    expect(grown('maestro_sync_duration_seconds_count')).toBe(2)
    expect(grown('maestro_append_bytes_total')).toBeGreaterThan(600)
    expect(grown('maestro_logs{state="open"}')).toBe(1)
    expect(grown('maestro_entities{kind="task"}')).toBe(1)
    expect(after.get('maestro_subscribers{state="live"}')).toBe(1)
    expect(after.get('maestro_staged_records')).toBe(0)
    expect(after.get('maestro_start_duration_seconds')).toBeGreaterThan(0)
    expect(after.get('process_resident_memory_bytes')).toBeGreaterThan(10e6)
  })

  it('is what the page says to ask for', async () => {
    const output = await runAsWritten(await shellBlocks('docs/METRICS.md'), server.url, server.dataDir)
    expect(output).toContain('# TYPE maestro_staged_records gauge')
  })
})

describe('the event loop', () => {
  const server = sharedServer()

  it('has its delay told in health, in milliseconds', async () => {
    const { body } = await server.call('GET', '/health')
    expect(body).toMatchObject({
      status: 'ok',
      eventLoopDelay: { p50: expect.any(Number), p99: expect.any(Number) },
    })
  })
})

describe('with a token', () => {
  const server = sharedServer({ MAESTRO_TOKEN: token })

  it('metrics are for whoever has it', async () => {
    expect((await scrape(server.url)).status).toBe(401)
    expect((await scrape(server.url, { authorization: `Bearer ${token}` })).status).toBe(200)
  })
})
