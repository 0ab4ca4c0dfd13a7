import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { EventRecord } from '../../../events/index.ts'
import { ProjectState, rebuild, stateHash } from '../../../projections/index.ts'
import { projectDirectory, snapshotName } from '../../../src/log/format.ts'
import { createHasher, sha256 } from '../../../src/platform/hash.ts'
import { nodeFileSystem as fs } from '../../../src/platform/node-file-system.ts'
import { openReadOnlyLog } from '../../../tools/support/read-only-log.ts'
import { projectCreated, sessionCreated, taskCreated, taskDeleted, taskUpdated } from '../../support/events.ts'
import { diskOf } from '../../support/history-logs.ts'
import { eventfulHistory, maestroLogTool as maestro, writeHistory } from '../../support/log-tools.ts'
import { scratchDirectory } from '../../support/scratch.ts'
import { projectId, session, task } from '../../support/vocabulary.ts'
import { AssertShape, AuditShape, BisectShape, BlameShape, DiffShape, HistoryShape, StateShape } from './shapes.ts'

const events = eventfulHistory()
const last = events.length - 1

let dataDir: string
beforeEach(async () => {
  dataDir = await scratchDirectory()
})

/** What a command prints for programs. */
const json = async <S extends z.ZodType>(schema: S, name: string, ...words: string[]): Promise<z.output<S>> => {
  const { stdout, stderr } = await maestro(dataDir, name, ...words, '--json')
  expect(stderr).toBe('')
  return schema.parse(JSON.parse(stdout))
}

const recordsOf = async (): Promise<EventRecord[]> => {
  const options = { fs, sha256, createHasher, dataDir, projectId, inUse: async () => false }
  const log = await openReadOnlyLog(options)
  const records: EventRecord[] = []
  for await (const { record } of log.records()) records.push(record)
  return records
}

describe('the state', () => {
  it('at every offset is what a fold of the records up to it gives', async () => {
    await writeHistory(dataDir, events)
    const state = new ProjectState()
    for (const record of await recordsOf()) {
      rebuild(state, record)
      if (record.offset % 10 !== 0 && record.offset !== last) continue
      const then = await json(StateShape, 'replay', 'proj_p', '--to', String(record.offset))
      expect(then).toEqual({
        ...{ projectId, offset: record.offset, hash: record.hash, at: record.at, stateHash: stateHash(state, sha256) },
        project: [...state.project.rows()][0]?.entity ?? null,
        tasks: Array.from(state.task.rows(), ({ entity }) => entity),
        sessions: Array.from(state.session.rows(), ({ entity }) => entity),
      })
    }
  })

  it('is a tree for people, of all tasks, of those that are open, or below one', async () => {
    const [a, b, c, d] = [task('a'), task('b'), task('c'), task('d')]
    await writeHistory(dataDir, [
      projectCreated({ name: 'Apollo' }),
      taskCreated(a, { title: 'Build it', priority: 'high' }),
      taskCreated(b, { title: 'Engine', parentId: a }),
      taskCreated(c, { title: 'Pump', parentId: b }),
      taskCreated(d, { title: 'Ship it' }),
      sessionCreated(session('x'), { name: 'Ann', taskIds: [c] }),
      taskUpdated(c, { status: 'in_progress' }),
      taskUpdated(d, { status: 'completed' }),
    ])
    const { stdout } = await maestro(dataDir, 'replay', 'proj_p')
    expect(stdout.split('\n')).toEqual([
      'Apollo proj_p',
      'after record 7 of 7, 2023-11-14T22:13:27.000Z',
      '4 tasks: ○ 2 pending  ◐ 1 in_progress  ■ 0 blocked  ✓ 1 completed',
      '',
      '○ Build it (high) task_a',
      '└─ ○ Engine task_b',
      '   └─ ◐ Pump (@Ann) task_c',
      '✓ Ship it task_d',
      '',
      '1 session: 1 active, 0 over',
      '@Ann running on Pump, last active 2023-11-14T22:13:25.000Z sess_x',
      '',
    ])
    expect((await maestro(dataDir, 'replay', 'proj_p', '--open')).stdout).not.toContain('Ship it')
    const below = await maestro(dataDir, 'replay', 'proj_p', '--task', 'task_b')
    expect(below.stdout.split('\n').slice(4)).toEqual(['○ Engine task_b', '└─ ◐ Pump (@Ann) task_c', ''])
  })

  it('is the same in whatever way it is folded', async () => {
    await writeHistory(dataDir, events)
    const { same, ways } = await json(AssertShape, 'replay', 'proj_p', '--assert')
    expect({ same, ways: ways.map(({ way }) => way) }).toEqual({ same: true, ways: ['rebuild', 'evolve'] })
  })

  it('that a snapshot has wrong is found out, with exit code 8', async () => {
    const id = await writeHistory(dataDir, events)
    const disk = await diskOf(events, [50])
    const name = snapshotName(50)
    const snapshot = await disk.readFile(`/data/log/${projectId}/${name}`)
    const path = join(projectDirectory(dataDir, id), name)
    await writeFile(path, snapshot)
    const good = await json(AssertShape, 'replay', 'proj_p', '--assert', '--to', '50')
    expect(good).toMatchObject({ same: true, ways: [{}, {}, { way: 'snapshot', from: 50, records: 1 }] })

    const text = (await readFile(path, 'utf8')).replace('"platform":"linux"', '"platform":"other"')
    const body = text.slice(0, text.lastIndexOf('],"sha256"'))
    await writeFile(path, `${body}],"sha256":"${sha256(body)}"}\n`)
    const wrong = await maestro(dataDir, 'replay', 'proj_p', '--assert', '--to', '50')
    expect(wrong.code).toBe(8)
    expect(wrong.stdout).toContain('The states after record 50 differ')
    expect(await json(AssertShape, 'replay', 'proj_p', '--assert', '--to', '50')).toMatchObject({ same: false })
  })
})

