import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { apiOf } from '../../support/api.ts'
import { makerOf, readerOf } from '../../support/entities.ts'
import { textWhen } from '../../support/files.ts'
import {
  ExportReport,
  ImportReport,
  jsonOf,
  maestroLog,
  maestroLogProcess,
  verifyJson,
  writeLog,
} from '../../support/log-commands.ts'
import { startMaestro } from '../../support/maestro-process.ts'
import { scratchDirectory } from '../../support/scratch.ts'
import { type ServerProcess, startServerProcess } from '../../support/server-process.ts'
import { shell } from '../../support/shell.ts'
import { readTree } from '../../support/trees.ts'

let dataDir: string
/** Where things go. */
let elsewhere: string
beforeEach(async () => {
  dataDir = await scratchDirectory()
  elsewhere = await scratchDirectory()
})

const serve = async (dir: string): Promise<ServerProcess> => {
  const server = await startServerProcess({ dataDir: dir, env: { SEGMENT_BYTES: '65536' } })
  onTestFinished(async () => {
    await server.kill()
  })
  return server
}

describe('a project', () => {
  it('goes to another server by export and import, with everything that was ever told of it', async () => {
    const server = await serve(dataDir)
    const call = apiOf(server.url)
    const make = makerOf(call)
    const { id } = await make.project({ name: 'Apollo' })
    const receipts: Array<readonly [string, string]> = []
    for (let i = 0; i < 30; i += 1) {
      const body = { projectId: id, title: `Task ${i}`, description: 'x'.repeat(5000) }
      const { headers } = await call('POST', '/api/tasks', { body })
      receipts.push([headers.get('maestro-offset') ?? '', headers.get('maestro-hash') ?? ''])
    }
    const session = await make.session(id, { name: 'Ada' })
    const tasks = (await call('GET', `/api/tasks?projectId=${id}`)).body

    const file = join(elsewhere, 'project.jsonl')
    const { code, report } = await jsonOf(ExportReport, dataDir, ['export', id, '-o', file])
    expect(code).toBe(0)
    expect(report).toMatchObject({
      projectId: id,
      format: 'jsonl',
      file,
      from: 0,
      records: 32,
      whole: true,
      head: { offset: 32 },
    })
    expect((await readFile(file)).length).toBe(report.bytes)
    expect(await readdir(elsewhere)).toEqual(['project.jsonl'])
    await server.stop()

    const target = join(elsewhere, 'new', 'data')
    const imported = await jsonOf(ImportReport, target, ['import', file])
    expect(imported).toMatchObject({
      code: 0,
      report: { dataDir: target, projectId: id, records: 32, head: report.head },
    })
    expect(await verifyJson(target, ['--deep'])).toMatchObject({
      code: 0,
      projects: [{ status: 'ok', records: 32 }],
      others: [],
    })

    const other = await serve(target)
    const there = apiOf(other.url)
    expect((await there('GET', `/api/tasks?projectId=${id}`)).body).toEqual(tasks)
    expect(await readerOf(there).session(session.id)).toEqual(session)
    await makerOf(there).task(id, { title: 'It goes on' })
    await other.stop()
    for (const receipt of receipts) expect((await maestroLog(target, 'receipt', id, ...receipt)).code).toBe(0)
    const { stdout } = await maestroLog(target, 'export', id)
    const [text, whole] = [await readFile(file, 'utf8'), stdout]
    expect(whole.split('\n').slice(0, 32)).toEqual(text.split('\n').slice(0, 32))
    expect(Object.keys(await readTree(join(target, 'tasks', id)))).toHaveLength(31)
  })

  it('can be exported at any time beside a server under load', async () => {
    const server = await serve(dataDir)
    const call = apiOf(server.url)
    const { id } = await makerOf(call).project()
    const load = { over: false }
    const writer = async (): Promise<void> => {
      while (!load.over)
        await call('POST', '/api/tasks', { body: { projectId: id, title: 'x', description: 'x'.repeat(900) } })
    }
    const writers = Array.from({ length: 4 }, writer)
    let records = 0
    for (let i = 0; i < 3; i += 1) {
      const { code, stdout, stderr } = await maestroLogProcess(
        dataDir,
        'export',
        id,
        '--format',
        i === 1 ? 'json' : 'jsonl',
      )
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      const file = join(elsewhere, `${i}`)
      await writeFile(file, stdout)
      const { report } = await jsonOf(ImportReport, join(elsewhere, `data-${i}`), ['import', file])
      expect(report.records).toBeGreaterThan(records)
      records = report.records
    }
    load.over = true
    await Promise.all(writers)
  })
})

