import { appendFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { projectDirectory, segmentName } from '../../../src/log/format.ts'
import {
  eventfulHistory,
  linesOfEvents,
  maestroLogTool as maestro,
  writeHistory,
  writeLines,
} from '../../support/log-tools.ts'
import { scratchDirectory } from '../../support/scratch.ts'
import { runMaestro } from '../../support/server-process.ts'
import { readTree } from '../../support/trees.ts'
import { projectId } from '../../support/vocabulary.ts'

const events = eventfulHistory()
const last = events.length - 1
const where = ['--where', 'tasks.size() > 4']

/** Every command with the words that it takes after the name of the project or of the task. */
const commands: ReadonlyArray<readonly [name: string, subject: string, ...words: string[]]> = [
  ['replay', 'proj_p'],
  ['replay', 'proj_p', '--speed', 'max'],
  ['replay', 'proj_p', '--assert'],
  ['diff', 'proj_p', '0', '3'],
  ['history', 'task_a'],
  ['blame', 'task_a'],
  ['bisect', 'proj_p', ...where],
  ['bisect', 'proj_p', ...where, '--first'],
  ['audit', 'proj_p'],
]

let dataDir: string
beforeEach(async () => {
  dataDir = await scratchDirectory()
})

describe.each([...new Set(commands.map(([name]) => name))])('maestro log %s', (name) => {
  it('explains itself, with examples, on lines of usual length', async () => {
    const { code, stdout, stderr } = await runMaestro(['log', name, '--help'], { dataDir: '/nowhere' })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    for (const part of [`Usage: maestro log ${name} <`, '--json', '--data-dir <path>', 'Examples:']) {
      expect(stdout).toContain(part)
    }
    expect(stdout.split('\n').filter((text) => text.length > 120)).toEqual([])
  })

  it('says what a mistake at the keyboard is', async () => {
    const slip = await maestro(dataDir, name, 'proj_p', '--jsno')
    expect(slip).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('--jsno') })
    const none = await maestro(dataDir, name)
    expect(none).toMatchObject({ code: 2, stdout: '' })
    expect(none.stderr).toContain(`\`maestro help log ${name}\` says what it takes.`)
  })
})

describe.each(commands)('maestro log %s %s', (name, subject, ...words) => {
  it('knows nothing in an empty data directory, and leaves it empty', async () => {
    const { code, stdout, stderr } = await maestro(dataDir, name, subject, ...words)
    expect({ code, stdout }).toEqual({ code: 4, stdout: '' })
    expect(stderr).toMatch(/^maestro: There is no (?:log of project proj_p in|task or session "task_a" in any log in) /)
    expect(await readTree(dataDir)).toEqual({})
  })

  it('knows nothing of what is not there', async () => {
    await writeHistory(dataDir, events)
    for (const missing of ['proj_missing', '../proj_p', 'task_missing']) {
      expect(await maestro(dataDir, name, missing, ...words)).toMatchObject({ code: 4, stdout: '' })
    }
  })

  it('takes no directory for a data directory', async () => {
    const missing = join(dataDir, 'missing')
    const { code, stderr } = await maestro(missing, name, subject, ...words)
    expect(code).toBe(4)
    expect(stderr).toContain(`There is no data directory ${missing}`)
  })

  it('only reads, and takes no lock', async () => {
    await writeHistory(dataDir, events)
    const before = await readTree(dataDir)
    for (const json of [[], ['--json']]) {
      const { code, stdout, stderr } = await maestro(dataDir, name, subject, ...words, ...json)
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      expect(stdout).not.toContain('\u001b')
    }
    expect(await readTree(dataDir)).toEqual(before)
  })

  it('works on what is before a damaged record, says so, and exits with 8', async () => {
    const lines = linesOfEvents(events, projectId)
    const good = await scratchDirectory()
    await writeLines(good, 'proj_p', lines.slice(0, 40))
    await writeLines(dataDir, 'proj_p', lines.with(40, Buffer.from('{"damaged":true}\n')))
    const truth = await maestro(good, name, subject, ...words)
    const { code, stdout, stderr } = await maestro(dataDir, name, subject, ...words)
    expect({ code, stdout }).toEqual({ code: 8, stdout: truth.stdout })
    expect(stderr).toBe(
      'maestro: The log of project proj_p is damaged at record 40: no hash; it was durable when record 41 was written.\n' +
        'Only what is before that is looked at. `maestro log verify` tells more.\n',
    )
  })

  it('finds nothing to look at in a log whose first record is damaged, and exits with 8', async () => {
    await writeLines(dataDir, 'proj_p', [Buffer.from('"task_a"\n'), ...linesOfEvents(events, projectId)])
    expect(await maestro(dataDir, name, subject, ...words)).toMatchObject({ code: 8, stdout: '' })
  })

  it('says nothing of a write that is torn, or under way', async () => {
    const id = await writeHistory(dataDir, events)
    const truth = await maestro(dataDir, name, subject, ...words)
    await appendFile(join(projectDirectory(dataDir, id), segmentName(0)), '{"v":1,"offset":')
    expect(await maestro(dataDir, name, subject, ...words)).toEqual(truth)
  })
})