describe('playing', () => {
  it('tells every record as a sentence, or as the line that it is', async () => {
    await writeHistory(dataDir, events)
    const { stdout } = await maestro(dataDir, 'replay', 'proj_p', '--speed', 'max', '--from', '1', '--to', '3')
    expect(stdout.split('\n')).toEqual([
      ...[1, 2, 3].map((n) => `2023-11-14T22:13:2${n}.000Z ${n}  somebody created "Task"`),
      '',
    ])
    const lines = await maestro(dataDir, 'replay', 'proj_p', '--speed', 'max', '--json')
    const segment = join(projectDirectory(dataDir, projectId), '00000000000000000000.jsonl')
    expect(lines.stdout).toBe(await readFile(segment, 'utf8'))
  })

  it('waits between records, in scaled time', async () => {
    await writeHistory(dataDir, events.slice(0, 4))
    const began = performance.now()
    await maestro(dataDir, 'replay', 'proj_p', '--speed', '20x')
    expect(performance.now() - began).toBeGreaterThan(140)
    const idle = performance.now()
    await maestro(dataDir, 'replay', 'proj_p', '--speed', '0.001', '--idle', '0.01')
    expect(performance.now() - idle).toBeLessThan(5_000)
  })
})

describe('blame', () => {
  it('agrees with the history for every field of every entity', async () => {
    await writeHistory(dataDir, events)
    const state = new ProjectState()
    for (const record of await recordsOf()) rebuild(state, record)
    const ids = [...state.task.rows(), ...state.session.rows(), ...state.project.rows()].map(({ entity }) => entity.id)
    expect(ids.length).toBeGreaterThan(10)
    for (const id of ids) {
      const { entries } = await json(HistoryShape, 'history', id)
      const { fields } = await json(BlameShape, 'blame', id)
      for (const { field, element, offset } of fields) {
        if (element !== undefined) continue
        const setters = entries.filter(
          (entry) =>
            entry.change === 'created' ||
            (entry.change === 'changed' && entry.patch.some(({ path }) => path.split('/')[1] === field)),
        )
        expect({ id, field, offset }).toEqual({ id, field, offset: setters.at(-1)?.offset })
      }
    }
  })

  it('is a table, with what is in lists on request', async () => {
    await writeHistory(dataDir, [
      projectCreated(),
      taskCreated(task('a'), { title: 'Build it', dependencies: [task('b')] }),
    ])
    const { stdout } = await maestro(dataDir, 'blame', 'task_a')
    expect(stdout).toMatch(/^FIELD +VALUE +RECORD +WHEN +WHO\n/)
    expect(stdout).toMatch(/^title +"Build it" +1 +2023-11-14T22:13:21\.000Z +somebody$/m)
    expect(stdout).toMatch(/^dependencies +1 item +1 /m)
    const all = await maestro(dataDir, 'blame', 'task_a', '--all')
    expect(all.stdout).toMatch(/^ +"task_b" +1 /m)
    expect(all.stdout).toMatch(/^ +created "Task created" +1 /m)
  })

  it('of what is deleted tells how it was, and what deleted it', async () => {
    await writeHistory(dataDir, [
      projectCreated(),
      taskCreated(task('a'), { title: 'Build it' }),
      taskDeleted(task('a')),
    ])
    const { code, stdout, stderr } = await maestro(dataDir, 'blame', 'task_a')
    expect({ code, stderr }).toEqual({ code: 0, stderr: 'It was deleted by record 2. This is how it was before.\n' })
    expect(stdout).toContain('"Build it"')
    expect(await json(z.looseObject({ deleted: z.looseObject({}) }), 'blame', 'task_a')).toMatchObject({
      deleted: { offset: 2 },
    })
  })
})

