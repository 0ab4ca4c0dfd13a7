import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { z } from 'zod'
import { apiOf, type Call } from '../../support/api.ts'
import { checkLog } from '../../support/check-log.ts'
import { makerOf, readerOf } from '../../support/entities.ts'
import {
  jsonOf,
  maestroLog,
  maestroLogProcess,
  RedactReport,
  verifyJson,
  writeLog,
} from '../../support/log-commands.ts'
import { scratchDirectory } from '../../support/scratch.ts'
import { type ServerProcess, startServerProcess } from '../../support/server-process.ts'
import { readTree } from '../../support/trees.ts'

const secret = 'hunter2 is the password'

let dataDir: string
beforeEach(async () => {
  dataDir = await scratchDirectory()
})

const serve = async (): Promise<{ server: ServerProcess; call: Call }> => {
  const server = await startServerProcess({ dataDir, env: { SEGMENT_BYTES: '65536', SNAPSHOT_RECORDS: '5' } })
  onTestFinished(async () => {
    await server.kill()
  })
  return { server, call: apiOf(server.url) }
}

const holding = async (): Promise<string[]> =>
  Object.entries(await readTree(dataDir))
    .filter(([, text]) => text.includes(secret))
    .map(([path]) => path)

const stateHashOf = async (): Promise<string> => {
  const { stdout } = await maestroLog(dataDir, 'fold')
  return z.object({ stateHash: z.string() }).parse(JSON.parse(stdout)).stateHash
}

