import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonical, type DomainEvent, type Draft, ProjectId } from '../../../events/index.ts'
import { ProjectState, rebuild, stateHash } from '../../../projections/index.ts'
import { IncomingLog } from '../../../src/log/incoming-log.ts'
import { sha256 } from '../../../src/platform/hash.ts'
import { mulberry32 } from '../../../tools/load-history/chance.ts'
import {
  projectCreated,
  sessionAdopted,
  sessionCreated,
  sessionDeleted,
  taskAdopted,
  taskCreated,
  timelineAdded,
} from '../../support/events.ts'
import { exported, histories, type ImportChoices, imported } from '../../support/export-import.ts'
import { appendAll, draftOf, fileLog, replayed } from '../../support/logs.ts'
import { MemoryFileSystem } from '../../support/memory-file-system.ts'
import { crashStates, pointsOf } from '../../support/simulated-disk/crash-states.ts'
import { SimulatedDisk } from '../../support/simulated-disk/simulated-disk.ts'
import { filesOf } from '../../support/simulated-disk/tree.ts'
import { projectId, session, task, timeAt } from '../../support/vocabulary.ts'

const dataDir = '/data'

/** A data directory in memory with the log of some drafts, in segments of at most so many bytes and a record. */
const directoryWith = async (drafts: readonly Draft[], segmentBytes = 2000): Promise<SimulatedDisk> => {
  const disk = new SimulatedDisk()
  const log = await fileLog(disk, dataDir, { segmentBytes })
  for (const draft of drafts) await appendAll(log, [draft], draft.projectId)
  await log.close()
  return disk
}

const draftsOf = (events: readonly DomainEvent[], id = projectId): Draft[] =>
  events.map((event, offset) => draftOf(event, offset, id))

const emptyDirectory = async (): Promise<SimulatedDisk> => {
  const disk = new SimulatedDisk()
  await disk.makeDirectory(dataDir)
  return disk
}

/** Names and texts of the files below a data directory. */
const contentsOf = (disk: SimulatedDisk): Record<string, string> =>
  Object.fromEntries(
    [...filesOf(disk.state)].map(([path, bytes]) => [path.slice(dataDir.length + 1), String(Buffer.from(bytes))]),
  )

const stateHashOf = async (disk: SimulatedDisk): Promise<string> => {
  const state = new ProjectState()
  const log = await fileLog(disk, dataDir)
  for (const record of (await replayed(log)).records) rebuild(state, record)
  await log.close()
  return stateHash(state, sha256)
}

const events: readonly DomainEvent[] = [
  projectCreated(),
  taskCreated(task('a'), { title: '=1+1' }),
  sessionCreated(session('s'), { taskIds: [task('a')] }),
  timelineAdded(task('a'), { type: 'update', message: 'multi\nline \u2028 "quoted", 😀' }),
  sessionDeleted(session('s')),
  taskCreated(task('b')),
]
const drafts = draftsOf(events)

