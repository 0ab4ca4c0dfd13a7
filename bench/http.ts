import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import type { Load } from './support/load.ts'
import { measure, type Subject, startSubject } from './support/processes.ts'
import { type Compared, machine, type Row, rowOf, rowsReached, tableOf } from './support/report.ts'

const usage = `Measures HTTP beside stock Express 5 and bare node:http, in the same run.

Usage: npm run bench:http -- [--rounds <n>] [--seconds <n>] [--connections <n>] [--json]

Every check of the server is on: FSYNC=always, hashing, validation, Host and Origin.
Exits with 1 when a ratio is below its target.

Examples:
  npm run bench:http
  npm run bench:http -- --rounds 7 --seconds 4 --json > http.json
`

const options = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '3' },
    connections: { type: 'string', default: '100' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
}).values

const Created = z.object({ id: z.string() })

const post = async (port: number, path: string, body: object): Promise<string> => {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  return Created.parse(await response.json()).id
}

const task = {
  title: 'Add export/import commands',
  description: 'Support bd export --format=jsonl and bd import for text-based git workflow',
  priority: 'high',
}

const run = async (ours: Subject, bare: Subject, stock: Subject): Promise<Row[]> => {
  const projectId = await post(ours.port, '/api/projects', { name: 'Bench' })
  const body = JSON.stringify({ projectId, ...task })
  const id = await post(ours.port, '/api/tasks', { projectId, ...task })
  const common = { connections: Number(options.connections), warmUp: 500, duration: Number(options.seconds) * 1000 }
  const loads = {
    'durable POST /api/tasks': { ...common, port: ours.port, method: 'POST', path: '/api/tasks', body },
    'GET /api/tasks/:id': { ...common, port: ours.port, method: 'GET', path: `/api/tasks/${id}` },
    'stock Express 5 POST echo': { ...common, port: stock.port, method: 'POST', path: '/echo', body },
    'bare node:http POST echo': { ...common, port: bare.port, method: 'POST', path: '/', body },
    'bare node:http GET': { ...common, port: bare.port, method: 'GET', path: '/' },
  } as const satisfies Record<string, Load>
  type Name = keyof typeof loads
  const names: Name[] = [
    'stock Express 5 POST echo',
    'durable POST /api/tasks',
    'bare node:http POST echo',
    'bare node:http GET',
    'GET /api/tasks/:id',
  ]
  const rates = new Map<Name, number[]>(names.map((name) => [name, []]))
  for (let round = 1; round <= Number(options.rounds); round += 1) {
    for (const name of names) {
      process.stderr.write(`round ${round} of ${options.rounds}: ${name}\n`)
      const { rate, failures } = await measure(loads[name])
      if (failures > 0) throw new Error(`${name}: ${failures} requests failed`)
      rates.get(name)?.push(rate)
    }
  }
  const compared = (name: Name): Compared => ({ name, rates: rates.get(name) ?? [] })
  const row = (name: Name, reference: Name, target: number): Row => rowOf(compared(name), compared(reference), target)
  return [
    row('durable POST /api/tasks', 'stock Express 5 POST echo', 1.5),
    row('durable POST /api/tasks', 'bare node:http POST echo', 0),
    row('GET /api/tasks/:id', 'bare node:http GET', 0.5),
  ]
}

const main = async (): Promise<number> => {
  if (options.help) {
    process.stdout.write(usage)
    return 0
  }
  const dataDir = await mkdtemp(join(tmpdir(), 'maestro-bench-'))
  const ours = await startSubject('../../dist/src/main.js', ['serve'], {
    PORT: '0',
    DATA_DIR: dataDir,
    FSYNC: 'always',
    LOG_FORMAT: 'json',
  })
  const bare = await startSubject('../servers/bare.ts')
  const stock = await startSubject('../servers/express.ts')
  const rows = await run(ours, bare, stock)
  await Promise.all([ours.stop(), bare.stop(), stock.stop()])
  await rm(dataDir, { recursive: true, force: true })
  process.stdout.write(options.json ? `${JSON.stringify({ machine: machine(), rows })}\n` : tableOf(rows))
  return rowsReached(rows) ? 0 : 1
}

process.exitCode = await main()
