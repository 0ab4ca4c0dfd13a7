import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type EventRecord, ProjectId } from '../../../events/index.ts'
import { evolve, listTasks, ProjectState, rebuild, stateHash } from '../../../projections/index.ts'
import { sha256 } from '../../../src/platform/hash.ts'
import { axisOf } from '../../../tools/log-export/page/axis.ts'
import { EmbeddedLines, jsonForScript } from '../../../tools/log-export/page/embedded.ts'
import { fieldsOf } from '../../../tools/log-export/page/fields.ts'
import { filtered, filterText } from '../../../tools/log-export/page/filter.ts'
import { isAtWork, statusAt } from '../../../tools/log-export/page/lanes.ts'
import { overviewOf } from '../../../tools/log-export/page/overview.ts'
import { Past } from '../../../tools/log-export/page/past.ts'
import { hashOf, placeOf } from '../../../tools/log-export/page/place.ts'
import { treeRows } from '../../../tools/log-export/page/tree.ts'
import { dataDir } from '../../support/damaged-logs.ts'
import {
  eventAdded,
  projectCreated,
  sessionCreated,
  sessionDeleted,
  sessionUpdated,
  taskAdopted,
  taskCreated,
  taskDeleted,
  taskUpdated,
} from '../../support/events.ts'
import { exported, histories } from '../../support/export-import.ts'
import { diskOf } from '../../support/history-logs.ts'
import { historyOf, pageOf, readHistory } from '../../support/page-histories.ts'
import { session, subtask, task, timeAt } from '../../support/vocabulary.ts'

/** The state after a record, folded from the first one. */
const foldedTo = (records: readonly EventRecord[], offset: number): ProjectState => {
  const state = new ProjectState()
  for (const record of records.slice(0, offset + 1)) rebuild(state, record)
  return state
}

describe('the past of a page', () => {
  it('is at every record what a fold from the first one makes of it, in whatever order records are gone to', () => {
    const jumps = fc.array(fc.nat(), { minLength: 1, maxLength: 12 })
    fc.assert(
      fc.property(histories, jumps, fc.integer({ min: 1, max: 9 }), (events, places, spacing) => {
        const { records } = historyOf(events)
        const past = new Past(records, spacing)
        for (const place of places) {
          const offset = place % records.length
          const { record, changes, state } = past.goTo(offset)
          const before = foldedTo(records, offset - 1)
          expect(record).toBe(records[offset])
          expect(changes).toEqual(evolve(before, record))
          expect(stateHash(state, sha256)).toBe(stateHash(foldedTo(records, offset), sha256))
          expect(Array.from(state.task.rows(), ({ entity }) => entity.id)).toEqual(
            Array.from(foldedTo(records, offset).task.rows(), ({ entity }) => entity.id),
          )
        }
      }),
    )
  })

  it('does not change what it has shown when it goes on', () => {
    const { past } = historyOf([
      projectCreated(),
      taskCreated(task('a')),
      taskUpdated(task('a'), { status: 'blocked' }),
      taskUpdated(task('a'), { status: 'completed' }),
    ])
    const { changes } = past.goTo(2)
    past.goTo(3)
    expect(changes).toMatchObject([{ before: { status: 'pending' }, after: { status: 'blocked' } }])
  })

  it('has no records beyond its ends', () => {
    const { past } = historyOf([projectCreated()])
    expect(() => past.goTo(1)).toThrow(RangeError)
    expect(() => past.goTo(-1)).toThrow(RangeError)
  })
})

const events = [
  projectCreated(),
  taskCreated(task('a'), { title: 'Write' }),
  sessionCreated(session('s'), { taskIds: [task('a')] }),
  taskUpdated(task('a'), { status: 'in_progress' }),
  eventAdded(session('s'), { type: 'note', data: { message: 'half way' } }),
  taskUpdated(task('a'), { status: 'completed', title: 'Written' }),
  sessionUpdated(session('s'), { status: 'completed' }),
  sessionDeleted(session('s')),
]

