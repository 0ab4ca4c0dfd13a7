import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { allFamilies } from '../../support/metric-families.ts'

const read = (path: string): Promise<string> => readFile(new URL(`../../../${path}`, import.meta.url), 'utf8')

const families = allFamilies()
/** The names of all series that there are. */
const series = new Set(
  families.flatMap(({ kind, name }) =>
    kind === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
  ),
)
const seriesIn = (query: string): string[] => query.match(/\b(?:maestro|process|nodejs)_[a-z_]+/g) ?? []

describe('docs/METRICS.md', () => {
  it('lists exactly the metrics that there are, row by row', async () => {
    const rows = (await read('docs/METRICS.md'))
      .split('\n')
      .filter((line) => /^\| `\w+` \| (?:gauge|counter|histogram) /.test(line))
    const expected = families.map(({ name, kind, labels = [], help }) => {
      const names = labels.map((label) => `\`${label}\``).join(', ')
      return ['', `\`${name}\``, kind, names, help, ''].join(' | ').replace('|  |', '| |').trim()
    })
    expect(rows).toEqual(expected)
  })

  it('speaks elsewhere too of nothing that there is not', async () => {
    const names = new Set<string>([...series, ...families.map(({ name }) => name)])
    for (const name of seriesIn(await read('docs/METRICS.md'))) expect(names).toContain(name)
  })
})

const Target = z.object({ refId: z.string(), expr: z.string().min(1), legendFormat: z.string() })
const GridPos = z.object({ x: z.int().min(0), y: z.int().min(0), w: z.int().min(1).max(24), h: z.int().min(1) })
const Panel = z.discriminatedUnion('type', [
  z.object({ type: z.literal('row'), id: z.int(), title: z.string(), gridPos: GridPos, panels: z.array(z.never()) }),
  z.object({
    type: z.enum(['timeseries', 'stat']),
    id: z.int(),
    title: z.string(),
    description: z.string(),
    gridPos: GridPos,
    datasource: z.object({ type: z.literal('prometheus'), uid: z.literal(`\${datasource}`) }),
    fieldConfig: z.object({ defaults: z.object({ unit: z.string() }) }),
    targets: z.array(Target).min(1),
  }),
])
const Dashboard = z.object({
  uid: z.string(),
  title: z.string(),
  schemaVersion: z.int().min(36),
  time: z.object({ from: z.string(), to: z.string() }),
  templating: z.object({ list: z.array(z.object({ name: z.string(), type: z.string() })) }),
  panels: z.array(Panel),
})

describe('the dashboard', async () => {
  const { panels, templating } = Dashboard.parse(JSON.parse(await read('deploy/grafana/maestro-server.json')))
  const queries = panels.flatMap((panel) => (panel.type === 'row' ? [] : panel.targets.map(({ expr }) => expr)))

  it('asks only for series that there are, and only by labels that they have', () => {
    for (const query of queries) {
      const asked = seriesIn(query)
      expect(asked, query).not.toEqual([])
      for (const name of asked) expect(series, query).toContain(name)
    }
  })

  it('shows every metric', () => {
    const shown = new Set(queries.flatMap(seriesIn))
    const missing = families.filter(
      ({ name }) => ![name, `${name}_bucket`, `${name}_sum`].some((one) => shown.has(one)),
    )
    expect(missing.map(({ name }) => name)).toEqual([])
  })

  it('uses only variables that it declares', () => {
    const declared = new Set(['__rate_interval', ...templating.list.map(({ name }) => name)])
    for (const query of queries) {
      for (const [, name] of query.matchAll(/\$(\w+)/g)) expect(declared, query).toContain(name)
    }
  })

  it('has panels with ids of their own that do not lie over each other', () => {
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length)
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, i) => `${x + (i % w)} ${y + Math.floor(i / w)}`),
    )
    expect(new Set(cells).size).toBe(cells.length)
  })
})

const Scrape = z.object({
  scrape_configs: z.tuple([
    z.object({
      job_name: z.literal('maestro'),
      static_configs: z.tuple([z.object({ targets: z.tuple([z.literal('127.0.0.1:3000')]) })]),
      authorization: z.object({ type: z.literal('Bearer'), credentials_file: z.string() }).optional(),
    }),
  ]),
})

describe('the configuration of Prometheus', () => {
  it('asks the server where it listens by default; with its token once the lines for it are uncommented', async () => {
    const text = await read('deploy/prometheus.yml')
    expect(Scrape.parse(parse(text)).scrape_configs[0].authorization).toBeUndefined()
    const withToken = text.replaceAll(/^ {4}# (?=authorization:| )/gm, '    ')
    expect(Scrape.parse(parse(withToken)).scrape_configs[0].authorization?.type).toBe('Bearer')
  })

  it('stands on the page too, as it is with a token', async () => {
    const [, block = ''] = /^```yaml\n([\s\S]*?)^```$/m.exec(await read('docs/METRICS.md')) ?? []
    expect(Scrape.parse(parse(block)).scrape_configs[0].authorization?.type).toBe('Bearer')
  })
})
