import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { canonical, type DomainEvent, ProjectId } from '../../../events/index.ts'
import { projectDirectory, segmentName } from '../../../src/log/format.ts'
import { sha256 } from '../../../src/platform/hash.ts'
import { nodeFileSystem } from '../../../src/platform/node-file-system.ts'
import {
  projectCreated,
  projectDeleted,
  projectUpdated,
  sessionCreated,
  taskCreated,
  taskDeleted,
  taskUpdated,
  timelineAdded,
} from '../../support/events.ts'
import { jsonOf, ListReport, maestroLog, ReceiptReport, ShowReport } from '../../support/log-commands.ts'
import { appendAll, draftOf, fileLog } from '../../support/logs.ts'
import { scratchDirectory } from '../../support/scratch.ts'
import { readTree } from '../../support/trees.ts'
import { session, task, timeAt } from '../../support/vocabulary.ts'

let dataDir: string
beforeEach(async () => {
  dataDir = await scratchDirectory()
})

/** Writes the log of a project. Answers the hash of each record. */
const write = async (name: string, events: readonly DomainEvent[], segmentBytes = 1500): Promise<string[]> => {
  const id = ProjectId.parse(name)
  const log = await fileLog(nodeFileSystem, dataDir, { segmentBytes })
  const hashes: string[] = []
  for (const [offset, event] of events.entries()) {
    for (const { next } of await appendAll(log, [draftOf(event, offset, id)], id)) hashes.push(next.hash)
  }
  await log.close()
  return hashes
}

/** Changes the first segment of a log. */
const edit = async (name: string, change: (text: string) => string): Promise<void> => {
  const path = join(projectDirectory(dataDir, ProjectId.parse(name)), segmentName(0))
  await writeFile(path, change(await readFile(path, 'utf8')))
}

const [a, b, s] = [task('a'), task('b'), session('s')]
const clean = canonical({ taskId: 'task_b', title: '[redacted]' })

const events: readonly DomainEvent[] = [
  projectCreated({ name: 'Apollo' }),
  taskCreated(a, { title: 'Build it' }),
  taskCreated(b, { title: 'secret' }),
  sessionCreated(s, { name: 'Ada', taskIds: [a] }),
  taskUpdated(a, { status: 'in_progress' }),
  timelineAdded(a, { type: 'milestone', message: 'Half of it' }),
  { type: 'record:redacted', data: { offset: 2, digest: sha256(clean), pointer: '/title', reason: 'a token' } },
  taskDeleted(b),
]
let hashes: string[]
let hurt: string[]

