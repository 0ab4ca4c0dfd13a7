import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { logCommands } from '../../../tools/log-commands.ts'
import {
  jsonOf,
  ListReport,
  maestroLog,
  repairJson,
  verifyJson,
  withoutProgress,
  writeLog,
} from '../../support/log-commands.ts'
import { scratchDirectory } from '../../support/scratch.ts'
import { runMaestro } from '../../support/server-process.ts'
import { shell } from '../../support/shell.ts'
import { readTree } from '../../support/trees.ts'

/** Commands on one project, and what follows its name. */
const onProjects: ReadonlyArray<readonly [string, readonly string[]]> = [
  ['list', []],
  ['show', ['0']],
  ['tail', []],
  ['receipt', ['0', 'f'.repeat(64)]],
  ['export', []],
  ['redact', ['0', '--path', '/title', '--reason', 'x']],
  ['verify', []],
  ['repair', []],
]

describe.each([...onProjects.map(([command]) => command), 'import'])('maestro log %s', (command) => {
  it('explains itself', async () => {
    const { code, stdout, stderr } = await maestroLog('/nowhere', command, '--help')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    for (const part of [`Usage: maestro log ${command}`, '--json', '--data-dir <path>', 'DATA_DIR', 'Examples:']) {
      expect(stdout).toContain(part)
    }
    expect(stdout.split('\n').filter((text) => text.length > 120)).toEqual([])
  })

  it('says what a mistake at the keyboard is', async () => {
    const { code, stdout, stderr } = await maestroLog('/nowhere', command, 'proj_p', '--jsno')
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain('--jsno')
    expect(stderr).toContain(`\`maestro help log ${command}\` says what it takes.`)
  })
})

describe('maestro log', () => {
  it('lists its commands', async () => {
    const { code, stdout, stderr } = await runMaestro(['log', '--help'], { dataDir: '/nowhere' })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    for (const { name, summary } of logCommands) {
      expect(stdout.split('\n').map((line) => line.replaceAll(/ {2,}/g, ' '))).toContain(` ${name} ${summary}`)
    }
  })
})

describe.each(onProjects)('maestro log %s', (command, words) => {
  it('does not know a project that has no log, nor what is no id', async () => {
    const dataDir = await scratchDirectory()
    await writeLog(dataDir, 'proj_a', (lines) => ({ 0: lines }))
    const before = await readTree(dataDir)
    const projects = ['proj_missing', '../log/proj_a']
    const exits = await Promise.all(projects.map((project) => maestroLog(dataDir, command, project, ...words)))
    for (const [i, { code, stdout, stderr }] of exits.entries()) {
      expect({ code, stdout }).toEqual({ code: 4, stdout: '' })
      expect(stderr).toBe(
        `maestro: There is no log of project ${projects[i]} in ${dataDir}\n` +
          '`maestro log list` names the projects that have a log.\n',
      )
    }
    expect(await readTree(dataDir)).toEqual(before)
  })

  it('makes no data directory where there is none', async () => {
    const dir = await scratchDirectory()
    await writeFile(join(dir, 'file'), '')
    const missing = [join(dir, 'missing'), join(dir, 'file'), join(dir, 'file', 'x')]
    const exits = await Promise.all(
      missing.map((dataDir) => maestroLog(dir, command, 'proj_p', ...words, '--data-dir', dataDir)),
    )
    for (const [i, { code, stdout, stderr }] of exits.entries()) {
      expect({ code, stdout }).toEqual({ code: 4, stdout: '' })
      expect(stderr).toBe(
        `maestro: There is no data directory ${missing[i]}\nSay where the data is with DATA_DIR or --data-dir.\n`,
      )
    }
    expect(Object.keys(await readTree(dir))).toEqual(['file'])
  })
})