describe('export and import', () => {
  it('give the same bytes again, whatever happened, in segments of any size', async () => {
    const sizes = fc.constantFrom(1, 700, 5000, 1e9)
    await fc.assert(
      fc.asyncProperty(
        histories,
        sizes,
        sizes,
        fc.integer({ min: 1, max: 3000 }),
        fc.constantFrom('jsonl', 'json'),
        async (history, from, to, pieces, format) => {
          const source = await directoryWith(draftsOf(history), from)
          const { text, extract } = await exported(source, dataDir, format)
          const target = await emptyDirectory()
          const report = await imported(target, dataDir, text, { segmentBytes: to, pieces })
          expect(extract).toEqual({ projectId, from: 0, records: history.length, head: report.head, whole: true })
          expect(report).toMatchObject({ projectId, records: history.length })
          expect((await exported(target, dataDir, format)).text).toBe(text)
          expect(await stateHashOf(target)).toBe(await stateHashOf(source))
        },
      ),
      { numRuns: 25 },
    )
  })

  it('of lines are those of the segments, and one more that says where the log ends', async () => {
    const disk = await directoryWith(drafts)
    const { text, extract } = await exported(disk, dataDir)
    const segments = Object.values(contentsOf(disk)).join('')
    const { offset, hash } = extract.head
    expect(text).toBe(`${segments}{"end":{"projectId":"proj_p","offset":${offset},"hash":"${hash}"}}\n`)
    expect(Object.keys(contentsOf(disk)).length).toBeGreaterThan(1)
  })

  it('as JSON are one object of records', async () => {
    const disk = await directoryWith(drafts)
    const { text, extract } = await exported(disk, dataDir, 'json')
    const { records, end } = JSON.parse(text)
    expect(end).toEqual({ projectId, ...extract.head })
    expect(records.map(({ type }: { type: string }) => type)).toEqual(events.map(({ type }) => type))
    const part = await exported(disk, dataDir, 'json', { to: { kind: 'offset', offset: 1 } })
    expect(JSON.parse(part.text)).toEqual({ records: records.slice(0, 2), end: null })
  })

  it('as a table keep formulas from being formulas', async () => {
    const { text } = await exported(
      await directoryWith(
        draftsOf([
          projectCreated(),
          ...['=1+1', '+1', '-1', '@sum', '\t=1', '\r=1'].map((name) =>
            sessionAdopted(session(`s${name.length}`), { name }),
          ),
        ]),
      ),
      dataDir,
      'csv',
    )
    const lines = text.split('\r\n')
    expect(lines[0]).toBe('offset,time,actor,type,entity,change,data,id,hash')
    expect(lines).toHaveLength(9)
    expect(lines[1]).toMatch(
      /^0,2023-11-14T22:13:20.000Z,user,project:created,proj_p,"created project ""Project""","\{""name"":""Project""\}",0{26},[0-9a-f]{64}$/,
    )
    // No cell begins with what a spreadsheet would calculate.
    expect(text).not.toMatch(/(?:^|,)"?[=+\-@\t\r]/m)
  })
})

describe('a part of a log', () => {
  it.each<[string, object, number[]]>([
    ['from an offset on', { from: { kind: 'offset', offset: 4 } }, [4, 5]],
    ['up to an offset', { to: { kind: 'offset', offset: 1 } }, [0, 1]],
    ['between two times', { from: { kind: 'time', at: timeAt(1) + 1 }, to: { kind: 'time', at: timeAt(3) } }, [2, 3]],
    ['of one record', { from: { kind: 'offset', offset: 2 }, to: { kind: 'offset', offset: 2 } }, [2]],
  ])('%s has no end line, and cannot be imported', async (_, range, offsets) => {
    const { text, extract } = await exported(await directoryWith(drafts), dataDir, 'jsonl', range)
    expect(
      text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line).offset),
    ).toEqual(offsets)
    expect(extract).toMatchObject({ from: offsets[0], records: offsets.length, whole: false })
    const target = await emptyDirectory()
    await expect(imported(target, dataDir, text)).rejects.toMatchObject({
      exitCode: 8,
      message: expect.stringContaining('a part of a log'),
    })
    expect(contentsOf(target)).toEqual({})
  })

  it('up to the last record, or beyond, is the whole', async () => {
    const disk = await directoryWith(drafts)
    const { text } = await exported(disk, dataDir)
    for (const offset of [5, 99])
      expect(await exported(disk, dataDir, 'jsonl', { to: { kind: 'offset', offset } })).toMatchObject({
        text,
        extract: { whole: true },
      })
  })

  it('of no record is refused', async () => {
    const range = { from: { kind: 'offset', offset: 6 } } as const
    await expect(exported(await directoryWith(drafts), dataDir, 'jsonl', range)).rejects.toMatchObject({ exitCode: 4 })
  })
})

describe('an export', () => {
  it('of a damaged log ends in front of the damage and fails', async () => {
    const disk = await directoryWith(drafts)
    const text = (await exported(disk, dataDir)).text
    const memory = new MemoryFileSystem()
    for (const [path, bytes] of filesOf(disk.state))
      memory.put(path, Buffer.from(String(Buffer.from(bytes)).replace('=1+1', '=1+2')))
    await expect(exported(memory, dataDir)).rejects.toMatchObject({
      exitCode: 8,
      message: expect.stringContaining('damaged at record 1'),
    })
    const good = await exported(memory, dataDir, 'jsonl', { to: { kind: 'offset', offset: 0 } })
    expect(good).toMatchObject({ text: `${text.split('\n')[0]}\n`, extract: { whole: false } })
  })

  it('leaves out a write that is under way', async () => {
    const disk = await directoryWith(drafts, 1e9)
    const { text } = await exported(disk, dataDir)
    const file = await disk.open(`${dataDir}/log/${projectId}/00000000000000000000.jsonl`, 'append')
    file.appendSync(Buffer.from('{"v":1,"offset":6,'))
    expect((await exported(disk, dataDir)).text).toBe(text)
  })
})

