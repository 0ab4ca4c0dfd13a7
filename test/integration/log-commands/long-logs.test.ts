import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { peakMemory } from '../../../bench/support/peak-memory.ts'
import { ProjectId } from '../../../events/index.ts'
import { projectDirectory, segmentName } from '../../../src/log/format.ts'
import { textWhen } from '../../support/files.ts'
import { withoutProgress } from '../../support/log-commands.ts'
import { writeLongLog } from '../../support/long-log.ts'
import { startMaestro } from '../../support/maestro-process.ts'
import { builtProgram } from '../../support/server-process.ts'
import { shell } from '../../support/shell.ts'

const id = ProjectId.parse('proj_long')
const records = 200_000
/** Much less than the log, and the young generation is small, so that only what is kept at the same time counts. */
const heapMegabytes = 64

/** The most memory that `maestro` has at any time, in bytes. Rejects when its heap does not suffice. */
const peakOf = (args: readonly string[]): Promise<number> =>
  peakMemory(`--max-old-space-size=${heapMegabytes}`, ['--max-semi-space-size=4', builtProgram, ...args])

let dir: string
let dataDir: string
let last: string
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'maestro-long-'))
  dataDir = join(dir, 'data')
  last = await writeLongLog(dataDir, id, records)
}, 120_000)
afterAll(() => rm(dir, { recursive: true, force: true }))

describe('a log of 200,000 records', () => {
  it('does not have to fit into memory', async () => {
    const { size } = await stat(join(projectDirectory(dataDir, id), segmentName(0)))
    const file = join(dir, 'export.jsonl')
    // With all of the program that commands have in common.
    const onlyStarted = await peakOf(['log', 'list', '--help'])
    const commands: ReadonlyArray<readonly string[]> = [
      ['list'],
      ['show', id, String(records - 1)],
      ['tail', id],
      ['tail', 'all', '--entity', 'task_a', '--type', 'task:created'],
      ['receipt', id, String(records - 1), last],
      ['export', id, '-o', file],
      ['export', id, '--format', 'csv', '-o', join(dir, 'export.csv')],
      ['import', file, '--data-dir', join(dir, 'imported')],
      ['redact', id, String(records / 2), '--path', '/changes/description', '--reason', 'x', '--yes'],
    ]
    for (const [name = '', ...words] of commands) {
      const where = words.includes('--data-dir') ? [] : ['--data-dir', dataDir]
      const peak = await peakOf(['log', name, ...words, ...where])
      expect.soft(peak - onlyStarted, `log ${name}`).toBeLessThan(size / 2)
    }
  }, 600_000)

  it('leaves nothing of an export that Ctrl-C ends', async () => {
    const file = join(dir, 'half.jsonl')
    const half = startMaestro(['log', 'export', id, '-o', file], dataDir)
    await textWhen(`${file}.tmp`, (text): text is string => text !== undefined && text !== '')
    half.kill('SIGINT')
    const { code, signal, stderr } = withoutProgress(await half.ended)
    expect({ code, signal, stderr }).toEqual({ code: 130, signal: null, stderr: '' })
    expect((await readdir(dir)).filter((name) => name.startsWith('half'))).toEqual([])
  }, 120_000)

  it('ends quietly as soon as nobody reads what is printed of it', async () => {
    const lines = [
      ...['tail -n 200000', `tail ${id} --from 0 --json`],
      ...[`export ${id}`, `export ${id} --format csv`, `export ${id} --format json`],
    ]
    for (const words of lines) {
      const { code, stdout, stderr } = withoutProgress(await shell(dataDir, `maestro log ${words} | head -n 3 | wc -l`))
      expect({ words, code, stdout: stdout.trim(), stderr }).toEqual({ words, code: 0, stdout: '3', stderr: '' })
    }
  }, 300_000)
})
