import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type DomainEvent, EntryId, type SessionId, type Task, type TaskId } from '../../../events/index.ts'
import { sharedFrom } from '../../../projections/growing-list.ts'
import { asText, type Change, isShared, jsonOf, type ProjectState } from '../../../projections/index.ts'
import { eventAdded, projectCreated, sessionAdopted, taskAdopted } from '../../support/events.ts'
import { fold } from '../../support/fold.ts'
import { commandOf, eventOf, opening } from '../../support/histories.ts'
import { intents } from '../../support/intents.ts'
import { session, task } from '../../support/vocabulary.ts'

describe('whatever commands come', () => {
  it('every fold gives the same state, and a whole one', () => {
    fc.assert(
      fc.property(intents(60), (plan) => {
        // Adding an event asserts that a rebuild from disk gives the same state, that nothing earlier was written to, and
        // that the changes tell what was and what is.
        const history = fold(...opening)
        for (const intent of plan) {
          const event = eventOf(commandOf(intent, history.state), history.state, history.changes.length)
          if (event === undefined) continue
          const changes = history.add(event)
          expect(rowsOf(history.rebuilt)).toEqual(rowsOf(history.state))
          expectEachOnce(changes)
          expectWhole(history.state)
        }
      }),
      { numRuns: 40 },
    )
  })
})

describe('a task and a session that have gathered much', () => {
  it('are folded as all are, and each of their versions is in JSON what it is', () => {
    fc.assert(
      fc.property(intents(60), (plan) => {
        const history = fold(...longLived)
        for (const intent of plan) {
          const event = eventOf(commandOf(intent, history.state), history.state, history.changes.length)
          if (event !== undefined) history.add(event)
        }
        const entities = history.changes.flat().flatMap(({ after }) => after ?? [])
        // Later versions first: what earlier ones have is known by then.
        for (const entity of entities.reverse()) expect(asText(jsonOf(entity))).toBe(JSON.stringify(entity))
        expectWhole(history.state)
      }),
      { numRuns: 40 },
    )
  })

  it('share it with their versions', () => {
    const [name, id] = [session('long'), task('long')]
    const changes = fold(...longLived).add(
      eventAdded(name, { type: 'note', data: { message: 'More' } }, { taskId: id }),
    )
    expect(changes.map(({ after }) => after !== undefined && isShared(after))).toEqual([true, true])
  })
})

/** A list of so many items is shared when it grows. */
const many = Array.from({ length: sharedFrom }, (_, i) => ({
  id: EntryId.parse(`long_${i}`),
  timestamp: i,
  message: `Reported "${i}"\n`,
}))
const longLived: readonly DomainEvent[] = [
  projectCreated(),
  taskAdopted(task('long'), { timeline: many.map((entry) => ({ ...entry, type: 'update' as const })) }),
  sessionAdopted(session('long'), { events: many.map(({ message, ...event }) => ({ ...event, type: message })) }),
]

/** An event that was decided changes something, and each entity once. */
const expectEachOnce = (changes: readonly Change[]): void => {
  expect(changes).not.toEqual([])
  expect(new Set(changes.map(({ kind, id }) => `${kind} ${id}`)).size).toBe(changes.length)
  expect(changes.filter(({ before, after }) => before === after)).toEqual([])
}

const rowsOf = (state: ProjectState) =>
  [state.project, state.task, state.session].flatMap((table) =>
    [...table.rows()].map(({ entity, version, created }) => `${entity.id} ${version} ${created}`),
  )

/** Everything that is mentioned exists and is mentioned once, links have two sides, and nothing is above or before itself. */
const expectWhole = (state: ProjectState): void => expect(faultsOf(state)).toEqual([])

const faultsOf = (state: ProjectState): string[] => {
  const task = (id: TaskId) => state.task.get(id)?.entity
  const session = (id: SessionId) => state.session.get(id)?.entity
  const faults: string[] = []
  const check = (holds: boolean | undefined, fault: string): void => {
    if (holds !== true) faults.push(fault)
  }
  for (const { entity } of state.task.rows()) {
    const { id, parentId, dependencies, sessionIds } = entity
    check(isSet(dependencies) && isSet(sessionIds), `${id} has something twice`)
    check(parentId === null || task(parentId) !== undefined, `${id} has no parent`)
    check(!reachable(id, (of) => parentsOf(task(of))).has(id), `${id} is above itself`)
    check(dependencies.every(task), `${id} depends on nothing`)
    check(!reachable(id, (of) => task(of)?.dependencies ?? []).has(id), `${id} depends on itself`)
    check(
      sessionIds.every((one) => session(one)?.taskIds.includes(id)),
      `${id} has a session without it`,
    )
  }
  for (const { entity } of state.session.rows()) {
    const { id, taskIds } = entity
    check(isSet(taskIds), `${id} has a task twice`)
    check(
      taskIds.every((one) => task(one)?.sessionIds.includes(id)),
      `${id} has a task without it`,
    )
  }
  return faults
}

const parentsOf = (task: Task | undefined): TaskId[] =>
  task === undefined || task.parentId === null ? [] : [task.parentId]

const isSet = (ids: readonly string[]): boolean => new Set(ids).size === ids.length

/** All tasks that can be reached from one by a relation. */
const reachable = (from: TaskId, next: (id: TaskId) => readonly TaskId[]): Set<TaskId> => {
  const seen = new Set(next(from))
  for (const id of seen) for (const further of next(id)) seen.add(further)
  return seen
}