describe('an empty data directory', () => {
  it('is good, and stays empty', async () => {
    const dataDir = await scratchDirectory()
    for (const command of ['verify', 'list']) {
      const stdout = `There are no logs in ${dataDir}.\n`
      expect(await maestroLog(dataDir, command)).toMatchObject({ code: 0, stdout, stderr: '' })
    }
    expect(await maestroLog(dataDir, 'tail')).toEqual({ code: 0, stdout: '', stderr: '' })
    expect(await jsonOf(ListReport, dataDir, ['list'])).toEqual({
      code: 0,
      report: { dataDir, projects: [], others: [] },
    })
    expect(await verifyJson(dataDir)).toEqual({ code: 0, dataDir, projects: [], others: [] })
    expect(await readTree(dataDir)).toEqual({})
  })

  it('may have in it what is no log', async () => {
    const dataDir = await scratchDirectory()
    await mkdir(join(dataDir, 'log', 'not an id'), { recursive: true })
    await writeFile(join(dataDir, 'log', 'notes'), 'x')
    expect(await verifyJson(dataDir)).toMatchObject({ code: 0, projects: [], others: ['not an id', 'notes'] })
  })
})

describe('the words of a command line', () => {
  let dataDir: string
  beforeEach(async () => {
    dataDir = await scratchDirectory()
    for (const name of ['proj_a', 'proj_b', 'proj_c']) await writeLog(dataDir, name, (lines) => ({ 0: lines }))
  })

  it('say which projects to verify, each once, in any order', async () => {
    const { code, projects } = await verifyJson(dataDir, ['proj_c', 'proj_a', 'proj_c'])
    expect({ code, ids: projects.map(({ projectId }) => projectId) }).toEqual({ code: 0, ids: ['proj_c', 'proj_a'] })
    expect((await verifyJson(dataDir)).projects).toHaveLength(3)
  })

  it('name one project to repair, neither none nor two', async () => {
    for (const { code, stderr } of [
      await maestroLog(dataDir, 'repair'),
      await maestroLog(dataDir, 'repair', 'proj_a', 'proj_b'),
    ]) {
      expect(code).toBe(2)
      expect(stderr).toBe('maestro: Name one project\n`maestro help log repair` says what it takes.\n')
    }
  })

  it('say where the data is before the environment does, from whatever directory', async () => {
    const { stdout } = await shell(
      '/nowhere',
      `cd '${dataDir}/..' && maestro log verify --json --data-dir '${dataDir}'`,
    )
    expect(JSON.parse(stdout)).toMatchObject({ dataDir, projects: [{}, {}, {}] })
    expect(await repairJson(dataDir, ['proj_a'])).toMatchObject({ code: 0, status: 'ok', dataDir })
  })
})

describe('an output', () => {
  let dataDir: string
  beforeEach(async () => {
    dataDir = await scratchDirectory()
    for (let i = 0; i < 20; i += 1) await writeLog(dataDir, `proj_${i}`, (lines) => ({ 0: lines }))
    await writeLog(dataDir, 'proj_z', (lines) => ({ 0: [Buffer.from('{}\n'), ...lines] }))
  })

  it('that nobody reads ends quietly', async () => {
    const lines = ['verify', 'verify --json', 'list', 'list --json', 'tail proj_1', 'show proj_1 3', 'repair --help']
    const exits = await Promise.all(lines.map((words) => shell(dataDir, `maestro log ${words} | true`)))
    expect(exits.map((exit) => withoutProgress(exit).stderr)).toEqual(lines.map(() => ''))
  })

  it('of which only the beginning is read does not change the exit code', async () => {
    const { code, stdout, stderr } = await shell(dataDir, 'maestro log verify | head -1')
    expect({ code, stderr }).toEqual({ code: 8, stderr: '' })
    expect(stdout).toMatch(/^PROJECT +STATUS/)
  })

  it.runIf(existsSync('/dev/full'))('that cannot be written is an error', async () => {
    const { code, stderr } = await shell(dataDir, 'maestro log verify > /dev/full')
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: 'maestro: The output cannot be written\nBecause: ENOSPC: no space left on device, write\n',
    })
  })
})
