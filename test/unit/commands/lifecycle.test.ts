import { describe, it } from 'vitest'
import { type DomainEvent, type TaskChanges, TaskStatus } from '../../../events/index.ts'
import { updateTask } from '../../support/commands.ts'
import { projectCreated, projectUpdated, taskCreated, taskUpdated } from '../../support/events.ts'
import { given } from '../../support/given.ts'
import { now, task, timeAt } from '../../support/vocabulary.ts'

const a = task('a')

/** The state diagram. */
const arrows: Record<TaskStatus, TaskStatus[]> = {
  pending: ['in_progress', 'blocked'],
  in_progress: ['completed', 'blocked', 'pending'],
  blocked: ['in_progress', 'pending'],
  completed: [],
}

/** A task that has this status, and was started and completed before. */
const taskWith = (status: TaskStatus): DomainEvent[] => [
  taskCreated(a),
  taskUpdated(a, { status, startedAt: timeAt(1), completedAt: timeAt(1) }),
]

const pairs = TaskStatus.options.flatMap((from) => TaskStatus.options.map((to) => ({ from, to })))
const moves = pairs.filter(({ from, to }) => from !== to)

describe('in an open project', () => {
  it.each(moves)('a task may go from $from to $to', ({ from, to }) => {
    given(projectCreated(), ...taskWith(from))
      .when(updateTask(a, { status: to }))
      .emits(taskUpdated(a, { status: to }))
  })
})

describe('in a strict project', () => {
  it.each(moves.filter(({ from, to }) => arrows[from].includes(to)))(
    'a task may go from $from to $to',
    ({ from, to }) => {
      given(projectCreated({ lifecycle: 'strict' }), ...taskWith(from))
        .when(updateTask(a, { status: to }))
        .emits(taskUpdated(a, { status: to }))
    },
  )

  it.each(moves.filter(({ from, to }) => !arrows[from].includes(to)))(
    'a task may not go from $from to $to',
    ({ from, to }) => {
      given(projectCreated({ lifecycle: 'strict' }), ...taskWith(from))
        .when(updateTask(a, { status: to, title: 'Renamed on the way' }))
        .refuses('INVALID_TRANSITION', `A task cannot go from ${from} to ${to}`, { from, to, allowed: arrows[from] })
    },
  )

  it.each(TaskStatus.options)('asking for %s again changes nothing', (status) => {
    given(projectCreated({ lifecycle: 'strict' }), ...taskWith(status))
      .when(updateTask(a, { status }))
      .changesNothing()
  })

  it('a completed task may still be renamed', () => {
    given(projectCreated({ lifecycle: 'strict' }), ...taskWith('completed'))
      .when(updateTask(a, { status: 'completed', title: 'Done' }))
      .emits(taskUpdated(a, { title: 'Done' }))
  })

  it('the rules are those that the project has now', () => {
    given(projectCreated({ lifecycle: 'strict' }), ...taskWith('completed'), projectUpdated({ lifecycle: 'open' }))
      .when(updateTask(a, { status: 'pending' }))
      .emits(taskUpdated(a, { status: 'pending' }))
    given(projectCreated(), ...taskWith('pending'), projectUpdated({ lifecycle: 'strict' }))
      .when(updateTask(a, { status: 'completed' }))
      .refuses('INVALID_TRANSITION', 'A task cannot go from pending to completed', {
        from: 'pending',
        to: 'completed',
        allowed: ['in_progress', 'blocked'],
      })
  })
})

describe('the times of a task', () => {
  const afterwards = (...changes: TaskChanges[]) =>
    given(projectCreated(), taskCreated(a), ...changes.map((change) => taskUpdated(a, change)))

  it('it starts at the first in_progress', () => {
    afterwards()
      .when(updateTask(a, { status: 'in_progress' }))
      .emits(taskUpdated(a, { status: 'in_progress', startedAt: now }))
  })

  it('it keeps the time of its first start', () => {
    afterwards({ status: 'in_progress', startedAt: timeAt(2) }, { status: 'blocked' })
      .when(updateTask(a, { status: 'in_progress' }))
      .emits(taskUpdated(a, { status: 'in_progress' }))
  })

  it('it is completed at the first completed, started or not', () => {
    afterwards()
      .when(updateTask(a, { status: 'completed' }))
      .emits(taskUpdated(a, { status: 'completed', completedAt: now }))
  })

  it('it keeps the time of its first completion', () => {
    afterwards({ status: 'completed', completedAt: timeAt(2) }, { status: 'pending' })
      .when(updateTask(a, { status: 'completed' }))
      .emits(taskUpdated(a, { status: 'completed' }))
  })

  it.each(['pending', 'blocked'] as const)('becoming %s clears neither', (status) => {
    afterwards({ status: 'completed', startedAt: timeAt(1), completedAt: timeAt(2) })
      .when(updateTask(a, { status }))
      .emits(taskUpdated(a, { status }))
  })
})