describe('an export', () => {
  it('goes through pipes, and is the same behind them', async () => {
    const id = await writeLog(dataDir, 'proj_a', (lines) => ({ 0: lines.slice(0, 4), 4: lines.slice(4) }))
    const packed = join(elsewhere, 'a.gz')
    const there = join(elsewhere, 'data')
    const line = `maestro log export ${id} | gzip > ${packed} && gunzip < ${packed} | maestro log import - --data-dir ${there}`
    const { code, stdout, stderr } = await shell(dataDir, line)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/^proj_a: imported 9 records, \d\.\d kB\. Head: 9:[0-9a-f]{64}\n$/)
    expect((await maestroLog(there, 'export', id)).stdout).toBe(String(gunzipSync(await readFile(packed))))
  })

  it('says what it wrote to a file', async () => {
    const id = await writeLog(dataDir, 'proj_a', (lines) => ({ 0: lines }))
    const file = join(elsewhere, 'a')
    expect((await maestroLog(dataDir, 'export', id, '-o', file)).stdout).toMatch(
      new RegExp(`^${file}: 9 records, \\d\\.\\d kB, the whole log\\. Head: 9:[0-9a-f]{64}\n$`),
    )
    expect((await maestroLog(dataDir, 'export', id, '--to', '3', '--from', '2', '-o', file)).stdout).toContain(
      '2 records, ',
    )
    expect((await maestroLog(dataDir, 'export', id, '--to', '3', '--from', '2', '-o', file)).stdout).toContain(
      ', records 2 to 3. ',
    )
  })

  it('of a damaged log leaves the file as it was', async () => {
    const id = await writeLog(dataDir, 'proj_a', (lines) => ({ 0: [...lines, Buffer.from('rubbish\n')] }))
    const file = join(elsewhere, 'a.jsonl')
    await writeFile(file, 'yesterday')
    const { code, stdout, stderr } = await maestroLog(dataDir, 'export', id, '--output', file)
    expect({ code, stdout }).toEqual({ code: 8, stdout: '' })
    expect(stderr).toContain('The log of project proj_a is damaged at record 9')
    expect(await readTree(elsewhere)).toEqual({ 'a.jsonl': 'yesterday' })
    expect((await maestroLog(dataDir, 'export', id, '--to', '8')).code).toBe(0)
  })

  it.each<[string[], number, string]>([
    [['--format', 'xml'], 2, '--format takes jsonl, json, csv'],
    [['--json'], 2, 'name it with --output'],
    [['--from', '9'], 4, 'has no records there'],
    [['--output', '/nowhere/file'], 1, '/nowhere/file cannot be written'],
  ])('says what is wrong: %j', async (words, expected, message) => {
    const id = await writeLog(dataDir, 'proj_a', (lines) => ({ 0: lines }))
    const { code, stdout, stderr } = await maestroLog(dataDir, 'export', id, ...words)
    expect({ code, stdout }).toEqual({ code: expected, stdout: '' })
    expect(stderr).toContain(message)
  })
})

