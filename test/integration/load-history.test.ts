import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it, onTestFinished } from 'vitest'
import { z } from 'zod'
import { packageRoot } from '../../src/platform/package-root.ts'
import { loadHistoryCommand } from '../../tools/load-history/command.ts'
import { idOf } from '../support/api.ts'
import { runCommand } from '../support/run-command.ts'
import { scratchDirectory } from '../support/scratch.ts'
import { startServerProcess } from '../support/server-process.ts'
import { sharedServer } from '../support/shared-server.ts'
import { created } from '../support/source-changes.ts'

const server = sharedServer()

const loadHistory = (...args: readonly string[]) => runCommand(loadHistoryCommand, ['--url', server.url, ...args])

const Totals = z.looseObject({
  origin: z.object({ kind: z.string(), seed: z.int().optional() }),
  projectId: z.string(),
  changes: z.int(),
  requests: z.record(z.string(), z.int()),
  replayed: z.int(),
  tasks: z.object({ created: z.int(), updated: z.int(), deleted: z.int() }),
})

const totalsIn = ({ code, stdout, stderr }: Awaited<ReturnType<typeof loadHistory>>) => {
  expect(code, stderr).toBe(0)
  const totals = Totals.parse(JSON.parse(stdout))
  return { ...totals, sent: Object.values(totals.requests).reduce((sum, count) => sum + count, 0) }
}

const taskCount = async (projectId: string): Promise<number> => {
  const { body } = await server.call('GET', `/api/tasks?projectId=${projectId}`)
  return z.array(z.unknown()).parse(body).length
}

describe('maestro load-history', () => {
  it('fills a project, says how far it is and where the history is from, and prints the totals', async () => {
    const run = await loadHistory('--seed', '7', '--limit', '200', '--json', '--name', 'First')
    const totals = totalsIn(run)
    expect(totals).toMatchObject({ origin: { kind: 'generated', seed: 7 }, changes: 200, writers: 8, replayed: 0 })
    expect(await taskCount(totals.projectId)).toBe(totals.tasks.created - totals.tasks.deleted)
    expect(run.stderr).toContain('Loading 200 changes of a generated history (seed 7)')
    expect(run.stderr).toMatch(/200 of 200 changes, [\d,]+\/s, 100 %\n$/)
  })

  it('adds nothing when it is repeated, and what is missing when it goes further', async () => {
    const args = ['--seed', '8', '--json', '--quiet', '--limit']
    const first = totalsIn(await loadHistory(...args, '100'))
    const repeated = totalsIn(await loadHistory(...args, '100', '--writers', '3'))
    expect(repeated).toMatchObject({ projectId: first.projectId, requests: first.requests, replayed: first.sent })
    const further = totalsIn(await loadHistory(...args, '150'))
    expect(further).toMatchObject({ projectId: first.projectId, replayed: first.sent })
    expect(await taskCount(first.projectId)).toBe(further.tasks.created - further.tasks.deleted)
  })

  it('loads a file into a project that is there', async () => {
    const file = join(await scratchDirectory(), 'small.jsonl')
    await writeFile(file, [created('a'), created('b')].map((change) => `${JSON.stringify(change)}\n`).join(''))
    const projectId = idOf(await server.call('POST', '/api/projects', { body: { name: 'Mine' } }))
    const run = await loadHistory('--file', file, '--project', projectId, '--quiet')
    expect(run).toMatchObject({ code: 0, stderr: '' })
    expect(run.stdout).toContain(`Loaded 2 changes of ${file} into ${projectId}:`)
    expect(await taskCount(projectId)).toBe(2)
  })

  it.each([
    ['flags that it does not know', ['--speed', '9'], 2, "Unknown option '--speed'"],
    ['values that a flag does not take', ['--writers', '0', '--from', 'x'], 2, '--writers takes a whole number from 1'],
    ['two histories at once', ['--file', 'a.jsonl', '--seed', '1'], 2, 'two different histories'],
    [
      'two projects at once',
      ['--seed', '1', '--project', 'proj_x', '--name', 'X'],
      2,
      '--name for one that is created',
    ],
    ['a file that is not there', ['--file', 'nowhere.jsonl.gz'], 4, 'There is no file nowhere.jsonl.gz'],
    ['a project that is not there', ['--seed', '1', '--project', 'proj_x'], 4, 'Project not found'],
  ])('refuses %s', async (_, args, code, message) => {
    const run = await loadHistory(...args)
    expect(run.stderr).toContain(message)
    expect(run).toMatchObject({ code, stdout: '' })
  })

  it('refuses a project with a strict lifecycle, which a history does not keep to', async () => {
    const body = { name: 'Strict', lifecycle: 'strict' }
    const projectId = idOf(await server.call('POST', '/api/projects', { body }))
    const run = await loadHistory('--seed', '1', '--project', projectId)
    expect(run.code).toBe(2)
    expect(run.stderr).toContain('strict lifecycle')
  })

  it('takes where the server is and the token from the environment', async () => {
    const guarded = await startServerProcess({ dataDir: await scratchDirectory(), env: { MAESTRO_TOKEN: 'secret' } })
    onTestFinished(async () => void (await guarded.stop()))
    const args = ['--seed', '9', '--limit', '3', '--quiet']
    const env = { MAESTRO_SERVER_URL: `${guarded.url}/`, MAESTRO_TOKEN: 'secret' }
    expect(await runCommand(loadHistoryCommand, args, env)).toMatchObject({ code: 0, stderr: '' })
    const refused = await runCommand(loadHistoryCommand, args, { ...env, MAESTRO_TOKEN: 'guess' })
    expect(refused.code).toBe(1)
    expect(refused.stderr).toContain('A valid token is required')
  })

  it('is run from the sources by npm run load-history', async () => {
    const args = ['run', '--silent', 'load-history', '--', '--help']
    const { stdout } = await promisify(execFile)('npm', args, { cwd: fileURLToPath(packageRoot) })
    expect(stdout).toContain('Usage: maestro load-history [options]')
  })

  it('says that what answers is no Maestro server', async () => {
    const other = createServer((_, response) => response.end('hello'))
    const run = await loadHistory('--seed', '1', '--url', await urlOf(other))
    expect(run.code).toBe(1)
    expect(run.stderr).toContain('The answer is not that of a Maestro server')
  })

  it('says at once that there is no server', async () => {
    const nobody = createServer()
    const url = await urlOf(nobody)
    const closed = once(nobody, 'close')
    nobody.close()
    await closed
    const run = await loadHistory('--seed', '1', '--url', url)
    expect(run.code).toBe(1)
    expect(run.stderr).toContain('does not answer\nBecause: connect ECONNREFUSED')
    expect(run.stderr).toContain('Start it with `maestro serve`')
  })
})

const urlOf = async (server: Server): Promise<string> => {
  onTestFinished(() => void server.close())
  const listening = once(server, 'listening')
  server.listen(0, '127.0.0.1')
  await listening
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no TCP address')
  return `http://127.0.0.1:${address.port}`
}
