import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SessionStatus, TaskStatus } from '../../../events/index.ts'
import { childrenOf, evolve, listSessions, listTasks, ProjectState, stateHash } from '../../../projections/index.ts'
import { sha256 } from '../../../src/platform/hash.ts'
import { sessionDeleted, taskDeleted } from '../../support/events.ts'
import { fold, recordOf } from '../../support/fold.ts'
import { commandOf, eventOf, opening } from '../../support/histories.ts'
import { intents } from '../../support/intents.ts'
import { projectId, session, task } from '../../support/vocabulary.ts'

describe('a state with changes in flight', () => {
  it('is the state that they lead to, and decides as it does', () => {
    fc.assert(
      fc.property(intents(40), fc.infiniteStream(fc.nat({ max: 3 })), (plan, pace) => {
        const truth = fold(...opening)
        const committed = new ProjectState()
        const staged = committed.layer()
        for (const [offset, changes] of truth.changes.entries()) staged.apply(changes, offset)
        let durable = 0
        const commit = (count: number): void => {
          for (const changes of truth.changes.slice(durable, durable + count)) {
            committed.apply(changes, durable)
            staged.settle(changes, durable)
            durable += 1
          }
        }
        for (const intent of plan) {
          const offset = truth.changes.length
          const command = commandOf(intent, truth.state)
          const event = eventOf(command, truth.state, offset)
          expect(eventOf(command, staged, offset)).toEqual(event)
          if (event !== undefined) staged.apply(truth.add(event), offset)
          commit(pace.next().value ?? 0)
          expectSame(staged, truth.state)
        }
        commit(Number.POSITIVE_INFINITY)
        expectSame(staged, truth.state)
        expectSame(committed, truth.state)
      }),
      { numRuns: 30 },
    )
  })

  it('leaves what is committed as it is, so that what is in flight can be dropped', () => {
    const { state } = fold(...opening)
    const before = stateHash(state, sha256)
    const staged = state.layer()
    for (const [i, event] of [taskDeleted(task('a'), true), sessionDeleted(session('y'))].entries()) {
      const record = recordOf(event, opening.length + i)
      staged.apply(evolve(staged, record), record.offset)
    }
    expect(staged.task.size).toBe(state.task.size - 2)
    expect(staged.session.get(session('y'))).toBeUndefined()
    expect(stateHash(state, sha256)).toBe(before)
    expectSame(state.layer(), state)
  })
})

const expectSame = (state: ProjectState, truth: ProjectState): void => {
  expect(state.project.get(projectId)).toEqual(truth.project.get(projectId))
  expect([state.task.size, state.session.size]).toEqual([truth.task.size, truth.session.size])
  for (const row of truth.task.rows()) {
    expect(state.task.get(row.entity.id)).toStrictEqual(row)
    expect(childrenOf(state, row.entity.id)).toEqual(childrenOf(truth, row.entity.id))
  }
  for (const row of truth.session.rows()) expect(state.session.get(row.entity.id)).toStrictEqual(row)
  for (const status of TaskStatus.options) expect(listTasks(state, { status })).toEqual(listTasks(truth, { status }))
  for (const status of SessionStatus.options) {
    expect(listSessions(state, { status })).toEqual(listSessions(truth, { status }))
  }
}