describe('a history', () => {
  it('tells a story to somebody who was not there', async () => {
    const a = task('a')
    await writeHistory(dataDir, [
      projectCreated(),
      taskCreated(a, { title: 'Build it', description: 'Of wood' }),
      sessionCreated(session('x'), { name: 'Ann', taskIds: [a] }),
      taskUpdated(a, { status: 'in_progress', startedAt: 1_700_000_003_000 }),
      taskUpdated(
        a,
        { description: 'Of stone', priority: 'low' },
        { entries: [{ type: 'blocker', message: 'No wood' }] },
      ),
      taskUpdated(a, { status: 'completed', completedAt: 1_700_000_005_000 }),
    ])
    const { stdout } = await maestro(dataDir, 'history', 'task_a')
    expect(stdout.split('\n')).toEqual([
      '2023-11-14T22:13:21.000Z 1  somebody created "Build it"',
      '    description "Of wood"',
      '2023-11-14T22:13:22.000Z 2  somebody began session "Ann" on it',
      '2023-11-14T22:13:23.000Z 3  somebody started it',
      '2023-11-14T22:13:24.000Z 4  somebody gave it low priority, changed its description, hit a blocker on it: "No wood"',
      '    description "Of wood" → "Of stone"',
      '2023-11-14T22:13:25.000Z 5  somebody completed it',
      '',
      '"Build it": completed, low priority, session "Ann", completed 2 seconds after it was started.',
      '5 records in 4 seconds.',
      '',
    ])
    const full = await maestro(dataDir, 'history', 'task_a', '--full')
    expect(full.stdout).toContain('    status pending → in_progress\n')
    expect((await maestro(dataDir, 'history', 'sess_x')).stdout).toContain(
      'somebody began session "Ann" on "Build it"\n',
    )
    expect((await maestro(dataDir, 'history', 'proj_p')).stdout).toContain('"Project": 1 task, 1 session.\n')
  })

  it('is found in whatever project it is', async () => {
    await writeHistory(dataDir, [projectCreated(), taskCreated(task('other'))], 'proj_a')
    await writeHistory(dataDir, [projectCreated(), taskCreated(task('a'), { dependencies: [task('other')] })], 'proj_b')
    const projectOf = async (...words: string[]) =>
      (await json(z.looseObject({ projectId: z.string() }), 'history', ...words)).projectId
    expect(await projectOf('task_other')).toBe('proj_a')
    expect(await projectOf('task_a')).toBe('proj_b')
    expect(await maestro(dataDir, 'history', 'task_other', '--project', 'proj_b')).toMatchObject({
      code: 4,
      stderr: 'maestro: There is no task or session "task_other" in the log of project proj_b\n',
    })
  })
})

