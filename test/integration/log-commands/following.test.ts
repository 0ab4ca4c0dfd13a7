import { mkdir, readFile, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { start } from '../../../events/index.ts'
import { projectDirectory, segmentName } from '../../../src/log/format.ts'
import { nodeFileSystem } from '../../../src/platform/node-file-system.ts'
import { apiOf, type Call } from '../../support/api.ts'
import { makerOf } from '../../support/entities.ts'
import { maestroLog, writeLog } from '../../support/log-commands.ts'
import { appendAll, drafts, fileLog, replayed } from '../../support/logs.ts'
import { startMaestro } from '../../support/maestro-process.ts'
import { scratchDirectory } from '../../support/scratch.ts'
import { type ServerProcess, startServerProcess } from '../../support/server-process.ts'
import { shell } from '../../support/shell.ts'

let dataDir: string
beforeEach(async () => {
  dataDir = await scratchDirectory()
})

const serve = async (): Promise<{ server: ServerProcess; call: Call }> => {
  const server = await startServerProcess({ dataDir, env: { SEGMENT_BYTES: '65536' } })
  onTestFinished(async () => {
    await server.kill()
  })
  return { server, call: apiOf(server.url) }
}

describe('maestro log tail -f', () => {
  it('shows every record as it is written, over segments, and lets the server work', async () => {
    const { server, call } = await serve()
    const make = makerOf(call)
    const { id } = await make.project({ name: 'Apollo' })
    const tail = startMaestro(['log', 'tail', id, '-f', '--json'], dataDir)
    expect(JSON.parse(await tail.next())).toMatchObject({ type: 'project:created', offset: 0 })
    for (let offset = 1; offset <= 40; offset += 1) {
      await make.task(id, { title: `Task ${offset}`, description: 'x'.repeat(5000) })
      // Read in batches, so that now and then several records have come.
      if (offset % 4 !== 0) continue
      for (let expected = offset - 3; expected <= offset; expected += 1) {
        expect(JSON.parse(await tail.next())).toMatchObject({
          projectId: id,
          offset: expected,
          data: { title: `Task ${expected}` },
        })
      }
    }
    const segments = (await nodeFileSystem.list(join(dataDir, 'log', id))).filter(({ name }) => name.endsWith('.jsonl'))
    expect(segments.length).toBeGreaterThan(2)
    tail.kill('SIGINT')
    expect(await tail.ended).toEqual({ code: null, signal: 'SIGINT', stderr: '' })
    await server.stop()
  })

  it('of all projects shows also those that come', async () => {
    const tail = startMaestro(['log', 'tail', 'all', '-f'], dataDir)
    const { call } = await serve()
    const make = makerOf(call)
    const first = await make.project({ name: 'Apollo' })
    expect(await tail.next()).toContain(
      `${first.id}       0  user          project:created      created project "Apollo"`,
    )
    const second = await make.project({ name: 'Gemini' })
    expect(await tail.next()).toContain(`${second.id}       0  user`)
    await make.task(first.id, { title: 'Build it' })
    expect(await tail.next()).toContain(`${first.id}       1  user          task:created         created task_`)
  })

  it('shows only what is wanted', async () => {
    const { call } = await serve()
    const make = makerOf(call)
    const { id } = await make.project()
    const [one, two] = [await make.task(id), await make.task(id)]
    const words = ['--entity', two.id, '--type', 'task:updated', '--from', '0']
    const tail = startMaestro(['log', 'tail', id, '-f', ...words], dataDir)
    for (const status of ['in_progress', 'blocked', 'completed']) {
      for (const task of [one, two]) await call('PATCH', `/api/tasks/${task.id}`, { body: { status } })
    }
    await call('PATCH', `/api/tasks/${two.id}`, { body: { title: 'Over' } })
    let line = ''
    while (!line.includes('"Over"')) {
      line = await tail.next()
      expect(line).toContain(two.id)
    }
  })

  it('ends with the first line that nobody reads', async () => {
    const { call } = await serve()
    const make = makerOf(call)
    const { id } = await make.project()
    const piped = shell(dataDir, 'maestro log tail all -f | head -n 1')
    let writing = true
    const writer = (async () => {
      while (writing) await make.task(id)
    })()
    const { code, stdout, stderr } = await piped
    writing = false
    await writer
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout.split('\n')).toHaveLength(2)
  })

  it('goes on when a record before was redacted', async () => {
    const id = await writeLog(dataDir, 'proj_a', (lines) => ({ 0: lines }))
    const tail = startMaestro(['log', 'tail', id, '-f', '-n', '1'], dataDir)
    expect(await tail.next()).toContain('"Task 8"')
    const { code } = await maestroLog(
      dataDir,
      'redact',
      id,
      '3',
      '--path',
      '/title',
      '--reason',
      'a token',
      '--by',
      'ada',
      '--yes',
    )
    expect(code).toBe(0)
    expect(await tail.next()).toContain(
      '9  user ada      record:redacted      redacted "/title" of record 3: "a token"',
    )
    const log = await fileLog(nodeFileSystem, dataDir)
    await replayed(log, start, id)
    await appendAll(log, drafts(1, 10, id), id)
    await log.close()
    expect(await tail.next()).toContain('"Task 10"')
  })

  it('ends with 8 when the log becomes shorter, or another one', async () => {
    const id = await writeLog(dataDir, 'proj_a', (lines) => ({ 0: lines }))
    const segment = join(projectDirectory(dataDir, id), segmentName(0))
    const tail = startMaestro(['log', 'tail', id, '-f', '-n', '1'], dataDir)
    await tail.next()
    const text = await readFile(segment, 'utf8')
    await truncate(segment, text.lastIndexOf('\n', text.length - 2) + 1)
    const { code, stderr } = await tail.ended
    expect(code).toBe(8)
    expect(stderr).toContain('The log of project proj_a is another one, or shorter, since 9 was read')
  })

  it('waits where there is nothing yet', async () => {
    await mkdir(join(dataDir, 'log'))
    await writeFile(join(dataDir, 'log', 'notes'), '')
    const tail = startMaestro(['log', 'tail', '-f'], dataDir)
    await writeLog(dataDir, 'proj_a', (lines) => ({ 0: lines.slice(0, 2) }))
    expect(await tail.next()).toContain('"Task 0"')
    expect(await tail.next()).toContain('"Task 1"')
    tail.kill('SIGTERM')
    expect(await tail.ended).toEqual({ code: null, signal: 'SIGTERM', stderr: '' })
  })
})
