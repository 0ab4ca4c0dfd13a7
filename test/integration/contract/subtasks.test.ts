import { describe, expect, it } from 'vitest'
import { idsIn, makerOf, readerOf, refusalIn, subtaskIn } from '../../support/entities.ts'
import { sharedServer } from '../../support/shared-server.ts'

const server = sharedServer()
const { call } = server
const make = makerOf(call)
const read = readerOf(call)

const newTask = async () => make.task((await make.project()).id)

describe('creating a subtask', () => {
  it('answers 201 with the subtask, its defaults, and where it is changed', async () => {
    const task = await newTask()
    const answer = await call('POST', `/api/tasks/${task.id}/subtasks`, { body: { title: 'Check it' } })
    expect(answer.status).toBe(201)
    const subtask = subtaskIn(answer)
    expect(subtask).toEqual({
      id: expect.stringMatching(/^subtask_\d+_[0-9a-z]+$/),
      taskId: task.id,
      title: 'Check it',
      description: '',
      completed: false,
      order: 0,
      createdAt: expect.any(Number),
      updatedAt: subtask.createdAt,
      completedAt: null,
    })
    expect(answer.headers.get('location')).toBe(`/api/tasks/${task.id}/subtasks/${subtask.id}`)
    expect(await read.task(task.id)).toEqual({ ...task, subtasks: [subtask], updatedAt: subtask.createdAt })
  })

  it('takes every field', async () => {
    const fields = { title: 'A', description: 'B', completed: true, order: 2.5 }
    const subtask = await make.subtask((await newTask()).id, fields)
    expect(subtask).toMatchObject({ ...fields, completedAt: subtask.createdAt })
  })

  it.each([
    [{}, 'title is required'],
    [{ title: ' ' }, 'title is required'],
    [{ title: 'A', completed: 'yes' }, /^completed: /],
    [{ title: 'A', order: '1' }, /^order: /],
  ])('refuses %j', async (body, message) => {
    const { id } = await newTask()
    const refusal = refusalIn(await call('POST', `/api/tasks/${id}/subtasks`, { body }))
    expect(refusal).toMatchObject({ code: 'VALIDATION_ERROR', message: expect.stringMatching(message) })
  })
})

it('the subtasks of a task are listed in creation order', async () => {
  const { id } = await newTask()
  const path = `/api/tasks/${id}/subtasks`
  expect((await call('GET', path)).body).toEqual([])
  const made = [await make.subtask(id, { order: 9 }), await make.subtask(id), await make.subtask(id, { order: 1 })]
  expect(made.map(({ order }) => order)).toEqual([9, 10, 1])
  expect((await call('GET', path)).body).toEqual(made)
})

describe('changing a subtask', () => {
  it('changes the fields that are given', async () => {
    const { id } = await newTask()
    const subtask = await make.subtask(id, { description: 'Kept' })
    const path = `/api/tasks/${id}/subtasks/${subtask.id}`
    const done = subtaskIn(await call('PATCH', path, { body: { completed: true, order: 7, title: 'New' } }))
    const { updatedAt } = done
    expect(done).toEqual({ ...subtask, title: 'New', completed: true, order: 7, updatedAt, completedAt: updatedAt })
    expect((await read.task(id)).subtasks).toEqual([done])
  })

  it('refuses values that are no subtask', async () => {
    const { id } = await newTask()
    const path = `/api/tasks/${id}/subtasks/${(await make.subtask(id)).id}`
    expect(refusalIn(await call('PATCH', path, { body: { completed: null } })).code).toBe('VALIDATION_ERROR')
  })
})

describe('deleting a subtask', () => {
  it('answers success with its id and leaves the others', async () => {
    const { id } = await newTask()
    const [gone, stays] = [await make.subtask(id), await make.subtask(id)]
    const path = `/api/tasks/${id}/subtasks`
    const answer = await call('DELETE', `${path}/${gone.id}`)
    expect(answer).toMatchObject({ status: 200, body: { success: true, id: gone.id } })
    expect(idsIn(await call('GET', path))).toEqual([stays.id])
    expect(refusalIn(await call('DELETE', `${path}/${gone.id}`)).code).toBe('SUBTASK_NOT_FOUND')
  })
})
