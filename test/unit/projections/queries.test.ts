import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SessionStatus, TaskStatus } from '../../../events/index.ts'
import { childrenOf, listSessions, listTasks, type ProjectState, subtree } from '../../../projections/index.ts'
import { projectCreated, taskCreated, taskDeleted, taskUpdated } from '../../support/events.ts'
import { type Fold, fold } from '../../support/fold.ts'
import { commandOf, eventOf, opening } from '../../support/histories.ts'
import { intents } from '../../support/intents.ts'
import { session, task } from '../../support/vocabulary.ts'

const histories: fc.Arbitrary<Fold> = intents(40).map((plan) => {
  const history = fold(...opening)
  for (const intent of plan) {
    const event = eventOf(commandOf(intent, history.state), history.state, history.changes.length)
    if (event !== undefined) history.add(event)
  }
  return history
})

/** A property of the state after any history, whichever way it was folded. */
const always = (holds: (state: ProjectState) => void): void =>
  fc.assert(
    fc.property(histories, (history) => {
      holds(history.state)
      holds(history.rebuilt)
    }),
    { numRuns: 15 },
  )

const isOver = (status: SessionStatus): boolean => status === 'completed' || status === 'failed'

describe('queries find what a search through everything would find, in creation order', () => {
  it('tasks by status and parent', () => {
    always((state) => {
      const all = [...state.task.rows()]
      const parents = [undefined, null, task('missing'), ...all.map(({ entity }) => entity.id)]
      for (const status of [undefined, ...TaskStatus.options]) {
        for (const parentId of parents) {
          const wanted = all.filter(
            ({ entity }) =>
              (status === undefined || entity.status === status) &&
              (parentId === undefined || entity.parentId === parentId),
          )
          expect(listTasks(state, { status, parentId })).toEqual(wanted)
        }
      }
    })
  })

  it('sessions by status, task and whether they are active', () => {
    always((state) => {
      const all = [...state.session.rows()]
      const tasks = [undefined, task('missing'), ...[...state.task.rows()].map(({ entity }) => entity.id)]
      for (const status of [undefined, ...SessionStatus.options]) {
        for (const taskId of tasks) {
          for (const active of [undefined, false, true]) {
            const wanted = all.filter(
              ({ entity }) =>
                (status === undefined || entity.status === status) &&
                (taskId === undefined || entity.taskIds.includes(taskId)) &&
                !(active === true && isOver(entity.status)),
            )
            expect(listSessions(state, { status, taskId, active })).toEqual(wanted)
          }
        }
      }
    })
  })

  it('the children of a task, and the tasks that depend on one', () => {
    always((state) => {
      const all = [...state.task.rows()].map(({ entity }) => entity)
      for (const { id } of all) {
        const children = all.filter(({ parentId }) => parentId === id).map((child) => child.id)
        expect(childrenOf(state, id)).toEqual(children)
        const dependents = all.filter(({ dependencies }) => dependencies.includes(id)).map((other) => other.id)
        expect([...state.task.find('dependency', id)].sort()).toEqual(dependents.sort())
      }
    })
  })

  it('in the order of the log, however ids sort', () => {
    const order = [task('z'), task('m'), task('a')]
    const history = fold(
      projectCreated(),
      ...order.map((id) => taskCreated(id)),
      taskUpdated(task('z'), { title: 'Z' }),
    )
    expect(listTasks(history.state, {}).map(({ entity }) => entity.id)).toEqual(order)
    expect(listTasks(history.state, { status: 'pending' }).map(({ entity }) => entity.id)).toEqual(order)
  })

  it('what does not exist has none', () => {
    const history = fold(projectCreated(), taskCreated(task('a')), taskDeleted(task('a')))
    expect(listTasks(history.state, {})).toEqual([])
    expect(listTasks(history.state, { parentId: task('a') })).toEqual([])
    expect(listSessions(history.state, { taskId: task('a') })).toEqual([])
    expect(history.state.session.get(session('s'))).toBeUndefined()
  })
})

describe('a subtree', () => {
  it('is a task and all below it, each before its parent', () => {
    always((state) => {
      for (const { entity } of state.task.rows()) {
        const found = subtree(state, entity.id)
        expect(found.at(-1)).toBe(entity.id)
        expect(new Set(found).size).toBe(found.length)
        for (const id of found) {
          for (const child of childrenOf(state, id)) expect(found.indexOf(child)).toBeLessThan(found.indexOf(id))
        }
        for (const child of found.flatMap((id) => childrenOf(state, id))) expect(found).toContain(child)
      }
    })
  })
})
