import { describe, expect, it } from 'vitest'
import { projectCreated, subtaskCreated, subtaskDeleted, subtaskUpdated, taskCreated } from '../../support/events.ts'
import { fold } from '../../support/fold.ts'
import { subtask, task, timeAt } from '../../support/vocabulary.ts'

const a = task('a')
const [x, y] = [subtask('x'), subtask('y')]
const past = [projectCreated(), taskCreated(a)]

describe('a subtask', () => {
  it('starts with these defaults, inside its task', () => {
    const history = fold(...past, subtaskCreated(a, x, { title: 'X', order: 3 }))
    expect(history.task(a)).toMatchObject({
      updatedAt: timeAt(2),
      subtasks: [
        {
          id: x,
          taskId: a,
          title: 'X',
          description: '',
          completed: false,
          order: 3,
          createdAt: timeAt(2),
          updatedAt: timeAt(2),
          completedAt: null,
        },
      ],
    })
  })

  it('may be complete from the start', () => {
    const history = fold(...past, subtaskCreated(a, x, { completed: true, description: 'Done' }))
    expect(history.task(a).subtasks).toMatchObject([{ completed: true, description: 'Done', completedAt: timeAt(2) }])
  })

  it('takes changes over and leaves its neighbours as they are', () => {
    const history = fold(
      ...past,
      subtaskCreated(a, x, { title: 'X' }),
      subtaskCreated(a, y, { title: 'Y' }),
      subtaskUpdated(a, y, { title: 'Why', order: 9 }),
    )
    expect(history.task(a)).toMatchObject({
      updatedAt: timeAt(4),
      subtasks: [
        { id: x, title: 'X', updatedAt: timeAt(2) },
        { id: y, title: 'Why', order: 9, createdAt: timeAt(3), updatedAt: timeAt(4) },
      ],
    })
  })

  it('is completed at the change that completes it, and no longer once it is reopened', () => {
    const completed = [subtaskCreated(a, x), subtaskUpdated(a, x, { completed: true })]
    const once = fold(...past, ...completed, subtaskUpdated(a, x, { title: 'X' }))
    expect(once.task(a).subtasks).toMatchObject([{ completed: true, completedAt: timeAt(3) }])
    const reopened = fold(...past, ...completed, subtaskUpdated(a, x, { completed: false }))
    expect(reopened.task(a).subtasks).toMatchObject([{ completed: false, completedAt: null }])
  })

  it('is gone once deleted, and its neighbours stay', () => {
    const history = fold(...past, subtaskCreated(a, x), subtaskCreated(a, y), subtaskDeleted(a, x))
    expect(history.task(a).subtasks.map(({ id }) => id)).toEqual([y])
    expect(history.task(a).updatedAt).toBe(timeAt(4))
  })
})