describe('the check of a page', () => {
  const { lines, about } = pageOf(events)

  it('goes over every record and tells what each one did', () => {
    const history = readHistory(lines, about)
    expect(history.verdict).toEqual({ kind: 'verified', records: 8 })
    expect(history.told.map(({ who, deed }) => `${who} ${deed}`)).toEqual([
      'somebody created the project "Project"',
      'somebody created "Write"',
      expect.stringMatching(/^somebody began session ".*" on "Write"$/),
      'somebody started "Write"',
      expect.stringMatching(/^somebody reported note in session ".*": "half way"$/),
      'somebody completed "Write", renamed it to "Written"',
      expect.stringContaining('to completed'),
      expect.stringContaining('somebody deleted session'),
    ])
    expect(history.lineOf(3)).toBe(lines[3])
  })

  it.each<[string, (all: string[]) => string[], number, string]>([
    ['a changed word', (all) => all.map((line) => line.replace('Write', 'Wrote')), 1, 'digest of data does not match'],
    ['a changed time', (all) => all.map((line, i) => (i === 3 ? line.replace('"at":1', '"at":2') : line)), 3, 'hash'],
    ['a missing record', (all) => all.toSpliced(4, 1), 4, 'offset 5 where 4 belongs'],
    ['a record that is there twice', (all) => all.toSpliced(4, 0, all[3] ?? ''), 4, 'offset 3 where 4 belongs'],
    ['a missing end', (all) => all.slice(0, -1), 7, 'does not end with the record'],
    ['something else', (all) => ['{}', ...all], 0, 'no hash'],
  ])('stops at %s, and what was before it is good', (_, spoil, offset, reason) => {
    const { verdict, records } = readHistory(spoil([...lines]), about)
    expect(verdict).toEqual({ kind: 'damaged', offset, reason: expect.stringContaining(reason) })
    expect(records).toHaveLength(offset)
  })

  it('takes no record of another project', () => {
    const foreign = readHistory(lines, { ...about, projectId: ProjectId.parse('proj_other') })
    expect(foreign.verdict).toMatchObject({ kind: 'damaged', offset: 0, reason: 'of project proj_p' })
  })

  it('takes what was redacted only when a later record says so', () => {
    const data = '{"taskId":"task_a","title":"[redacted]"}'
    const redact = (line: string): string =>
      line.replace(/("hash":"[0-9a-f]{64}"),"data":.*\}$/, `$1,"redacted":"${sha256(data)}","data":${data}}`)
    const announced = pageOf([
      ...events,
      {
        type: 'record:redacted' as const,
        data: { offset: 1, digest: sha256(data), pointer: '/title', reason: 'a secret' },
      },
    ])
    const spoilt = (all: readonly string[]): string[] => all.map((line, i) => (i === 1 ? redact(line) : line))
    const told = readHistory(spoilt(announced.lines), announced.about)
    expect(told.verdict?.kind).toBe('verified')
    expect(told.told[1]?.deed).toBe('created "[redacted]"')
    expect(readHistory(spoilt(lines), about).verdict).toMatchObject({
      reason: expect.stringContaining('record 1 was redacted'),
    })
    expect(readHistory(spoilt(lines), { ...about, whole: false }).verdict?.kind).toBe('verified')
  })
})

