import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { EventRecord } from '../../../events/index.ts'
import {
  Blame,
  type BlameEntry,
  Follower,
  historyEntry,
  reachesFurther,
  touches,
} from '../../../projections/history.ts'
import { nameOf, ProjectState, type Subject } from '../../../projections/index.ts'
import { taskAdded, taskDeleted, taskUpdated, timelineAdded } from '../../support/events.ts'
import { frozen, recordOf } from '../../support/fold.ts'
import { intents } from '../../support/intents.ts'
import { type Past, pastOf, sealedOf } from '../../support/past.ts'
import { allOf } from '../../support/store-fixture.ts'
import { session, task } from '../../support/vocabulary.ts'

/** Everything that ever was in a past. */
const subjectsIn = ({ changes }: Past): Subject[] => {
  const all = new Map(changes.flat().map((change) => [`${change.kind} ${change.id}`, nameOf(change)]))
  return [...all.values()]
}

const isAbout = (subject: Subject) => (one: Subject) => one.kind === subject.kind && one.id === subject.id

/** What happened to an entity from an offset on, as the fold of everything tells it. */
const truthOf = ({ records, changes }: Past, subject: Subject, from = 0): object[] =>
  changes.flatMap((all, offset) => {
    const change = all.find(isAbout(subject))
    const record = records[offset]
    return change === undefined || record === undefined || offset < from ? [] : [historyEntry({ record, change })]
  })

const follow = (follower: Follower, records: readonly EventRecord[]): object[] =>
  records.flatMap((record) => {
    const touch = follower.next(record)
    return touch === undefined ? [] : [historyEntry(frozen(structuredClone(touch)))]
  })

describe('the history of an entity', () => {
  it('is every record that touched it, with the patch that it made', () => {
    fc.assert(
      fc.property(intents(30), (plan) => {
        const past = pastOf(plan)
        for (const subject of subjectsIn(past)) {
          expect(follow(new Follower(subject), past.records)).toEqual(truthOf(past, subject))
        }
      }),
      { numRuns: 50 },
    )
  })

  it('can be begun anywhere, over a state that stays as it is', () => {
    fc.assert(
      fc.property(intents(30), fc.nat(), (plan, n) => {
        const past = pastOf(plan)
        const from = n % (past.records.length + 1)
        const below = past.stateBefore(from)
        const then = allOf(below)
        for (const subject of subjectsIn(past)) {
          const follower = new Follower(subject, below.layer())
          expect(follow(follower, past.records.slice(from))).toEqual(truthOf(past, subject, from))
          expect(allOf(follower.state)).toEqual(allOf(past.stateBefore(past.records.length)))
        }
        expect(allOf(below)).toEqual(then)
      }),
      { numRuns: 50 },
    )
  })

  it('says whose data was replaced', () => {
    const [first] = pastOf([]).records
    if (first === undefined) throw new Error('there is no record')
    const touch = new Follower({ kind: 'project', id: first.projectId }).next({ ...first, redacted: first.digest })
    expect(touch && historyEntry(touch)).toMatchObject({ offset: 0, redacted: true, change: 'created' })
  })
})

describe('whether a record touches an entity', () => {
  it('can be told without the state before it, save for deletions', () => {
    fc.assert(
      fc.property(intents(30), (plan) => {
        const past = pastOf(plan)
        const nothing = new ProjectState()
        for (const [offset, changes] of past.changes.entries()) {
          const record = past.records[offset]
          if (record === undefined) continue
          const before = past.stateBefore(offset)
          for (const subject of subjectsIn(past)) {
            const isTouched = changes.some(isAbout(subject))
            expect(touches(before, record, subject.id)).toBe(isTouched)
            if (!reachesFurther(record)) expect(touches(nothing, record, subject.id)).toBe(isTouched)
          }
        }
      }),
      { numRuns: 30 },
    )
  })
})

/** The fields that a history entry says to have changed. */
const fieldsIn = (entry: ReturnType<typeof historyEntry>): string[] => {
  if (entry.change === 'deleted') return []
  if (entry.change === 'created') return Object.keys(entry.entity)
  return entry.patch.map(({ path }) => path.split('/')[1] ?? '')
}

