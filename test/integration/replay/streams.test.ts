import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { promisify } from 'node:util'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { apiOf } from '../../support/api.ts'
import { makerOf, readerOf } from '../../support/entities.ts'
import { eventfulHistory, maestroLogTool as maestro, writeHistory } from '../../support/log-tools.ts'
import { scratchDirectory } from '../../support/scratch.ts'
import { builtProgram, environment, startServerProcess } from '../../support/server-process.ts'
import { BisectShape, BlameShape, HistoryShape, StateShape } from './shapes.ts'

const events = eventfulHistory()

let dataDir: string
beforeEach(async () => {
  dataDir = await scratchDirectory()
})

describe('an output', () => {
  beforeEach(() => writeHistory(dataDir, events))

  const shell = async (line: string) => {
    const script = `maestro() { '${process.execPath}' '${builtProgram}' "$@"; }\n${line}`
    const { stdout, stderr } = await promisify(execFile)('bash', ['-o', 'pipefail', '-c', script], {
      env: environment({ dataDir }),
    })
    return { lines: stdout.split('\n').length - 1, stderr }
  }

  it.each([
    'replay proj_p',
    'replay proj_p --json',
    'replay proj_p --speed max',
    'history proj_p',
    'history task_a --json',
    'blame proj_p',
    'diff proj_p 0 60',
    'audit proj_p',
    `bisect proj_p --where 'tasks.size() > 4'`,
  ])('of which only the beginning is read ends quietly: %s', async (words) => {
    expect(await shell(`maestro log ${words} | head -1`)).toEqual({ lines: 1, stderr: '' })
  })

  it('that is played ends at once with Ctrl-C', async () => {
    const child = spawn(
      process.execPath,
      [builtProgram, 'log', 'replay', 'proj_p', '--speed', '0.001', '--idle', '1000'],
      { env: environment({ dataDir }), stdio: ['ignore', 'pipe', 'pipe'] },
    )
    onTestFinished(() => void child.kill('SIGKILL'))
    const [first] = await once(child.stdout, 'data')
    expect(String(first)).toContain('somebody created the project')
    child.kill('SIGINT')
    expect(await once(child, 'close')).toEqual([null, 'SIGINT'])
  })
})

describe('beside a server that goes on writing', () => {
  it('every command tells what was true at some moment, and the server is not disturbed', async () => {
    const server = await startServerProcess({ dataDir, env: { SEGMENT_BYTES: '65536', SNAPSHOT_RECORDS: '50' } })
    onTestFinished(async () => void (await server.kill()))
    const call = apiOf(server.url)
    const make = makerOf(call)
    const { id } = await make.project()
    const task = await make.task(id, { title: 'Watched' })
    const load = { over: false, writes: 0 }
    const writer = async (): Promise<void> => {
      for (; !load.over; load.writes += 1) {
        const body = { status: load.writes % 2 === 0 ? 'in_progress' : 'pending' }
        expect((await call('PATCH', `/api/tasks/${task.id}`, { body })).status).toBe(200)
        await make.task(id, { title: `Task ${load.writes}`, description: 'x'.repeat(500) })
      }
    }
    const writing = writer()
    const ask = async (name: string, ...words: readonly string[]): Promise<unknown> => {
      const { code, stdout } = await maestro(dataDir, name, ...words, '--json')
      expect(code).toBe(0)
      return JSON.parse(stdout)
    }
    let known = 0
    try {
      for (let round = 0; round < 2; round += 1) {
        const then = StateShape.parse(await ask('replay', id))
        expect(then.offset).toBeGreaterThan(known)
        known = then.offset
        expect(StateShape.parse(await ask('replay', id, '--to', String(known))).stateHash).toBe(then.stateHash)
        const { entries } = HistoryShape.parse(await ask('history', task.id))
        expect(entries.length).toBeGreaterThan(2)
        const { fields } = BlameShape.parse(await ask('blame', task.id))
        expect(fields.find(({ field }) => field === 'status')?.offset).toBeGreaterThan(1)
        expect(BisectShape.parse(await ask('bisect', id, '--where', 'tasks.size() > 1'))).toMatchObject({ found: true })
      }
    } finally {
      load.over = true
      await writing
    }
    const last = await readerOf(call).task(task.id)
    // Whoever asks the server gets the same answers.
    const answers = async (path: string): Promise<unknown> => (await call('GET', `/api/${path}`)).body
    expect(await ask('replay', id, '--to', '9')).toEqual(await answers(`projects/${id}/state?at=9`))
    expect(await ask('diff', id, '3', '9')).toEqual(await answers(`projects/${id}/diff?from=3&to=9`))
    expect(await ask('audit', id)).toEqual(await answers(`projects/${id}/audit`))
    const { entries } = HistoryShape.parse(await ask('history', task.id))
    expect(await answers(`tasks/${task.id}/history?limit=3`)).toMatchObject({ entries: entries.slice(0, 3) })
    await server.stop()
    const after = StateShape.parse(await ask('replay', id))
    expect(after.tasks.find((one) => one.id === task.id)).toEqual(last)
    expect(after.tasks).toHaveLength(load.writes + 1)
  })
})