describe('maestro log redact', () => {
  it('takes a secret out of a project for good, and a server goes on with it', async () => {
    const first = await serve()
    const make = makerOf(first.call)
    const { id } = await make.project()
    const task = await make.task(id)
    const answer = await first.call('POST', `/api/tasks/${task.id}/timeline`, { body: { message: secret } })
    const offset = String(answer.headers.get('maestro-offset'))
    const hash = String(answer.headers.get('maestro-hash'))
    for (let i = 0; i < 20; i += 1) await make.task(id, { description: 'x'.repeat(5000) })
    const words = ['redact', id, offset, '--path', '/entry/message', '--reason', 'a password', '--by', 'ada']

    // Beside the server one may look, and nothing more.
    const plan = await jsonOf(RedactReport, dataDir, words)
    expect(plan).toMatchObject({ code: 0, report: { status: 'planned', announcedAt: null, replacement: '[redacted]' } })
    const refused = await maestroLogProcess(dataDir, ...words, '--yes')
    expect({ code: refused.code, stdout: refused.stdout }).toEqual({ code: 1, stdout: '' })
    expect(refused.stderr).toContain(`is in use by process ${first.server.pid}, since `)
    expect(refused.stderr).toContain('Stop the server, redact, and start it again.')
    const { etag } = Object.fromEntries((await first.call('GET', `/api/tasks/${task.id}`)).headers)
    await first.server.stop()
    expect((await holding()).length).toBeGreaterThan(2)

    const done = await jsonOf(RedactReport, dataDir, [...words, '--yes'], maestroLogProcess)
    expect(done).toMatchObject({
      code: 0,
      report: {
        ...{ projectId: id, offset: Number(offset), type: 'task:timeline_added', status: 'done', announcedAt: 23 },
        ...{ entityFiles: [join('tasks', id, `${task.id}.json`)], elsewhere: { records: [], files: [] } },
      },
    })
    expect(done.report.snapshots.length).toBeGreaterThan(0)
    expect(await holding()).toEqual([])
    expect(await verifyJson(dataDir, ['--deep'])).toMatchObject({
      code: 0,
      projects: [{ status: 'ok', records: 24, others: [] }],
    })
    const dir = join(dataDir, 'log', id)
    const segments = (await readdir(dir)).filter((name) => name.endsWith('.jsonl')).sort()
    expect(segments.length).toBeGreaterThan(1)
    const check = await checkLog(
      segments.map((name) => join(dir, name)),
      await scratchDirectory(),
    )
    expect(check).toMatchObject({ code: 0, stdout: expect.stringContaining('good: 24 records') })
    const stateHash = await stateHashOf()
    expect((await maestroLog(dataDir, 'receipt', id, offset, hash)).stdout).toContain(
      '"/entry/message" was redacted by user ada, record 23',
    )

    const second = await serve()
    const { timeline } = await readerOf(second.call).task(task.id)
    expect(timeline.map(({ message }) => message)).toContain('[redacted]')
    // A cache that asks whether its copy is good is given another one.
    const asked = await second.call('GET', `/api/tasks/${task.id}`, { headers: { 'If-None-Match': String(etag) } })
    expect({ status: asked.status, etag: asked.headers.get('etag') }).toEqual({ status: 200, etag })
    await second.server.stop()
    expect(await stateHashOf()).toBe(stateHash)
    expect(await holding()).toEqual([])
    expect(await verifyJson(dataDir, ['--deep'])).toMatchObject({ code: 0, projects: [{ status: 'ok' }] })
  })

  it('tells people what it would do, where else the text stands, and what cannot be taken back', async () => {
    const id = await writeLog(dataDir, 'proj_a', (lines) => ({ 0: lines }))
    const words = ['redact', id, '3', '--path', '/title', '--reason', 'a token', '--by', 'ada']
    const plan = await maestroLog(dataDir, ...words)
    expect({ code: plan.code, stderr: plan.stderr }).toEqual({ code: 0, stderr: '' })
    expect(plan.stdout).toContain('proj_a: "/title" of record 3, task:created, would become "[redacted]".')
    expect(plan.stdout).toContain('Nothing has been changed. To do it, say the same with --yes.')
    expect(plan.stdout).not.toContain('Task 3')
    const done = await maestroLog(dataDir, ...words, '--yes')
    expect(done.stdout).toContain('proj_a: "/title" of record 3, task:created, is now "[redacted]".')
    expect(done.stdout).toMatch(/^record 9 +says what was redacted, by whom, and why$/m)
    expect(done.stdout).toContain('A secret that was given away is to be replaced by another one.')
    const again = await maestroLog(dataDir, ...words, '--yes')
    expect(again.stdout).toContain('is already "[redacted]"')
    expect((await maestroLog(dataDir, 'tail', id, '-n', '1')).stdout).toContain('user ada      record:redacted')
  })

  it('also finds the text in other records, in headers, and in copies', async () => {
    const first = await serve()
    const make = makerOf(first.call)
    const { id } = await make.project()
    const task = await make.task(id, { title: 'hunter2' })
    await first.call('PATCH', `/api/tasks/${task.id}`, {
      body: { description: 'hunter2!' },
      headers: { 'maestro-actor': 'hunter2', 'idempotency-key': 'k' },
    })
    await first.server.stop()
    const words = ['redact', id, '1', '--path', '/title', '--reason', 'a token']
    const { report } = await jsonOf(RedactReport, dataDir, words)
    expect(report.elsewhere).toEqual({
      records: [
        { offset: 2, part: 'header' },
        { offset: 2, part: 'data' },
      ],
      files: [],
    })
    const { stdout } = await maestroLog(dataDir, ...words)
    expect(stdout).toContain('in the data of record 2: redact it too')
    expect(stdout).toContain('in the header of record 2: it is part of the chain of hashes and cannot be taken out')
  })

  it('tells of copies in quarantine', async () => {
    const id = await writeLog(dataDir, 'proj_a', (lines) => ({ 0: [...lines, Buffer.from('Task 3, torn')] }))
    const words = ['redact', id, '3', '--path', '/title', '--reason', 'a token', '--yes']
    const { stdout } = await maestroLog(dataDir, ...words)
    expect(stdout).toContain(
      `in log/proj_a/quarantine/00000000000000000000-at-9.jsonl, a copy of what was damaged or torn`,
    )
    expect((await verifyJson(dataDir)).projects).toMatchObject([{ status: 'ok', records: 10 }])
  })

  it.each<[string[], number, string]>([
    [['3', '--path', '/title'], 2, '--reason says why'],
    [['3', '--path', '/title', '--reason', ' '], 2, '--reason says why'],
    [['3', '--reason', 'x'], 2, '--path says what to take out'],
    [
      ['3', '--path', '/titel', '--reason', 'x'],
      4,
      'Record 3, task:created, has no "/titel": there is "/taskId", "/title"',
    ],
    [['3', '--path', 'title', '--reason', 'x'], 2, '"title" is no JSON pointer'],
    [['3', '--path', '/taskId', '--reason', 'x'], 2, 'Record 3, task:created, needs its "/taskId"'],
    [['3', '--path', '/title', '--reason', 'it was Task 3'], 2, 'must not say what is taken out'],
    [['3', '--path', '/title', '--reason', 'x', '--by', 'Ada L.'], 2, '--by takes letters, digits, _ and -'],
    [['12', '--path', '/title', '--reason', 'x'], 4, 'has no record 12'],
    [['--path', '/title', '--reason', 'x'], 2, 'It takes <project> <offset>'],
  ])('says what is wrong, and changes nothing: %j', async (words, expected, message) => {
    const id = await writeLog(dataDir, 'proj_a', (lines) => ({ 0: lines }))
    const before = await readTree(dataDir)
    for (const flags of [[], ['--yes']]) {
      const { code, stdout, stderr } = await maestroLog(dataDir, 'redact', id, ...words, ...flags)
      expect({ code, stdout }).toEqual({ code: expected, stdout: '' })
      expect(stderr).toContain(message)
    }
    const { lock: _, ...after } = await readTree(dataDir)
    expect(after).toEqual(before)
  })

  it('of a damaged log is refused', async () => {
    const id = await writeLog(dataDir, 'proj_a', (lines) => ({ 0: [...lines, Buffer.from('rubbish\n')] }))
    const { code, stderr } = await maestroLog(dataDir, 'redact', id, '3', '--path', '/title', '--reason', 'x', '--yes')
    expect(code).toBe(8)
    expect(stderr).toContain('The log of project proj_a is damaged at record 9')
  })
})
