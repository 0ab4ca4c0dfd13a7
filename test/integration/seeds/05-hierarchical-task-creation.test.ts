import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { idsIn, makerOf, readerOf, refusalIn, taskIn } from '../../support/entities.ts'
import { entityWhen } from '../../support/files.ts'
import { sharedServer } from '../../support/shared-server.ts'
import { step } from '../../support/step.ts'

const server = sharedServer()
const { call } = server
const make = makerOf(call)
const read = readerOf(call)

describe('Hierarchical Task Creation Flow', () => {
  it('Create Child Task', async () => {
    const { id: projectId } = await make.project()
    const { id: parentId } = await make.task(projectId, { title: 'Implement authentication' })
    const ui = await server.listen()

    const answer = await step('POST /api/tasks (parentId: task-1, title: Create User model)', () =>
      call('POST', '/api/tasks', { body: { projectId, parentId, title: 'Create User model' } }),
    )
    const child = await step('201 Created (full Task object)', () => {
      expect(answer.status).toBe(201)
      return taskIn(answer)
    })
    await step('Task with full capabilities', () => {
      expect(child).toMatchObject({ parentId, status: 'pending', sessionIds: [], timeline: [{ type: 'created' }] })
    })
    await step('Write task JSON file', async () => {
      expect(await entityWhen(join(server.dataDir, 'tasks', projectId, `${child.id}.json`))).toEqual(child)
    })
    await step('UI adds child task to hierarchy view', async () => {
      expect(await ui.received(1)).toMatchObject([{ type: 'task:created', data: child }])
    })
    await step('Validate: parentId exists (if provided)', async () => {
      const body = { projectId, parentId: 'task_none', title: 'Orphan' }
      expect(refusalIn(await call('POST', '/api/tasks', { body })).code).toBe('TASK_NOT_FOUND')
    })
  })

  it('Query Child Tasks', async () => {
    const { id: projectId } = await make.project()
    const add = (title: string, parentId: string | null = null) => make.task(projectId, { title, parentId })
    const task1 = await add('Implement authentication')
    const task2 = await add('Create User model', task1.id)
    const task3 = await add('Add JWT middleware', task1.id)
    const task4 = await add('Write middleware', task3.id)
    const task5 = await add('Add tests', task3.id)
    const task6 = await add('Documentation', task1.id)

    const children = async ({ id }: { readonly id: string }) => idsIn(await call('GET', `/api/tasks/${id}/children`))
    expect(await children(task1)).toEqual([task2.id, task3.id, task6.id])
    expect(await children(task3)).toEqual([task4.id, task5.id])
    expect(await children(task5)).toEqual([])
    expect(idsIn(await call('GET', `/api/tasks?projectId=${projectId}&parentId=null`))).toEqual([task1.id])
  })

  it('Child Task Benefits', async () => {
    const { id: projectId } = await make.project()
    const parent = await make.task(projectId)
    const child = await make.task(projectId, { parentId: parent.id })
    await step('Independent Sessions: each child can have its own worker sessions', async () => {
      const session = await make.session(projectId, { taskIds: [child.id] })
      expect((await read.task(child.id)).sessionIds).toEqual([session.id])
      expect((await read.task(parent.id)).sessionIds).toEqual([])
    })
    await step('Independent Lifecycle: child status independent of parent status', async () => {
      await call('PATCH', `/api/tasks/${child.id}`, { body: { status: 'completed' } })
      expect(await read.task(parent.id)).toEqual(parent)
    })
    await step('Recursive Nesting: children can have children (unlimited depth)', async () => {
      let deepest = child
      for (let depth = 0; depth < 100; depth += 1) deepest = await make.task(projectId, { parentId: deepest.id })
      expect(idsIn(await call('GET', `/api/tasks/${deepest.parentId}/children`))).toEqual([deepest.id])
      const cycle = await call('PATCH', `/api/tasks/${child.id}`, { body: { parentId: deepest.id } })
      expect(refusalIn(cycle).code).toBe('VALIDATION_ERROR')
    })
  })
})