/** A good log, a deleted project, a damaged log, one that is cut, one of a newer server, and what is no log. */
beforeEach(async () => {
  hashes = await write('proj_good', events)
  await edit('proj_good', (text) =>
    text.replace(/,"data":\{"taskId":"task_b".*/, `,"redacted":"${sha256(clean)}","data":${clean}}`),
  )
  await write('proj_gone', [projectCreated({ name: 'Gone' }), projectUpdated({ name: 'Long gone' }), projectDeleted()])
  hurt = await write('proj_hurt', events.slice(0, 6), 1e9)
  await edit('proj_hurt', (text) => text.replace('"sess_s"', '"sess_t"'))
  await write('proj_newer', events.slice(0, 2), 1e9)
  await edit('proj_newer', (text) => {
    const [first = '', second = ''] = text.split('\n')
    const [header = '', data = ''] = second.replace('"v":1', '"v":2').split(/,"hash":"[0-9a-f]{64}"/)
    return `${first}\n${header},"hash":"${sha256(header)}"${data}\n`
  })
  await mkdir(projectDirectory(dataDir, ProjectId.parse('proj_void')), { recursive: true })
  await writeFile(join(dataDir, 'log', 'notes'), 'x')
})

describe('maestro log list', () => {
  it('tells what every log holds and how it is, also of deleted projects', async () => {
    const before = await readTree(dataDir)
    const { code, report } = await jsonOf(ListReport, dataDir, ['list'])
    expect(code).toBe(8)
    expect(report.others).toEqual(['notes'])
    const good = { status: 'ok', reason: null, deleted: false }
    expect(report.projects).toMatchObject([
      { projectId: 'proj_gone', name: 'Long gone', ...good, deleted: true, records: 3 },
      { projectId: 'proj_good', name: 'Apollo', ...good, records: 8, firstAt: timeAt(0), lastAt: timeAt(7) },
      { projectId: 'proj_hurt', name: 'Apollo', deleted: false, status: 'damaged', records: 3, lastAt: timeAt(2) },
      { projectId: 'proj_newer', name: 'Apollo', deleted: false, status: 'newer', records: 1 },
      { projectId: 'proj_void', name: null, ...good, records: 0, bytes: 0, firstAt: null, lastAt: null },
    ])
    const good1 = report.projects[1]
    expect(good1?.head).toEqual({ offset: 8, hash: hashes[7] })
    const lines = Object.entries(before).filter(([path]) => path.startsWith('log/proj_good/'))
    expect(good1?.bytes).toBe(lines.reduce((sum, [, text]) => sum + text.length, 0))
    expect(await readTree(dataDir)).toEqual(before)
  })

  it('is a table for people, with a word on what is not well', async () => {
    const { code, stdout, stderr } = await maestroLog(dataDir, 'list')
    expect({ code, stderr }).toEqual({ code: 8, stderr: '' })
    const lines = stdout.split('\n')
    expect(lines[0]).toMatch(/^PROJECT +NAME +STATUS +RECORDS +SIZE +FIRST +LAST +HEAD$/)
    expect(lines[1]).toMatch(
      /^proj_gone +"Long gone" +deleted +3 +1\.\d kB +2023-11-14 22:13Z +2023-11-14 22:13Z +3:[0-9a-f]{12}$/,
    )
    expect(lines[2]).toMatch(/^proj_good +"Apollo" +ok +8 /)
    expect(stdout).toContain('proj_hurt: damaged at record 3: digest of data does not match')
    expect(stdout).toContain('proj_newer: from record 1 on it needs a newer server')
  })

  it('may be asked for some projects, and exits by them', async () => {
    const { code, report } = await jsonOf(ListReport, dataDir, ['list', 'proj_gone', 'proj_good'])
    expect({ code, ids: report.projects.map(({ projectId }) => projectId), others: report.others }).toEqual({
      ...{ code: 0, ids: ['proj_gone', 'proj_good'], others: [] },
    })
    expect((await maestroLog(dataDir, 'list', 'proj_newer')).code).toBe(1)
  })
})

describe('maestro log show', () => {
  const show = (...words: string[]) => jsonOf(ShowReport, dataDir, ['show', ...words])

  it('tells what a record did, as a patch, with the entity before and after', async () => {
    const { code, report } = await show('proj_good', '4')
    expect(code).toBe(0)
    expect(report).toMatchObject({
      projectId: 'proj_good',
      record: { offset: 4, type: 'task:updated', hash: hashes[4] },
      redactions: [],
    })
    expect(report.effects).toHaveLength(1)
    expect(report.effects[0]).toMatchObject({
      ...{ kind: 'task', id: 'task_a', change: 'changed' },
      before: { status: 'pending', updatedAt: timeAt(3) },
      after: { status: 'in_progress', updatedAt: timeAt(4) },
    })
    expect(report.effects[0]?.patch).toEqual([
      { op: 'replace', path: '/status', value: 'in_progress' },
      { op: 'replace', path: '/updatedAt', value: timeAt(4) },
    ])
  })

  it('tells of what is new, of what is gone, and of all that one record changes', async () => {
    expect((await show('proj_good', '3')).report.effects).toMatchObject([
      { kind: 'session', id: 'sess_s', change: 'created', patch: null, before: null, after: { name: 'Ada' } },
      { kind: 'task', id: 'task_a', change: 'changed', before: { sessionIds: [] }, after: { sessionIds: ['sess_s'] } },
    ])
    expect((await show('proj_good', '7')).report.effects).toMatchObject([
      { kind: 'task', id: 'task_b', change: 'deleted', patch: null, before: { title: '[redacted]' }, after: null },
    ])
    expect((await show('proj_gone', '2')).report.effects).toMatchObject([{ kind: 'project', change: 'deleted' }])
  })

  it('tells of a redacted record who took what out, and why', async () => {
    const { report } = await show('proj_good', '2')
    expect(report).toMatchObject({
      record: { data: { title: '[redacted]' }, redacted: sha256(clean) },
      redactions: [{ offset: 6, at: timeAt(6), actor: { kind: 'user' }, pointer: '/title', reason: 'a token' }],
    })
    const { stdout } = await maestroLog(dataDir, 'show', 'proj_good', '2')
    expect(stdout).toContain('"/title" was redacted by user, record 6, 2023-11-14T22:13:26.000Z: "a token"')
  })

  it('is readable', async () => {
    const { code, stdout, stderr } = await maestroLog(dataDir, 'show', 'proj_good', '4')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    for (const line of [
      'Record 4 of proj_good: task:updated',
      '  task_a: status → "in_progress"',
      'when    2023-11-14T22:13:24.000Z',
      'who     user',
      `hash    ${hashes[4]}`,
      `prev    ${hashes[3]}`,
      '    status pending → in_progress',
    ]) {
      expect(stdout.split('\n')).toContain(line)
    }
    const full = (await maestroLog(dataDir, 'show', 'proj_good', '4', '--full')).stdout
    expect(full).toContain('  {"op":"replace","path":"/status","value":"in_progress"}')
    expect(full).toContain('    "status": "pending",')
    expect(full).toContain('    "status": "in_progress",')
  })

  it.each<[string[], number, string]>([
    [['proj_good', '8'], 4, 'has no record 8: it ends with record 7'],
    [['proj_hurt', '3'], 8, 'is damaged at record 3'],
    [['proj_newer', '1'], 1, 'needs a newer server from record 1 on'],
    [['proj_void', '0'], 4, 'has no records'],
    [['proj_good', 'last'], 2, '<offset> is a whole number'],
    [['proj_good'], 2, 'It takes <project> <offset>'],
  ])('says why there is nothing to show: %j', async (words, expected, message) => {
    const { code, stdout, stderr } = await maestroLog(dataDir, 'show', ...words)
    expect({ code, stdout }).toEqual({ code: expected, stdout: '' })
    expect(stderr).toContain(message)
  })

  it('still shows what stands before damage', async () => {
    const { code, stdout, stderr } = await maestroLog(dataDir, 'show', 'proj_hurt', '1')
    expect(code).toBe(8)
    expect(stdout).toContain('created task_a "Build it"')
    expect(stderr).toContain('The log of project proj_hurt is damaged at record 3')
  })
})

describe('maestro log receipt', () => {
  const receipt = (project: string, offset: number, hash = 'f'.repeat(64)) =>
    jsonOf(ReceiptReport, dataDir, ['receipt', project, String(offset), hash])

  it('says yes for every record of a log that was ever told of', async () => {
    for (const [offset, hash] of hashes.entries()) {
      const { code, report } = await receipt('proj_good', offset, hash)
      expect(code).toBe(0)
      expect(report).toMatchObject({ status: offset === 2 ? 'redacted' : 'kept', found: hash, head: { offset: 8 } })
    }
    const { stdout } = await maestroLog(dataDir, 'receipt', 'proj_good', '4', hashes[4] ?? '')
    expect(stdout).toBe('Yes: record 4 of proj_good is the one that you were told of.\n')
  })

  it('says what was taken out of it later', async () => {
    const { report } = await receipt('proj_good', 2, hashes[2])
    expect(report.redactions).toMatchObject([{ offset: 6, pointer: '/title', reason: 'a token' }])
    const { code, stdout } = await maestroLog(dataDir, 'receipt', 'proj_good', '2', hashes[2] ?? '')
    expect(code).toBe(0)
    expect(stdout).toContain('Some of its data was taken out:\n  "/title" was redacted by user')
  })

  it('says no for a log that was rewritten', async () => {
    const { code, report } = await receipt('proj_good', 4, hashes[5])
    expect({ code, report }).toMatchObject({ code: 8, report: { status: 'rewritten', found: hashes[4] } })
    expect((await maestroLog(dataDir, 'receipt', 'proj_good', '4', 'f'.repeat(64))).stdout).toContain(
      'The log was rewritten',
    )
  })

  it('says no for a log that was cut', async () => {
    expect(await receipt('proj_good', 8)).toMatchObject({ code: 8, report: { status: 'cut', found: null } })
    expect((await maestroLog(dataDir, 'receipt', 'proj_good', '8', 'f'.repeat(64))).stdout).toContain(
      'ends before record 8: it has 8 records',
    )
    expect(await receipt('proj_void', 0)).toMatchObject({ code: 8, report: { status: 'cut' } })
  })

  it('says no where damage is in the way, and does not know where a newer server is needed', async () => {
    expect(await receipt('proj_hurt', 5, hurt[5])).toMatchObject({ code: 8, report: { status: 'damaged' } })
    expect(await receipt('proj_hurt', 1, hurt[1])).toMatchObject({ code: 0, report: { status: 'kept' } })
    expect(await receipt('proj_newer', 1, hashes[1])).toMatchObject({ code: 1, report: { status: 'newer' } })
  })

  it('takes a hash', async () => {
    const { code, stderr } = await maestroLog(dataDir, 'receipt', 'proj_good', '4', 'f00')
    expect(code).toBe(2)
    expect(stderr).toContain('<hash> must be a SHA-256 in hex')
  })
})

describe('maestro log tail', () => {
  const tail = async (...words: string[]): Promise<string[]> => {
    const { code, stdout, stderr } = await maestroLog(dataDir, 'tail', ...words)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    return stdout.split('\n').slice(0, -1)
  }
  /** Which records are shown. */
  const offsets = async (...words: string[]): Promise<string[]> => {
    const lines = await tail(...words, '--json')
    return lines.map((line) => {
      const { projectId, offset } = JSON.parse(line)
      return `${String(projectId).replace('proj_', '')} ${offset}`
    })
  }

  it('shows the last records, a readable line each', async () => {
    expect(await tail('proj_good', '-n', '2')).toEqual([
      '2023-11-14T22:13:26.000Z       6  user          record:redacted      redacted "/title" of record 2: "a token"',
      '2023-11-14T22:13:27.000Z       7  user          task:deleted         deleted task_b',
    ])
    expect(await offsets('proj_good')).toHaveLength(8)
  })

  it('shows those of several projects in the order of time, and of which they are', async () => {
    expect(await offsets('proj_good', 'proj_gone', '-n', '6')).toEqual([
      ...['gone 2', 'good 3', 'good 4', 'good 5', 'good 6', 'good 7'],
    ])
    expect(await offsets('proj_gone', 'proj_good', '-n', '99')).toEqual([
      ...['gone 0', 'good 0', 'gone 1', 'good 1', 'gone 2', 'good 2'],
      ...['good 3', 'good 4', 'good 5', 'good 6', 'good 7'],
    ])
    expect((await tail('proj_good', 'proj_gone', '-n', '1'))[0]).toContain('  proj_good       7  user')
  })

  it('prints the very lines of the log for programs', async () => {
    const tree = await readTree(dataDir)
    const log = Object.entries(tree)
      .filter(([path]) => path.startsWith('log/proj_good/'))
      .map(([, text]) => text)
      .join('')
    expect((await maestroLog(dataDir, 'tail', 'proj_good', '--json', '-n', '99')).stdout).toBe(log)
  })

  it.each<[string[], string[]]>([
    [
      ['--from', '6'],
      ['good 6', 'good 7'],
    ],
    [['--from', '2', '-n', '1'], ['good 7']],
    [['--from', '99'], []],
    [
      ['--from', new Date(timeAt(5) + 1).toISOString()],
      ['good 6', 'good 7'],
    ],
    [
      ['--from', String(timeAt(6))],
      ['good 6', 'good 7'],
    ],
    [['-n', '0'], []],
    [
      ['--type', 'task:*'],
      ['good 1', 'good 2', 'good 4', 'good 5', 'good 7'],
    ],
    [
      ['--type', 'task:created,session:created', '-n', '2'],
      ['good 2', 'good 3'],
    ],
    [
      ['--entity', 'task_a'],
      ['good 1', 'good 3', 'good 4', 'good 5'],
    ],
    [['--entity', 'sess_s', '--type', 'task:*'], []],
  ])('shows what is wanted: %j', async (flags, expected) => {
    expect(await offsets('proj_good', ...flags)).toEqual(expected)
  })

  it('shows all projects unless some are named, as far as they can be read', async () => {
    for (const words of [[], ['all']]) {
      const { code, stdout, stderr } = await maestroLog(dataDir, 'tail', ...words, '-n', '99')
      expect(code).toBe(8)
      expect(stdout.split('\n')).toHaveLength(8 + 3 + 3 + 1 + 1)
      expect(stderr).toContain('The log of project proj_hurt is damaged at record 3')
      expect(stderr).toContain('From record 1 on, project proj_newer needs a newer server')
    }
  })

  it.each<[string[], string]>([
    [['--from', '5'], '--from takes an offset for one project only'],
    [['proj_good', '--from', 'yesterday'], '--from takes an offset, milliseconds since 1970, or an ISO time'],
    [['proj_good', '-n', 'many'], '--lines takes a whole number'],
  ])('says what a mistake at the keyboard is: %j', async (words, message) => {
    const { code, stderr } = await maestroLog(dataDir, 'tail', ...words)
    expect(code).toBe(2)
    expect(stderr).toContain(message)
  })
})
