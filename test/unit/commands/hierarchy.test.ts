import { describe, expect, it } from 'vitest'
import type { DomainEvent } from '../../../events/index.ts'
import { ProjectState, rebuild } from '../../../projections/index.ts'
import { decide } from '../../../src/commands/decide.ts'
import { createTask, updateTask } from '../../support/commands.ts'
import { projectCreated, taskAdopted, taskCreated, taskUpdated } from '../../support/events.ts'
import { recordOf } from '../../support/fold.ts'
import { given } from '../../support/given.ts'
import { machine, newTask, nextRecordId, now, projectId, task } from '../../support/vocabulary.ts'

const [a, b, c, d, missing] = [task('a'), task('b'), task('c'), task('d'), task('missing')]

const refusal = (path: string, reason: string) => ['VALIDATION_ERROR', `${path} ${reason}`, [{ path, reason }]] as const

describe('the parent of a task', () => {
  const chain: DomainEvent[] = [
    projectCreated(),
    taskCreated(a),
    taskCreated(b, { parentId: a }),
    taskCreated(c, { parentId: b }),
    taskCreated(d),
  ]
  const cycle = refusal('parentId', 'must not be the task itself or one of its descendants')

  it('may be any task that is not below it', () => {
    given(...chain)
      .when(updateTask(c, { parentId: a }))
      .emits(taskUpdated(c, { parentId: a }))
    given(...chain)
      .when(updateTask(a, { parentId: d }))
      .emits(taskUpdated(a, { parentId: d }))
  })

  it('cannot be one that does not exist', () => {
    given(...chain)
      .when(updateTask(a, { parentId: missing }))
      .refuses('TASK_NOT_FOUND', 'Task not found', { taskId: missing })
  })

  it.each([
    { what: 'the task itself', parentId: a },
    { what: 'its child', parentId: b },
    { what: 'its grandchild', parentId: c },
  ])('cannot be $what', ({ parentId }) => {
    given(...chain)
      .when(updateTask(a, { parentId }))
      .refuses(...cycle)
  })

  it('may be a former descendant', () => {
    given(...chain, taskUpdated(b, { parentId: null }))
      .when(updateTask(a, { parentId: c }))
      .emits(taskUpdated(a, { parentId: c }))
  })
})

describe('the dependencies of a task', () => {
  const chain: DomainEvent[] = [
    projectCreated(),
    taskCreated(a),
    taskCreated(b, { dependencies: [a] }),
    taskCreated(c, { dependencies: [b] }),
    taskCreated(d),
  ]
  const cycle = refusal('dependencies', 'must not lead back to the task')

  it('may be any tasks that do not depend on it, each once', () => {
    given(...chain)
      .when(updateTask(c, { dependencies: [d, a, d] }))
      .emits(taskUpdated(c, { dependencies: [d, a] }))
  })

  it('may meet again: a diamond is no cycle', () => {
    given(...chain, taskUpdated(d, { dependencies: [a] }))
      .when(updateTask(c, { dependencies: [b, d] }))
      .emits(taskUpdated(c, { dependencies: [b, d] }))
  })

  it('cannot be ones that do not exist', () => {
    given(...chain)
      .when(updateTask(c, { dependencies: [b, missing] }))
      .refuses('TASK_NOT_FOUND', 'Task not found', { taskId: missing })
  })

  it('cannot be the task itself', () => {
    given(...chain)
      .when(updateTask(d, { dependencies: [a, d] }))
      .refuses(...refusal('dependencies', 'must not contain the task itself'))
  })

  it.each([
    { what: 'directly', dependency: b },
    { what: 'through others', dependency: c },
  ])('cannot depend on it $what', ({ dependency }) => {
    given(...chain)
      .when(updateTask(a, { dependencies: [d, dependency] }))
      .refuses(...cycle)
  })

  it('may depend on it no longer', () => {
    given(...chain, taskUpdated(b, { dependencies: [] }))
      .when(updateTask(a, { dependencies: [c] }))
      .emits(taskUpdated(a, { dependencies: [c] }))
  })

  it('have nothing to do with parents', () => {
    given(projectCreated(), taskCreated(a), taskCreated(b, { parentId: a }))
      .when(updateTask(a, { dependencies: [b] }))
      .emits(taskUpdated(a, { dependencies: [b] }))
  })

  it('are checked along chains that are too long to recurse into', () => {
    const state = new ProjectState()
    const length = 12_000
    rebuild(state, recordOf(projectCreated(), 0))
    for (let i = 1; i <= length; i += 1) {
      rebuild(state, recordOf(taskCreated(task(`${i}`), i === 1 ? {} : { dependencies: [task(`${i - 1}`)] }), i))
    }
    const moment = { projectId, recordId: nextRecordId, now, machine, sessionExists: () => false }
    const command = updateTask(task('1'), { dependencies: [task(`${length}`)] })
    expect(() => decide(command, state, moment)).toThrow(cycle[1])
  })
})

describe('adopted tasks that are already in a cycle', () => {
  const cyclic: DomainEvent[] = [
    projectCreated(),
    taskAdopted(a, { parentId: b, dependencies: [b, missing] }),
    taskAdopted(b, { parentId: a, dependencies: [a] }),
    taskCreated(c),
  ]

  it('can be parents and dependencies of others', () => {
    given(...cyclic)
      .when(createTask({ title: 'D', parentId: a, dependencies: [b] }))
      .emits(taskCreated(newTask, { title: 'D', parentId: a, dependencies: [b] }))
    given(...cyclic)
      .when(updateTask(c, { parentId: a, dependencies: [b] }))
      .emits(taskUpdated(c, { parentId: a, dependencies: [b] }))
  })

  it('can be changed in other ways, and freed', () => {
    given(...cyclic)
      .when(updateTask(a, { title: 'A', parentId: b, dependencies: [b, missing] }))
      .emits(taskUpdated(a, { title: 'A' }))
    given(...cyclic)
      .when(updateTask(a, { parentId: null, dependencies: [] }))
      .emits(taskUpdated(a, { parentId: null, dependencies: [] }))
  })
})
