import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { TaskId } from '../../../events/index.ts'
import type { Change, ProjectState } from '../../../projections/index.ts'
import { fold } from '../../support/fold.ts'
import { commandOf, eventOf, opening } from '../../support/histories.ts'
import { intents } from '../../support/intents.ts'

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
      { numRuns: 60 },
    )
  })
})

/** An event that was decided changes something, and each entity once. */
const expectEachOnce = (changes: readonly Change[]): void => {
  expect(changes).not.toEqual([])
  expect(new Set(changes.map(({ kind, id }) => `${kind} ${id}`)).size).toBe(changes.length)
  for (const { before, after } of changes) expect(after).not.toEqual(before)
}

const rowsOf = (state: ProjectState) =>
  [state.project, state.task, state.session].map((table) =>
    [...table.rows()].map(({ entity, version, created }) => ({ id: entity.id, version, created })),
  )

/** Everything that is mentioned exists, links have two sides, and nothing is above or before itself. */
const expectWhole = (state: ProjectState): void => {
  for (const { entity: task } of state.task.rows()) {
    expect(new Set(task.sessionIds).size).toBe(task.sessionIds.length)
    for (const id of task.sessionIds) expect(state.session.get(id)?.entity.taskIds).toContain(task.id)
    expect(new Set(task.dependencies).size).toBe(task.dependencies.length)
    expect(reachable(task.id, (id) => state.task.get(id)?.entity.dependencies)).not.toContain(task.id)
    expect(reachable(task.id, (id) => parentsOf(state, id))).not.toContain(task.id)
  }
  for (const { entity: session } of state.session.rows()) {
    expect(new Set(session.taskIds).size).toBe(session.taskIds.length)
    for (const id of session.taskIds) expect(state.task.get(id)?.entity.sessionIds).toContain(session.id)
  }
}

const parentsOf = (state: ProjectState, id: TaskId): TaskId[] | undefined => {
  const task = state.task.get(id)?.entity
  return task && (task.parentId === null ? [] : [task.parentId])
}

/** All that can be reached from a task by one relation, each of which exists. */
const reachable = (from: TaskId, next: (id: TaskId) => readonly TaskId[] | undefined): Set<TaskId> => {
  const seen = new Set(next(from))
  for (const id of seen) {
    const further = next(id)
    expect(further).toBeDefined()
    for (const one of further ?? []) seen.add(one)
  }
  return seen
}