describe('an import', () => {
  const exportOf = async (name: string): Promise<string> => {
    const from = await scratchDirectory()
    await writeLog(from, name, (lines) => ({ 0: lines }))
    const file = join(elsewhere, `${name}.jsonl`)
    await maestroLog(from, 'export', name, '-o', file)
    return file
  }

  it('is refused while a server has the directory, and says which', async () => {
    const file = await exportOf('proj_a')
    const server = await serve(dataDir)
    const { code, stdout, stderr } = await maestroLog(dataDir, 'import', file)
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toContain(`is in use by process ${server.pid}, since `)
    expect(stderr).toContain('Stop the server, import, and start it again.')
    expect(await readdir(join(dataDir, 'log'))).toEqual([])
  })

  it('of what is there already is refused', async () => {
    const file = await exportOf('proj_a')
    await maestroLog(dataDir, 'import', file)
    const before = await readTree(dataDir)
    const { code, stderr } = await maestroLog(dataDir, 'import', file)
    expect(code).toBe(1)
    expect(stderr).toContain(`Project proj_a is there already: ${join(dataDir, 'log', 'proj_a')}`)
    expect(await readTree(dataDir)).toEqual(before)
  })

  it.each<[string, string[], number, string]>([
    ['no file', ['/nowhere/a.jsonl'], 4, 'There is no file /nowhere/a.jsonl'],
    ['a directory', ['/'], 1, '/ cannot be read'],
    ['no word', [], 2, 'It takes <file>'],
    ['a head that is none', ['a', '--head', '5'], 2, '--head takes the head of the log, <offset>:<hash>'],
  ])('says what is wrong with %s', async (_, words, expected, message) => {
    const { code, stderr } = await maestroLog(dataDir, 'import', ...words)
    expect(code).toBe(expected)
    expect(stderr).toContain(message)
  })

  it('of segments as they are needs to be told where they end', async () => {
    const id = await writeLog(dataDir, 'proj_a', (lines) => ({ 0: lines.slice(0, 4), 4: lines.slice(4) }))
    const lines = Object.values(await readTree(join(dataDir, 'log', id)))
    const file = join(elsewhere, 'a.jsonl')
    await writeFile(file, lines.join(''))
    const there = join(elsewhere, 'data')
    expect(await maestroLog(there, 'import', file)).toMatchObject({
      code: 8,
      stderr: expect.stringContaining('a part of a log'),
    })
    const head = `9:${JSON.parse(lines.join('').trimEnd().split('\n').at(-1) ?? '').hash}`
    expect((await maestroLog(there, 'import', file, '--head', head)).code).toBe(0)
  })

  /** An import that has taken half of an export, and waits for the rest. */
  const halfImport = async () => {
    const text = await readFile(await exportOf('proj_a'), 'utf8')
    await mkdir(join(dataDir, 'log'))
    const half = startMaestro(['log', 'import', '-'], dataDir)
    half.write(text.slice(0, text.length / 2))
    await textWhen(
      join(dataDir, 'log', '.incoming', '00000000000000000000.jsonl'),
      (found): found is string => found !== undefined && found !== '',
    )
    return { half, text }
  }

  it('that Ctrl-C ends leaves nothing, and exits with 130', async () => {
    const { half } = await halfImport()
    half.kill('SIGINT')
    expect(await half.ended).toEqual({ code: 130, signal: null, stderr: '' })
    expect(await readTree(dataDir)).toEqual({ lock: '' })
    expect(await readdir(join(dataDir, 'log'))).toEqual([])
  })

  it('that is killed leaves nothing that a server takes for a project, and nothing that is in the way', async () => {
    const { half, text } = await halfImport()
    half.kill('SIGKILL')
    await half.ended
    expect(await readdir(join(dataDir, 'log'))).toEqual(['.incoming'])
    expect(await verifyJson(dataDir)).toMatchObject({ code: 0, projects: [], others: ['.incoming'] })
    const server = await serve(dataDir)
    expect((await apiOf(server.url)('GET', '/api/projects')).body).toEqual([])
    await server.stop()
    const file = join(elsewhere, 'again.jsonl')
    await writeFile(file, text)
    expect((await maestroLog(dataDir, 'import', file)).code).toBe(0)
    expect(await readdir(join(dataDir, 'log'))).toEqual(['proj_a'])
  })
})
