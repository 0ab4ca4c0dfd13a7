import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import type { ProjectId, Task } from '../../../events/index.ts'
import { projectDirectory } from '../../../src/log/format.ts'
import { apiOf } from '../../support/api.ts'
import { makerOf, readerOf, refusalIn } from '../../support/entities.ts'
import { maestroLog, maestroLogProcess, repairJson, verifyJson, writeLog } from '../../support/log-commands.ts'
import { scratchDirectory } from '../../support/scratch.ts'
import { type ServerProcess, startServerProcess } from '../../support/server-process.ts'
import { readTree } from '../../support/trees.ts'

let dataDir: string
beforeEach(async () => {
  dataDir = await scratchDirectory()
})

/** All files but the lock, which every holder writes to. */
const files = async () => {
  const { lock: _, ...rest } = await readTree(dataDir)
  return rest
}

const serve = async (): Promise<ServerProcess> => {
  const server = await startServerProcess({ dataDir, env: { SEGMENT_BYTES: '4096' } })
  onTestFinished(async () => {
    await server.kill()
  })
  return server
}

/** A project of twenty tasks that a server has made, over several segments. */
const servedProject = async (): Promise<{ id: ProjectId; tasks: readonly Task[] }> => {
  const server = await serve()
  const make = makerOf(apiOf(server.url))
  const { id } = await make.project()
  const tasks: Task[] = []
  for (let i = 0; i < 20; i += 1) tasks.push(await make.task(id, { title: `Task number ${i}` }))
  await server.kill()
  return { id, tasks }
}

/** Changes a byte in the record that has some text in it. */
const damage = async (id: ProjectId, text: string): Promise<void> => {
  const dir = projectDirectory(dataDir, id)
  for (const name of await readdir(dir)) {
    if (!name.endsWith('.jsonl')) continue
    const content = await readFile(join(dir, name), 'utf8')
    await writeFile(join(dir, name), content.replace(text, text.replace('T', 't')))
  }
}

describe('a project that was quarantined', () => {
  it('is repaired after a look at the plan, and takes writes again with everything before the damage', async () => {
    const { id, tasks } = await servedProject()
    await damage(id, 'Task number 9"')

    const quarantined = await serve()
    const call = apiOf(quarantined.url)
    expect((await call('GET', '/health')).body).toMatchObject({ status: 'degraded', reasons: [{ offset: 10 }] })
    expect(refusalIn(await call('POST', '/api/tasks', { body: { projectId: id, title: 'A' } })).code).toBe(
      'PROJECT_QUARANTINED',
    )
    await quarantined.stop()

    const before = await files()
    const plan = await maestroLogProcess(dataDir, 'repair', id)
    expect({ code: plan.code, stderr: plan.stderr }).toEqual({ code: 8, stderr: '' })
    for (const words of [
      `${id}: damaged at record 10, byte `,
      'Lost: every record from 10 on.',
      'Acknowledged, for certain: records 10 to 19.',
      '10 records can still be read, up to 20.',
      'Would remain: 10 records, ',
      `Nothing has been changed. To do it: maestro log repair ${id} --yes`,
    ]) {
      expect(plan.stdout).toContain(words)
    }
    expect(await files()).toEqual(before)

    const done = await maestroLogProcess(dataDir, 'repair', id, '--yes')
    expect({ code: done.code, stderr: done.stderr }).toEqual({ code: 0, stderr: '' })
    expect(done.stdout).toContain('Remains: 10 records, ')
    const after = await files()
    const logOf = (tree: Readonly<Record<string, string>>): string =>
      Object.entries(tree)
        .filter(([path]) => /^log\/[^/]+\/\d+\.jsonl$/.test(path))
        .map(([, text]) => text)
        .join('')
    const copies = Object.entries(after).filter(([path]) => path.includes('/quarantine/'))
    for (const [path] of copies) expect(done.stdout).toContain(join(dataDir, path))
    expect(logOf(after) + copies.map(([, text]) => text).join('')).toBe(logOf(before))

    const server = await serve()
    const repaired = apiOf(server.url)
    expect((await repaired('GET', '/health')).body).toMatchObject({ status: 'ok' })
    const read = readerOf(repaired)
    for (const task of tasks.slice(0, 9)) expect(await read.task(task.id)).toEqual(task)
    expect((await repaired('GET', `/api/tasks/${tasks[9]?.id}`)).status).toBe(404)
    await makerOf(repaired).task(id, { title: 'After the repair' })
    await server.stop()
    expect(await verifyJson(dataDir, ['--deep'])).toMatchObject({ code: 0, projects: [{ status: 'ok', records: 11 }] })
  })

  it('loses the snapshots that know more than what is left, and keeps copies of them', async () => {
    const { id, tasks } = await servedProject()
    await (await serve()).stop()
    await damage(id, 'Task number 9"')
    const report = await repairJson(dataDir, [id])
    expect(report).toMatchObject({
      code: 8,
      status: 'damaged',
      damage: { offset: 10, opensFrom: 21, acknowledged: 21 },
    })
    expect((await maestroLog(dataDir, 'repair', id)).stdout).toContain('A server still works with this project')

    const { code, copies } = await repairJson(dataDir, [id, '--yes'])
    expect(code).toBe(0)
    expect(copies.at(-1)).toContain('/quarantine/snapshot-00000000000000000021-at-10.json')
    const server = await serve()
    const call = apiOf(server.url)
    expect((await call('GET', `/api/tasks/${tasks[8]?.id}`)).status).toBe(200)
    expect((await call('GET', `/api/tasks/${tasks[9]?.id}`)).status).toBe(404)
  })
})

describe('a repair', () => {
  it('of a torn write does what the next start would do', async () => {
    const id = await writeLog(dataDir, 'proj_torn', (lines) => ({ 0: [...lines, Buffer.from('{"v":1,"offs')] }))
    const before = await files()
    expect(await repairJson(dataDir, [id])).toMatchObject({ code: 0, status: 'torn', done: false, tail: { bytes: 12 } })
    expect((await maestroLog(dataDir, 'repair', id)).stdout).toContain('A server does the same at its next start.')
    expect(await files()).toEqual(before)
    expect(await repairJson(dataDir, [id, '--yes'])).toMatchObject({ code: 0, status: 'torn', done: true })
    expect(await verifyJson(dataDir)).toMatchObject({ projects: [{ status: 'ok', records: 9 }] })
    expect(Object.values(await files())).toContain('{"v":1,"offs')
  })

  it('of a good log does nothing, however often', async () => {
    const id = await writeLog(dataDir, 'proj_good', (lines) => ({ 0: lines }))
    const before = await files()
    expect(await repairJson(dataDir, [id, '--yes'])).toMatchObject({ code: 0, status: 'ok', done: false, takes: [] })
    expect((await maestroLog(dataDir, 'repair', id)).stdout).toBe(
      'proj_good: nothing to repair. All 9 records are good.\n',
    )
    expect(await files()).toEqual(before)
  })

  it('may leave nothing, and says so', async () => {
    const id = await writeLog(dataDir, 'proj_lost', (lines) => ({ 0: [Buffer.from('x'), ...lines] }))
    const { code, stdout } = await maestroLog(dataDir, 'repair', id, '--yes')
    expect(code).toBe(0)
    expect(stdout).toContain('Remains: nothing. The project is gone with its first record.')
    const server = await serve()
    expect((await apiOf(server.url)('GET', '/api/projects')).body).toEqual([])
  })
})