describe('what is not a whole, good log', () => {
  const edited: Array<[string, (lines: string[]) => string[], string]> = [
    ['a changed byte', (lines) => lines.map((line) => line.replace('quoted', 'quotes')), 'record 3 is not: digest'],
    [
      'a changed header',
      (lines) => lines.map((line) => line.replace('"kind":"user"', '"kind":"system"')),
      'record 0 is not: hash',
    ],
    ['a missing line', (lines) => lines.toSpliced(2, 1), 'record 2 is not: offset 3'],
    ['a doubled line', (lines) => lines.toSpliced(2, 0, lines[1] ?? ''), 'record 2 is not: offset 1'],
    ['an empty line', (lines) => lines.toSpliced(2, 0, ''), 'record 2 is not: no hash'],
    ['no last line', (lines) => lines.slice(0, -1), 'ends after record 5 and does not say that the log does'],
    ['a lost record', (lines) => lines.toSpliced(-2, 1), 'It ends at 5:'],
    ['another last line', (lines) => [...lines.slice(0, -1), '{"end":5}'], 'not what an export ends with'],
    ['something behind it', (lines) => [...lines, lines[0] ?? ''], 'Something follows'],
    ['nothing', () => [], 'There are no records'],
    ['something else', () => ['hello', 'world'], 'record 0 is not: no hash'],
  ]

  it.each(edited)('%s is refused, and leaves nothing', async (_, change, message) => {
    const { text } = await exported(await directoryWith(drafts), dataDir)
    const target = await emptyDirectory()
    const wrong = change(text.trimEnd().split('\n'))
      .map((line) => `${line}\n`)
      .join('')
    await expect(imported(target, dataDir, wrong)).rejects.toMatchObject({
      exitCode: 8,
      message: expect.stringContaining(message),
    })
    expect(contentsOf(target)).toEqual({})
  })

  it('is every beginning of an export but the whole', async () => {
    for (const format of ['jsonl', 'json'] as const) {
      const { text } = await exported(await directoryWith(drafts.slice(0, 2)), dataDir, format)
      for (let length = 0; length < text.trimEnd().length; length += 7) {
        const target = await emptyDirectory()
        await expect(imported(target, dataDir, text.slice(0, length))).rejects.toMatchObject({ exitCode: 8 })
        expect(contentsOf(target)).toEqual({})
      }
    }
  })

  it('may be whole all the same, when somebody knows where it ends', async () => {
    const source = await directoryWith(drafts)
    const segments = Object.values(contentsOf(source)).join('')
    const { head } = (await exported(source, dataDir)).extract
    const target = await emptyDirectory()
    await expect(imported(target, dataDir, segments, { head: { ...head, offset: 5 } })).rejects.toMatchObject({
      exitCode: 8,
    })
    expect(await imported(target, dataDir, segments, { head })).toMatchObject({ records: 6, head })
  })

  it('is one of a newer server for this one', async () => {
    const place = `"v":2,"offset":0,"synced":0,"projectId":"proj_p","type":"x","prev":"${'0'.repeat(64)}"`
    const header = `{${place},"digest":"${sha256('{}')}"`
    const target = await emptyDirectory()
    const line = `${header},"hash":"${sha256(header)}","data":{}}\n`
    await expect(imported(target, dataDir, line)).rejects.toMatchObject({
      exitCode: 1,
      message: expect.stringContaining('needs a newer server'),
    })
  })

  it('is one with a redacted record that no later one announces', async () => {
    const clean = canonical({ taskId: 'task_a', title: '[redacted]' })
    const announced: Draft = draftOf(
      { type: 'record:redacted', data: { offset: 1, digest: sha256(clean), pointer: '/title', reason: 'x' } },
      6,
    )
    const texts = await Promise.all(
      [drafts, [...drafts, announced]].map(async (all) => (await exported(await directoryWith(all), dataDir)).text),
    )
    const redacted = texts.map((text) =>
      text.replace(/,"data":\{"taskId":"task_a","title".*/, `,"redacted":"${sha256(clean)}","data":${clean}}`),
    )
    const target = await emptyDirectory()
    await expect(imported(target, dataDir, redacted[0] ?? '')).rejects.toMatchObject({
      exitCode: 8,
      message: expect.stringContaining('Record 1 is redacted'),
    })
    await imported(target, dataDir, redacted[1] ?? '')
    expect((await exported(target, dataDir)).text).toBe(redacted[1])
  })
})

describe('an import', () => {
  it('is refused when the project is there, or anything under its name', async () => {
    const disk = await directoryWith(drafts)
    const before = contentsOf(disk)
    const { text } = await exported(disk, dataDir)
    await expect(imported(disk, dataDir, text)).rejects.toMatchObject({
      exitCode: 1,
      message: expect.stringContaining('Project proj_p is there already'),
    })
    expect(contentsOf(disk)).toEqual(before)
    const remains = await emptyDirectory()
    await remains.makeDirectory(`${dataDir}/log/${projectId}/quarantine`)
    await expect(imported(remains, dataDir, text)).rejects.toMatchObject({ exitCode: 1 })
  })

  it.each<[string, DomainEvent, string]>([
    ['session', sessionCreated(session('s')), 'Session sess_s is there already, in project proj_q'],
    ['session that was taken over', sessionAdopted(session('s')), 'Session sess_s is there already, in project proj_q'],
    ['task', taskAdopted(task('a')), 'Task task_a is there already, in project proj_q'],
  ])('is refused when a %s of it is there', async (_, event, message) => {
    const other = ProjectId.parse('proj_q')
    const target = await directoryWith(draftsOf([projectCreated(), event], other))
    const before = contentsOf(target)
    const { text } = await exported(await directoryWith(drafts.slice(0, 4)), dataDir)
    await expect(imported(target, dataDir, text)).rejects.toMatchObject({ exitCode: 1, message })
    expect(contentsOf(target)).toEqual(before)
  })

  it('is not disturbed by sessions that are no more, here or there', async () => {
    const other = ProjectId.parse('proj_q')
    const { text } = await exported(await directoryWith(drafts.slice(0, 5)), dataDir)
    await imported(
      await directoryWith(draftsOf([projectCreated(), sessionCreated(session('s'))], other)),
      dataDir,
      text,
    )
    const here = draftsOf([projectCreated(), sessionCreated(session('s')), sessionDeleted(session('s'))], other)
    const { text: live } = await exported(await directoryWith(drafts.slice(0, 4)), dataDir)
    await imported(await directoryWith(here), dataDir, live)
  })

  it('is refused where entity files of an earlier server wait to be taken over', async () => {
    const target = await emptyDirectory()
    await target.makeDirectory(`${dataDir}/projects`)
    await (await target.open(`${dataDir}/projects/proj_1.json`, 'create')).close()
    const { text } = await exported(await directoryWith(drafts), dataDir)
    await expect(imported(target, dataDir, text)).rejects.toMatchObject({
      exitCode: 1,
      message: expect.stringContaining('Start the server once'),
    })
    expect((await target.list(dataDir)).map(({ name }) => name)).toEqual(['projects'])
  })

  it('throws away what an earlier one left, and nothing else', async () => {
    const target = await emptyDirectory()
    const left = await IncomingLog.begin({ fs: target, dataDir })
    await left.append(Buffer.from('{"v":1'), 0)
    const { text } = await exported(await directoryWith(drafts), dataDir)
    await imported(target, dataDir, text)
    expect(await target.list(`${dataDir}/log`)).toEqual([{ name: projectId, kind: 'directory' }])
  })

  it.each<[string, ImportChoices]>([
    ['in one segment', {}],
    ['in several', { segmentBytes: 1000, pieces: 300 }],
  ])('is all there or not there after a power cut, %s', async (_, choices) => {
    const source = await directoryWith(drafts)
    const { text } = await exported(source, dataDir)
    const disk = await emptyDirectory()
    await disk.syncDirectory('/')
    await imported(disk, dataDir, text, choices)
    const random = mulberry32(1)
    let there = 0
    for (const point of pointsOf(disk)) {
      for (const { state } of crashStates(point.state, random, 6)) {
        const left = new SimulatedDisk(state)
        if (left.state.find(dataDir) === undefined) continue
        // What the next start of a server sees.
        const log = await fileLog(left, dataDir)
        const projects = await log.list()
        await log.close()
        if (projects.length === 0) await imported(left, dataDir, text)
        else there += 1
        expect((await exported(left, dataDir)).text).toBe(text)
      }
    }
    expect(there).toBeGreaterThan(0)
    for (const { state } of crashStates(disk.state, random, 6)) {
      expect((await exported(new SimulatedDisk(state), dataDir)).text).toBe(text)
    }
  })
})