describe('a moment', () => {
  beforeEach(() => writeHistory(dataDir, events))

  const stateAt = async (to: string) => (await maestro(dataDir, 'replay', 'proj_p', '--to', to)).stdout.split('\n')[1]

  it('is named by offset, ISO time or ms, and a time stands for the last record at it', async () => {
    const line = `after record 5 of ${last}, 2023-11-14T22:13:25.000Z`
    for (const name of [
      '5',
      '2023-11-14T22:13:25Z',
      '2023-11-14T22:13:25.999Z',
      '1700000005000',
      '2023-11-14T23:13:25+01:00',
    ]) {
      expect(await stateAt(name)).toBe(line)
    }
  })

  it.each([
    [String(last + 1), 'the log goes from offset 0'],
    ['1999-12-31T00:00:00Z', 'the log goes from offset 0'],
    ['2099-12-31T00:00:00Z', 'the log goes from offset 0'],
    ['yesterday', '--to takes an offset, milliseconds since 1970, or an ISO time'],
    ['-1', '--to'],
  ])('cannot be %s', async (to, says) => {
    for (const [name, words] of [
      ['replay', []],
      ['bisect', where],
    ] as const) {
      const { code, stderr } = await maestro(dataDir, name, 'proj_p', ...words, `--to=${to}`)
      expect(code).toBe(2)
      if (to !== '-1') expect(stderr).toContain(says)
    }
  })

  it('is found in a log of which somebody asks two', async () => {
    const { code, stderr } = await maestro(dataDir, 'diff', 'proj_p', '3', 'x')
    expect({ code, stderr }).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('<to> takes an offset, milliseconds'),
    })
  })
})

describe('what does not go together', () => {
  it.each<[words: string[], says: string, exit?: number]>([
    [['replay', 'proj_p', '--step', '--assert'], '--step and --assert do not go together'],
    [['replay', 'proj_p', '--step'], '--step takes a terminal'],
    [['replay', 'proj_p', '--speed', 'fast'], '--speed takes a number of times, such as 60x, or max'],
    [['replay', 'proj_p', '--speed', '0'], '--speed takes a number of times'],
    [['replay', 'proj_p', '--task', 'task_missing'], `There is no task task_missing after record ${last}`, 4],
    [['bisect', 'proj_p'], '--where is missing'],
    [['bisect', 'proj_p', '--where', 'x'], 'Unknown variable: x'],
    [['bisect', 'proj_p', ...where, '--from', '9', '--to', '9'], '--from is to be before --to'],
    [['audit', 'proj_p', '--gap', '0'], '--gap takes a number of minutes'],
  ])('%j', async ([name = '', ...words], says, exit = 2) => {
    await writeHistory(dataDir, events)
    const { code, stdout, stderr } = await maestro(dataDir, name, ...words)
    expect(stderr).toContain(says)
    expect({ code, stdout }).toEqual({ code: exit, stdout: '' })
  })
})