describe('lanes', () => {
  it('have at every record the status that the entity has then', () => {
    fc.assert(
      fc.property(histories, (all) => {
        const { lanes, records } = historyOf(all)
        for (const { offset } of records) {
          const state = foldedTo(records, offset)
          const now = new Map<string, string>()
          for (const { entity } of [...state.task.rows(), ...state.session.rows()]) now.set(entity.id, entity.status)
          const shown = lanes.flatMap((lane) => {
            const status = statusAt(lane, offset)
            return status === undefined ? [] : [[lane.id, status] as const]
          })
          expect(new Map(shown)).toEqual(now)
        }
      }),
      { numRuns: 40 },
    )
  })

  it('are of sessions first, with what became of them, and the records that touched them', () => {
    const { lanes } = historyOf(events)
    expect(lanes).toMatchObject([
      {
        kind: 'session',
        id: 'sess_s',
        spans: [
          { status: 'running', from: 2, to: 6 },
          { status: 'completed', from: 6, to: 7 },
        ],
        touches: [2, 4, 6, 7],
      },
      {
        kind: 'task',
        id: 'task_a',
        name: 'Written',
        spans: [
          { status: 'pending', from: 1, to: 3 },
          { status: 'in_progress', from: 3, to: 5 },
          { status: 'completed', from: 5, to: undefined },
        ],
        touches: [1, 2, 3, 5, 7],
      },
    ])
    expect(lanes.map((lane) => isAtWork(statusAt(lane, 4)))).toEqual([true, true])
    expect(lanes.map((lane) => isAtWork(statusAt(lane, 7)))).toEqual([false, false])
  })

  it('add up to what the overview shows', () => {
    fc.assert(
      fc.property(histories, (all) => {
        const { lanes, records } = historyOf(all)
        const axis = axisOf(
          'record',
          records.map(({ at }) => at),
        )
        const layers = overviewOf(lanes, axis, records.length, records.length)
        for (const { offset } of records) {
          const state = foldedTo(records, offset)
          for (const { status, counts } of layers) expect(counts[offset]).toBe(listTasks(state, { status }).length)
        }
      }),
      { numRuns: 20 },
    )
  })
})

describe('the tree of tasks', () => {
  it('has every task once, below its parent', () => {
    fc.assert(
      fc.property(histories, (all) => {
        const { past, records } = historyOf(all)
        const { state } = past.goTo(records.length - 1)
        const rows = treeRows(state)
        expect(new Set(rows.map(({ task: { id } }) => id)).size).toBe(state.task.size)
        expect(rows).toHaveLength(state.task.size)
        for (const [i, { task: child, level }] of rows.entries()) {
          const parent = rows.slice(0, i).findLast((row) => row.level < level)
          if (level > 1) expect(parent?.task.id).toBe(child.parentId)
        }
      }),
      { numRuns: 40 },
    )
  })

  it('ends although adopted tasks are below themselves or below nothing', () => {
    const { past } = historyOf([
      projectCreated(),
      taskAdopted(task('a'), { parentId: task('b') }),
      taskAdopted(task('b'), { parentId: task('a') }),
      taskAdopted(task('c'), { parentId: task('gone') }),
      taskAdopted(task('d'), { parentId: task('c') }),
    ])
    const rows = treeRows(past.goTo(4).state)
    expect(rows.map(({ task: { id }, level }) => `${id} ${level}`)).toEqual([
      ...['task_c 1', 'task_d 2'],
      ...['task_a 1', 'task_b 2'],
    ])
  })
})

describe('the filter', () => {
  it('finds records by words, type, offset and id, in any order and case', () => {
    const { records, told } = historyOf(events)
    const texts = records.map((record, i) => filterText(record, told[i] ?? { who: '', deed: '' }))
    const find = (query: string): number[] => filtered(texts, query)
    expect(find('')).toHaveLength(8)
    expect(find('  COMPLETED write ')).toEqual([5])
    expect(find('task:updated')).toEqual([3, 5])
    expect(find('sess_s deleted')).toEqual([7])
    expect(find('half way')).toEqual([4])
    expect(find('no such thing')).toEqual([])
  })
})

