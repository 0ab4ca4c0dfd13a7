import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { beforeEach, describe, expect, it } from 'vitest'
import { maestroLog, repairJson, verifyJson, writeLog } from '../../support/log-commands.ts'
import { scratchDirectory } from '../../support/scratch.ts'
import { builtProgram, environment, runMaestro } from '../../support/server-process.ts'
import { readTree } from '../../support/trees.ts'

/** Runs a line of a shell in which `maestro` is there. */
const shell = async (dataDir: string, line: string): Promise<{ code: number; stdout: string; stderr: string }> => {
  const script = `maestro() { '${process.execPath}' '${builtProgram('src/main.js')}' "$@"; }\n${line}`
  const run = promisify(execFile)('bash', ['-o', 'pipefail', '-c', script], { env: environment({ dataDir }) })
  return run.then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    ({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }) => ({ code, stdout, stderr }),
  )
}

describe.each(['verify', 'repair'])('maestro log %s', (command) => {
  it('explains itself', async () => {
    const { code, stdout, stderr } = await runMaestro(['log', command, '--help'], { dataDir: '/nowhere' })
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

  it('does not know a project that has no log, nor what is no id', async () => {
    const dataDir = await scratchDirectory()
    await writeLog(dataDir, 'proj_a', (lines) => ({ 0: lines }))
    const before = await readTree(dataDir)
    const words = ['proj_missing', '../log/proj_a']
    const exits = await Promise.all(words.map((word) => maestroLog(dataDir, command, word)))
    for (const [i, { code, stdout, stderr }] of exits.entries()) {
      expect({ code, stdout }).toEqual({ code: 4, stdout: '' })
      expect(stderr).toBe(
        `maestro: There is no log of project ${words[i]} in ${dataDir}\n` +
          '`maestro log verify` names the projects that have a log.\n',
      )
    }
    expect(await readTree(dataDir)).toEqual(before)
  })

  it('makes no data directory where there is none', async () => {
    const dir = await scratchDirectory()
    await writeFile(join(dir, 'file'), '')
    const missing = [join(dir, 'missing'), join(dir, 'file'), join(dir, 'file', 'x')]
    const exits = await Promise.all(missing.map((dataDir) => maestroLog(dir, command, 'proj_p', '--data-dir', dataDir)))
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
    expect(await maestroLog(dataDir, 'verify')).toMatchObject({
      code: 0,
      stdout: `There are no logs in ${dataDir}.\n`,
      stderr: '',
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
    const lines = ['verify', 'verify --json', 'repair --help'].map((words) => `maestro log ${words} | true`)
    expect((await Promise.all(lines.map((line) => shell(dataDir, line)))).map(({ stderr }) => stderr)).toEqual([
      '',
      '',
      '',
    ])
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