describe('a difference', () => {
  it('is told entity by entity, in both directions', async () => {
    await writeHistory(dataDir, [
      projectCreated(),
      taskCreated(task('a'), { title: 'Build it' }),
      taskCreated(task('b'), { title: 'Test it' }),
      taskUpdated(task('a'), { status: 'blocked' }),
      taskDeleted(task('b')),
      sessionCreated(session('x'), { name: 'Ann' }),
    ])
    expect((await maestro(dataDir, 'diff', 'proj_p', '2', '5')).stdout.split('\n')).toEqual([
      'from record 2, 2023-11-14T22:13:22.000Z',
      'to record 5, 2023-11-14T22:13:25.000Z',
      '',
      '~ task Build it task_a',
      '    status pending → blocked',
      '- task Test it task_b',
      '+ session Ann sess_x',
      '3 differences: 1 created, 1 changed, 1 deleted.',
      '',
    ])
    expect((await maestro(dataDir, 'diff', 'proj_p', '5', '2')).stdout).toContain('+ task Test it task_b\n')
    expect((await maestro(dataDir, 'diff', 'proj_p', '3', '3')).stdout).toContain('Nothing is different.\n')
    const { changes } = await json(DiffShape, 'diff', 'proj_p', '2', '3')
    expect(changes).toEqual([
      {
        ...{ kind: 'task', id: 'task_a', change: 'changed' },
        patch: [
          { op: 'replace', path: '/status', value: 'blocked' },
          { op: 'replace', path: '/updatedAt', value: 1_700_000_003_000 },
        ],
      },
    ])
  })
})

describe('a bisection', () => {
  it('tells the record that did it, with what was different then', async () => {
    await writeHistory(dataDir, [
      projectCreated(),
      taskCreated(task('a'), { title: 'Build it' }),
      taskUpdated(task('a'), { status: 'blocked' }),
    ])
    const { code, stdout } = await maestro(dataDir, 'bisect', 'proj_p', '--where', 'countTasks("blocked") > 0')
    expect({ code, lines: stdout.split('\n') }).toEqual({
      code: 0,
      lines: [
        'It turned true with record 2, 2023-11-14T22:13:22.000Z:',
        'somebody marked "Build it" as blocked',
        '~ task Build it task_a',
        '    status pending → blocked',
        '',
        'It is false after record 1. It may have been true before; --first finds the first time.',
        '',
      ],
    })
    const found = await json(BisectShape, 'bisect', 'proj_p', '--where', 'tasks.size() == 1', '--first')
    expect(found).toMatchObject({
      found: true,
      first: true,
      from: null,
      to: 2,
      record: { offset: 1, type: 'task:created' },
    })
  })

  it.each([
    [['--where', 'tasks.size() > 99'], `It is false after record ${last}.`, 'false-at-to'],
    [['--where', 'task("task_z").status == "blocked"'], 'because there is no task task_z', 'false-at-to'],
    [['--where', 'offset < 5', '--from', '2', '--to', '9'], 'It is true after record 2 already.', 'true-at-from'],
    [['--where', 'tasks.size() > 99', '--first'], `It is not true after any record up to ${last}.`, 'false-at-to'],
  ])('that finds nothing says why, and exits with 4: %j', async (words, says, reason) => {
    await writeHistory(dataDir, events)
    const { code, stdout } = await maestro(dataDir, 'bisect', 'proj_p', ...words)
    expect(code).toBe(4)
    expect(stdout).toContain(says)
    expect(await json(BisectShape, 'bisect', 'proj_p', ...words)).toMatchObject({ found: false, reason })
  })
})

describe('an audit', () => {
  it('names the records of each finding', async () => {
    const a = task('a')
    await writeHistory(dataDir, [
      projectCreated(),
      taskCreated(a, { title: 'Build it' }),
      taskUpdated(a, { status: 'completed' }),
      taskUpdated(a, { status: 'in_progress' }),
      sessionCreated(session('x'), { name: 'Ann' }),
    ])
    const { code, stdout } = await maestro(dataDir, 'audit', 'proj_p')
    expect({ code, lines: stdout.split('\n').filter((line) => !line.startsWith('clock')) }).toEqual({
      code: 0,
      lines: [
        'FINDING          RECORDS  WHAT',
        'lifecycle        1 to 2   "Build it" went from pending to completed',
        'lifecycle        2 to 3   "Build it" went from completed to in_progress',
        'unattended task  3        "Build it" is in progress since 2023-11-14T22:13:23.000Z, and no session has it',
        'open session     4        session "Ann" is running, last active 2023-11-14T22:13:24.000Z',
        '',
        expect.stringContaining('5 records: lifecycle 2, unattended task 1, open session 1'),
        '',
      ],
    })
    expect(await json(AuditShape, 'audit', 'proj_p')).toMatchObject({ records: 5, counts: { lifecycle: 2, gap: 0 } })
  })
})