describe('an axis', () => {
  const times = fc
    .array(fc.nat(1e9), { minLength: 1, maxLength: 40 })
    .map((gaps) => gaps.map((_, i) => gaps.slice(0, i + 1).reduce((time, gap) => time + gap, timeAt(0))))

  it('leads from every record to its place and back, to the last one of that place', () => {
    fc.assert(
      fc.property(times, fc.constantFrom('time' as const, 'record' as const), (all, kind) => {
        const axis = axisOf(kind, all)
        for (const offset of all.keys()) {
          const x = axis.xOf(offset)
          expect(x).toBeGreaterThanOrEqual(0)
          expect(x).toBeLessThanOrEqual(1)
          expect(axis.offsetAt(x)).toBe(kind === 'record' ? offset : all.lastIndexOf(all[offset] ?? 0))
        }
        expect(axis.offsetAt(-1)).toBe(0)
        expect(axis.offsetAt(2)).toBe(all.length - 1)
      }),
    )
  })

  it('has few ticks, in order, all of them on it', () => {
    fc.assert(
      fc.property(times, fc.constantFrom('time' as const, 'record' as const), (all, kind) => {
        const ticks = axisOf(kind, all).ticks(8)
        expect(ticks.length).toBeLessThanOrEqual(10)
        const places = ticks.map(({ x }) => x)
        expect(places).toEqual(places.toSorted((a, b) => a - b))
        for (const x of places) expect(x).toSatisfy((at: number) => at >= 0 && at <= 1)
      }),
    )
  })
})

describe('the place in the address', () => {
  it('is read again as it was written', () => {
    const place = { offset: 120, id: 'task_x', axis: 'time' } as const
    expect(hashOf(place)).toBe('#offset=120&id=task_x&axis=time')
    expect(placeOf(hashOf(place), 200)).toEqual(place)
    expect(placeOf(hashOf({ ...place, id: undefined }), 200)).toEqual({ ...place, id: undefined })
  })

  it.each(['', '#', '#offset=-1', '#offset=1e3', '#offset=999', '#id=<b>&offset=', '#offset=%00&axis=up'])(
    'is the last record where it makes no sense: %s',
    (hash) => {
      expect(placeOf(hash, 200)).toEqual({ offset: 199, id: undefined, axis: 'record' })
    },
  )
})

describe('data in a page', () => {
  it('is read again as it was, and never ends the element that it is in', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom(...hostile))), (lines) => {
        const text = jsonForScript(lines)
        expect(text).not.toContain('<')
        expect(EmbeddedLines.parse(JSON.parse(text))).toEqual(lines)
      }),
    )
  })
})

const hostile = ['</script><script>alert(1)</script>', '<!--<script>', ']]>', '\\u003c', '\u2028', '\0\r\n']

describe('the fields of an entity', () => {
  it('are those that say something; ids are links with names', () => {
    const { past } = historyOf([
      projectCreated(),
      taskCreated(task('a'), { title: 'Top' }),
      taskCreated(task('b'), { title: 'Below', parentId: task('a'), description: '<b>\nbold</b>' }),
      { type: 'subtask:created', data: { taskId: task('b'), subtaskId: subtask('i'), title: 'Step', order: 0 } },
      taskDeleted(task('a')),
    ])
    const { state } = past.goTo(3)
    const entity = state.task.get(task('b'))?.entity
    const fields = entity === undefined ? [] : fieldsOf(entity, state)
    const shown = new Map(fields.map((field) => [field.name, field.shown]))
    expect(shown.get('parentId')).toEqual({ kind: 'links', links: [{ id: 'task_a', name: 'Top' }] })
    expect(shown.get('description')).toEqual({ kind: 'text', text: '<b>\nbold</b>' })
    expect(shown.get('subtasks')).toEqual({ kind: 'items', items: ['"Step"'] })
    expect([...shown.keys()]).not.toContain('initialPrompt')
  })
})

describe('the file', () => {
  it('is made from sources as well, and carries the licences of what is in it', async () => {
    const { text, extract } = await exported(await diskOf(events), dataDir, 'html')
    expect(text).toMatch(/^<!doctype html>\n/)
    expect(text).toMatch(/<\/html>\n$/)
    expect(text).toContain(extract.head.hash)
    for (const name of ['zod', 'immer', '@noble/hashes']) expect(text).toContain(`/*!\n${name}\n`)
  })

  it('is made of a log from its first record on', async () => {
    const from = { kind: 'offset', offset: 1 } as const
    await expect(exported(await diskOf(events), dataDir, 'html', { from })).rejects.toMatchObject({
      code: 'VALIDATION_ERROR',
    })
  })
})