describe('blame', () => {
  it('names for every field the last record of the history that changed it', () => {
    fc.assert(
      fc.property(intents(40), (plan) => {
        const past = pastOf(plan)
        for (const subject of subjectsIn(past)) {
          const blame = new Blame()
          const follower = new Follower(subject)
          const expected = new Map<string, number>()
          for (const record of past.records) {
            const touch = follower.next(record)
            if (touch === undefined) continue
            blame.add(touch)
            for (const field of fieldsIn(historyEntry(touch))) expected.set(field, record.offset)
          }
          const fields = blame.entries().filter(({ element }) => element === undefined)
          expect(Object.fromEntries(fields.map(({ field, offset }) => [field, offset]))).toEqual(
            Object.fromEntries(expected),
          )
        }
      }),
      { numRuns: 50 },
    )
  })

  it('names for every entry, subtask, link and key the record that set it', () => {
    fc.assert(
      fc.property(intents(40), (plan) => {
        const past = pastOf(plan)
        for (const subject of subjectsIn(past)) {
          const blame = new Blame()
          const follower = new Follower(subject)
          for (const record of past.records) {
            const touch = follower.next(record)
            if (touch !== undefined) blame.add(touch)
          }
          expect(elementsIn(blame)).toEqual(elementsByHand(past, subject))
        }
      }),
      { numRuns: 50 },
    )
  })

  const blameAfter = (...events: Parameters<typeof recordOf>[0][]): Blame => {
    const { records } = pastOf([])
    const more = events.map((event, i) => sealedOf(recordOf(event, records.length + i)))
    const blame = new Blame()
    const follower = new Follower({ kind: 'task', id: task('a') })
    for (const record of [...records, ...more]) {
      const touch = follower.next(record)
      if (touch !== undefined) blame.add(touch)
    }
    return blame
  }
  const begun = pastOf([]).records.length

  it('tells two changes of one task apart', () => {
    const blame = blameAfter(
      taskUpdated(task('a'), { title: 'Other' }),
      timelineAdded(task('a'), { type: 'update', message: 'Half' }),
      taskAdded(session('x'), task('a')),
    )
    const by = (field: string) => blame.entries().find((one) => one.field === field && one.element === undefined)
    expect([by('title'), by('timeline'), by('sessionIds'), by('status')]).toMatchObject([
      { offset: begun, type: 'task:updated', actor: { kind: 'user' } },
      { offset: begun + 2, type: 'session:task_added' },
      { offset: begun + 2 },
      { offset: 1, type: 'task:created' },
    ])
    expect(blame.deleted).toBeUndefined()
  })

  it('of what is deleted names who did it, and who set what it had last', () => {
    const blame = blameAfter(taskUpdated(task('a'), { title: 'Other' }), taskDeleted(task('a'), true))
    expect(blame.deleted).toMatchObject({ offset: begun + 1, type: 'task:deleted' })
    expect(blame.entries().find(({ field }) => field === 'title')).toMatchObject({ offset: begun })
  })
})

const elementsIn = (blame: Blame): string[] =>
  blame
    .entries()
    .filter((entry): entry is BlameEntry & { element: string } => entry.element !== undefined)
    .map(({ field, element, offset }) => `${field} ${element} ${offset}`)
    .sort()

const namesOf = (value: unknown): Map<string, string> => {
  if (typeof value !== 'object' || value === null) return new Map()
  const members: Array<readonly [string, unknown]> = Array.isArray(value)
    ? value.map((item: string | { id: string }) => [typeof item === 'string' ? item : item.id, item])
    : Object.entries(value)
  return new Map(members.map(([name, member]) => [name, JSON.stringify(member)]))
}

/** The same without any cleverness: what differs between the whole entity before a record and after it. */
const elementsByHand = ({ changes }: Past, subject: Subject): string[] => {
  const known = new Map<string, Map<string, number>>()
  for (const [offset, all] of changes.entries()) {
    const { before, after } = all.find(isAbout(subject)) ?? {}
    if (after === undefined) continue
    if (before === undefined) known.clear()
    const old = new Map(Object.entries(before ?? {}))
    for (const [field, value] of Object.entries(after)) {
      const marks = known.get(field) ?? new Map<string, number>()
      known.set(field, marks)
      const [was, is] = [namesOf(old.get(field)), namesOf(value)]
      for (const name of marks.keys()) if (!is.has(name)) marks.delete(name)
      for (const [name, text] of is) if (was.get(name) !== text) marks.set(name, offset)
    }
  }
  return [...known].flatMap(([field, marks]) => [...marks].map(([name, offset]) => `${field} ${name} ${offset}`)).sort()
}
