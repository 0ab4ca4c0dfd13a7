import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFile, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { projectDirectory, segmentName } from '../../../src/log/format.ts'
import { apiOf } from '../../support/api.ts'
import { makerOf } from '../../support/entities.ts'
import {
  jsonOf,
  ListReport,
  maestroLog,
  maestroLogProcess,
  ReceiptReport,
  ShowReport,
  verifyJson,
  writeLog,
} from '../../support/log-commands.ts'
import { scratchDirectory } from '../../support/scratch.ts'
import { startServerProcess } from '../../support/server-process.ts'

const holder = fileURLToPath(new URL('../../support/lock-holder.ts', import.meta.url))

let dataDir: string
beforeEach(async () => {
  dataDir = await scratchDirectory()
})

/** Another process that has the data directory, as a server does. */
const otherProcess = async (): Promise<ChildProcess> => {
  const child = spawn(process.execPath, ['--import', 'tsx', holder, dataDir], { stdio: ['pipe', 'pipe', 'inherit'] })
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  await once(child.stdout, 'data')
  return child
}

describe('beside a server under load', () => {
  it('logs verify at any time, deep or not, and every write is acknowledged', async () => {
    const server = await startServerProcess({ dataDir, env: { SEGMENT_BYTES: '65536', SNAPSHOT_RECORDS: '50' } })
    onTestFinished(async () => {
      await server.kill()
    })
    const call = apiOf(server.url)
    const make = makerOf(call)
    const projects = await Promise.all([make.project(), make.project()])
    const load = { over: false, writes: 0 }
    const writer = async (n: number): Promise<void> => {
      for (; !load.over; load.writes += 1) {
        const body = { projectId: projects[n % 2]?.id, title: `Task ${load.writes}`, description: 'x'.repeat(n * 500) }
        expect((await call('POST', '/api/tasks', { body })).status).toBe(201)
      }
    }
    const writers = Array.from({ length: 8 }, (_, n) => writer(n))
    let records = 0
    try {
      for (const words of [[], ['--deep'], [], ['--deep']]) {
        const report = await verifyJson(dataDir, words, maestroLogProcess)
        expect(report).toMatchObject({ code: 0, projects: [{ status: 'ok' }, { status: 'ok' }] })
        const seen = report.projects.reduce((sum, one) => sum + one.records, 0)
        expect(seen).toBeGreaterThan(records)
        records = seen
      }
    } finally {
      load.over = true
      await Promise.all(writers)
    }
    await server.stop()
    const { code, projects: after } = await verifyJson(dataDir, ['--deep'])
    expect(code).toBe(0)
    expect(after.reduce((sum, one) => sum + one.records, 0)).toBe(load.writes + projects.length)
    const snapshots = after.flatMap((one) => one.snapshots.map(({ status }) => status))
    expect(new Set(snapshots)).toEqual(new Set(['ok']))
  })
})

describe('beside a server that writes', () => {
  it('every record that it has told of is found, by every command that looks', async () => {
    const server = await startServerProcess({ dataDir, env: { SEGMENT_BYTES: '65536', SNAPSHOT_RECORDS: '20' } })
    onTestFinished(async () => {
      await server.kill()
    })
    const call = apiOf(server.url)
    const { id } = await makerOf(call).project()
    const load = { over: false }
    const writer = async (): Promise<void> => {
      const body = { projectId: id, title: 'x', description: 'x'.repeat(2000) }
      while (!load.over) await call('POST', '/api/tasks', { body })
    }
    const writers = Array.from({ length: 4 }, writer)
    try {
      for (let i = 0; i < 4; i += 1) {
        const { headers } = await call('POST', '/api/tasks', { body: { projectId: id, title: `Told of ${i}` } })
        const [offset, hash] = [String(headers.get('maestro-offset')), String(headers.get('maestro-hash'))]
        expect(await jsonOf(ReceiptReport, dataDir, ['receipt', id, offset, hash])).toMatchObject({
          ...{ code: 0, report: { status: 'kept' } },
        })
        expect(await jsonOf(ShowReport, dataDir, ['show', id, offset])).toMatchObject({
          ...{
            code: 0,
            report: { record: { hash }, effects: [{ change: 'created', after: { title: `Told of ${i}` } }] },
          },
        })
        const { code, stdout } = await maestroLog(dataDir, 'tail', id, '--from', offset, '--json')
        expect({ code, first: JSON.parse(stdout.split('\n')[0] ?? '').hash }).toEqual({ code: 0, first: hash })
        const listed = await jsonOf(ListReport, dataDir, ['list'])
        expect(listed).toMatchObject({ code: 0, report: { projects: [{ status: 'ok', name: 'Apollo' }] } })
        expect(listed.report.projects[0]?.records).toBeGreaterThan(Number(offset))
      }
    } finally {
      load.over = true
      await Promise.all(writers)
    }
  })
})

describe('an incomplete last line', () => {
  it('is being written while a process has the directory, and torn when that is dead', async () => {
    const id = await writeLog(dataDir, 'proj_a', (lines) => ({ 0: lines }))
    const segment = join(projectDirectory(dataDir, id), segmentName(0))
    await appendFile(segment, '{"v":1,"offset":9,')
    const child = await otherProcess()
    expect(await verifyJson(dataDir)).toMatchObject({
      code: 0,
      projects: [{ status: 'ok', records: 9, tail: { offset: 9, bytes: 18 } }],
    })
    child.kill('SIGKILL')
    await once(child, 'close')
    expect(await readFile(join(dataDir, 'lock'), 'utf8')).toContain(`"pid":${child.pid}`)
    expect(await verifyJson(dataDir)).toMatchObject({
      code: 0,
      projects: [{ status: 'torn', records: 9, tail: { offset: 9, bytes: 18 } }],
    })
  })
})

describe('a repair', () => {
  it('is refused beside a running server, with or without --yes, and says what to do', async () => {
    const id = await writeLog(dataDir, 'proj_a', (lines) => ({ 0: [...lines, Buffer.from('rubbish\n')] }))
    const child = await otherProcess()
    const exits = await Promise.all([[], ['--yes']].map((flags) => maestroLogProcess(dataDir, 'repair', id, ...flags)))
    for (const { code, stdout, stderr } of exits) {
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
      expect(stderr).toContain(`is in use by process ${child.pid}, since `)
      expect(stderr).toContain('Stop the server, repair, and start it again.')
    }
    expect(await verifyJson(dataDir)).toMatchObject({ code: 8, projects: [{ status: 'damaged' }] })
  })
})
