import { describe, it } from 'vitest'
import { createSubtask, deleteSubtask, updateSubtask } from '../../support/commands.ts'
import { projectCreated, subtaskCreated, subtaskDeleted, subtaskUpdated, taskCreated } from '../../support/events.ts'
import { given } from '../../support/given.ts'
import { newSubtask, subtask, task } from '../../support/vocabulary.ts'

const [a, b, missing] = [task('a'), task('b'), task('missing')]
const [x, y] = [subtask('x'), subtask('y')]

describe('creating a subtask', () => {
  it('names it after its record and puts it first where there is none', () => {
    given(projectCreated(), taskCreated(a))
      .when(createSubtask({ taskId: a, title: 'X' }))
      .emits(subtaskCreated(a, newSubtask, { title: 'X', order: 0 }))
  })

  it('puts it behind the one with the highest order', () => {
    given(projectCreated(), taskCreated(a), subtaskCreated(a, x, { order: 7 }), subtaskCreated(a, y, { order: 2 }))
      .when(createSubtask({ taskId: a, title: 'Z' }))
      .emits(subtaskCreated(a, newSubtask, { title: 'Z', order: 8 }))
    given(projectCreated(), taskCreated(a), subtaskCreated(a, x, { order: -3 }))
      .when(createSubtask({ taskId: a, title: 'Z' }))
      .emits(subtaskCreated(a, newSubtask, { title: 'Z', order: -2 }))
  })

  it('does not count the subtasks of other tasks', () => {
    given(projectCreated(), taskCreated(a), taskCreated(b), subtaskCreated(b, x, { order: 7 }))
      .when(createSubtask({ taskId: a, title: 'Z' }))
      .emits(subtaskCreated(a, newSubtask, { title: 'Z', order: 0 }))
  })

  it('records the fields that were given', () => {
    given(projectCreated(), taskCreated(a))
      .when(createSubtask({ taskId: a, title: 'X', description: 'First', completed: true, order: 4.5 }))
      .emits(subtaskCreated(a, newSubtask, { title: 'X', description: 'First', completed: true, order: 4.5 }))
  })

  it('is refused for a task that does not exist', () => {
    given(projectCreated())
      .when(createSubtask({ taskId: missing, title: 'X' }))
      .refuses('TASK_NOT_FOUND', 'Task not found')
  })
})

describe('updating a subtask', () => {
  const past = given(projectCreated(), taskCreated(a), taskCreated(b), subtaskCreated(a, x, { title: 'X' }))

  it('records what changes only', () => {
    given(projectCreated(), taskCreated(a), subtaskCreated(a, x, { title: 'X' }))
      .when(updateSubtask({ taskId: a, subtaskId: x, title: 'X', description: 'First', completed: true, order: 3 }))
      .emits(subtaskUpdated(a, x, { description: 'First', completed: true, order: 3 }))
  })

  it('changes nothing when every field is as it was', () => {
    const same = { taskId: a, subtaskId: x, title: 'X', description: '', completed: false, order: 0 }
    past.when(updateSubtask(same)).changesNothing()
    past.when(updateSubtask({ taskId: a, subtaskId: x })).changesNothing()
  })

  it('is refused for a task or a subtask that does not exist', () => {
    past.when(updateSubtask({ taskId: missing, subtaskId: x })).refuses('TASK_NOT_FOUND', 'Task not found')
    past.when(updateSubtask({ taskId: a, subtaskId: y })).refuses('SUBTASK_NOT_FOUND', 'Subtask not found')
  })

  it('is refused for a subtask of another task', () => {
    past.when(updateSubtask({ taskId: b, subtaskId: x })).refuses('SUBTASK_NOT_FOUND', 'Subtask not found')
  })
})

describe('deleting a subtask', () => {
  it('is recorded', () => {
    given(projectCreated(), taskCreated(a), subtaskCreated(a, x))
      .when(deleteSubtask({ taskId: a, subtaskId: x }))
      .emits(subtaskDeleted(a, x))
  })

  it('is refused for a task or a subtask that does not exist', () => {
    const past = given(projectCreated(), taskCreated(a), subtaskCreated(a, x), subtaskDeleted(a, x))
    past.when(deleteSubtask({ taskId: missing, subtaskId: x })).refuses('TASK_NOT_FOUND', 'Task not found')
    past.when(deleteSubtask({ taskId: a, subtaskId: x })).refuses('SUBTASK_NOT_FOUND', 'Subtask not found')
  })
})
