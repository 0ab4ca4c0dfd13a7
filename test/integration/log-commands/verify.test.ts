import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { usualHistory } from '../../../bench/support/histories.ts'
import { peakMemory } from '../../../bench/support/peak-memory.ts'
import { writeSealedLog } from '../../../bench/support/sealed-log.ts'
import { canonical } from '../../../events/index.ts'
import { segmentName } from '../../../src/log/format.ts'
import { sha256 } from '../../../src/platform/hash.ts'
import { maestroLog, maestroLogProcess, verifyJson, writeLog } from '../../support/log-commands.ts'
import { scratchDirectory } from '../../support/scratch.ts'
import { builtProgram } from '../../support/server-process.ts'
import { readTree } from '../../support/trees.ts'

let dataDir: string
beforeEach(async () => {
  dataDir = await scratchDirectory()
})

const flip = (bytes: Uint8Array | undefined): Buffer => {
  const changed = Buffer.from(bytes ?? [])
  changed[30] = (changed[30] ?? 0) ^ 1
  return changed
}

/** A line of a server that writes another version. */
const newer = (line: Uint8Array | undefined): Buffer => {
  const [header = '', data = ''] = String(line)
    .replace('"v":1', '"v":2')
    .split(/,"hash":"[0-9a-f]{64}"/)
  return Buffer.from(`${header},"hash":"${sha256(header)}"${data}`)
}

/** A redacted line that no later record announces. */
const unannounced = (line: Uint8Array | undefined): Buffer => {
  const data = canonical({ taskId: 'task_3', title: '[redacted]' })
  return Buffer.from(String(line).replace(/,"data":.*/, `,"redacted":"${sha256(data)}","data":${data}}`))
}

describe('logs of every kind', () => {
  beforeEach(async () => {
    await writeLog(dataDir, 'proj_flip', (lines) => ({ 0: lines.with(4, flip(lines[4])) }))
    await writeLog(dataDir, 'proj_gap', (lines) => ({ 0: lines.slice(0, 3), 6: lines.slice(6) }))
    await writeLog(dataDir, 'proj_good', (lines) => ({ 0: lines.slice(0, 5), 5: lines.slice(5) }))
    await writeLog(dataDir, 'proj_newer', (lines) => ({ 0: lines.with(8, newer(lines[8])) }))
    await writeLog(dataDir, 'proj_rubbish', (lines) => ({ 0: [...lines, Buffer.from('rubbish\n')] }))
    await writeLog(dataDir, 'proj_secret', (lines) => ({ 0: lines.with(3, unannounced(lines[3])) }))
    await writeLog(dataDir, 'proj_torn', (lines) => ({ 0: [...lines.slice(0, 8), Buffer.from('{"v":1,"offs')] }))
    await writeLog(dataDir, 'proj_zeros', (lines) => ({ 0: [...lines, Buffer.alloc(1100)] }))
  })

  it('are told apart, and all in all damage exits with 8', async () => {
    const before = await readTree(dataDir)
    const { code, projects } = await verifyJson(dataDir, [], maestroLogProcess)
    expect(code).toBe(8)
    expect(projects.map(({ projectId, status, records }) => [projectId, status, records])).toEqual([
      ['proj_flip', 'damaged', 4],
      ['proj_gap', 'damaged', 3],
      ['proj_good', 'ok', 9],
      ['proj_newer', 'newer', 8],
      ['proj_rubbish', 'damaged', 9],
      ['proj_secret', 'damaged', 3],
      ['proj_torn', 'torn', 8],
      ['proj_zeros', 'torn', 9],
    ])
    expect(projects[0]).toMatchObject({
      damage: { offset: 4, segment: segmentName(0), laterRecords: 4, lastRecord: 8, acknowledged: 8 },
    })
    expect(await readTree(dataDir)).toEqual(before)
  })

  it('are a table with words on each for people', async () => {
    const { code, stdout, stderr } = await maestroLog(dataDir, 'verify', 'proj_good', 'proj_flip', 'proj_torn')
    expect({ code, stderr }).toEqual({ code: 8, stderr: '' })
    expect(stdout).not.toContain('\u001b')
    const lines = stdout.split('\n')
    expect(lines[0]).toMatch(/^PROJECT +STATUS +RECORDS +SIZE +SEGMENTS +SNAPSHOTS +HEAD$/)
    expect(lines[1]).toMatch(/^proj_good +ok +9 +\d+\.\d kB +2 +0 +9:[0-9a-f]{12}$/)
    expect(lines[2]).toMatch(/^proj_flip +damaged +4 /)
    expect(stdout).toContain(`proj_flip: damaged at record 4, byte `)
    expect(stdout).toContain('What a repair would take away: maestro log repair proj_flip')
    expect(stdout).toContain('proj_torn: a write was torn at record 8')
    expect(lines.at(-2)).toMatch(/^3 projects, 21 good records, \d+\.\d kB: 1 damaged\.$/)
  })

  it.each<[string, number, string[]]>([
    ['good and torn logs', 0, ['proj_good', 'proj_torn', 'proj_zeros']],
    ['one that needs a newer server', 1, ['proj_good', 'proj_newer']],
  ])('exit by the worst of them: %s', async (_, expected, words) => {
    expect((await verifyJson(dataDir, words)).code).toBe(expected)
  })
})

describe('memory', () => {
  it('does not follow the length of a log', async () => {
    const [small, large] = [join(dataDir, 'small'), join(dataDir, 'large')]
    const eventAt = usualHistory('x'.repeat(30_000))
    await writeSealedLog({ dataDir: small, records: 3_000, eventAt })
    await writeSealedLog({ dataDir: large, records: 30_000, eventAt })
    const peakOf = (dir: string) => peakMemory(builtProgram, ['log', 'verify', '--data-dir', dir])
    const [atMost, peak] = [(await peakOf(small)) + 32e6, await peakOf(large)]
    expect(peak).toBeLessThan(atMost)
  })
})
