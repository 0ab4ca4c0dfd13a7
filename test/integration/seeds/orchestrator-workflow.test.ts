import { expect, it } from 'vitest'
import { z } from 'zod'
import { type Task, Task as TaskSchema } from '../../../events/index.ts'
import { idsIn, makerOf, readerOf, sessionIn, taskIn } from '../../support/entities.ts'
import { sharedServer } from '../../support/shared-server.ts'
import { step } from '../../support/step.ts'

const server = sharedServer()
const { call } = server
const make = makerOf(call)
const read = readerOf(call)

const patchTask = async (id: string, body: object) => taskIn(await call('PATCH', `/api/tasks/${id}`, { body }))
const patchSession = async (id: string, body: object) => sessionIn(await call('PATCH', `/api/sessions/${id}`, { body }))

it('Orchestrator Workflow', async () => {
  const { id: projectId } = await make.project()
  for (const title of ['Implement authentication', 'Write documentation']) await make.task(projectId, { title })

  const orchestrator = await step('Orchestrator Session Starts', () =>
    make.session(projectId, { name: 'Orchestrator', metadata: { role: 'orchestrator' } }),
  )
  const progress = await server.listen()

  const tasks = await step('Analyze Project & Tasks: maestro task list', async () => {
    const { body } = await call('GET', `/api/tasks?projectId=${projectId}&status=pending`)
    return z.array(TaskSchema).length(2).parse(body)
  })
  await step('Create Subtasks for each task: maestro subtask create', async () => {
    for (const { id } of tasks) {
      await make.subtask(id, { title: 'Do it' })
      await make.subtask(id, { title: 'Check it' })
    }
  })
  const workers = await step('Spawn Worker Sessions for each task: maestro session spawn', async () => {
    const spawned = new Map<Task['id'], string>()
    for (const { id } of tasks) {
      const body = { projectId, taskIds: [id], skills: ['maestro-worker'], spawnedBy: orchestrator.id }
      const answer = await call('POST', '/api/sessions/spawn', { body })
      spawned.set(id, z.looseObject({ sessionId: z.string() }).parse(answer.body).sessionId)
    }
    return spawned
  })
  const [first, second] = tasks
  if (first === undefined || second === undefined) throw new Error('there are two tasks')

  await step('Workers start', async () => {
    for (const [taskId, sessionId] of workers) {
      await patchSession(sessionId, { status: 'running' })
      await patchTask(taskId, { status: 'in_progress' })
    }
    expect(idsIn(await call('GET', `/api/tasks?projectId=${projectId}&status=in_progress`))).toEqual([
      first.id,
      second.id,
    ])
    expect(idsIn(await call('GET', `/api/sessions?projectId=${projectId}&status=running`))).toEqual([
      orchestrator.id,
      ...workers.values(),
    ])
  })
  await step('Worker status: In Progress. Wait for updates', async () => {
    for (const subtask of (await read.task(first.id)).subtasks) {
      await call('PATCH', `/api/tasks/${first.id}/subtasks/${subtask.id}`, { body: { completed: true } })
    }
    await patchTask(first.id, { status: 'completed' })
    await patchSession(String(workers.get(first.id)), { status: 'completed' })
  })
  await step('Worker status: Blocked', async () => {
    const sessionId = String(workers.get(second.id))
    await patchTask(second.id, {
      status: 'blocked',
      timeline: [{ type: 'blocker', message: 'Which format?', sessionId }],
    })
  })
  await step('Monitor Worker Progress via WebSocket events', async () => {
    await progress.until(({ type, data }) => type === 'task:updated' && TaskSchema.parse(data).status === 'blocked')
  })
  await step('Resolve blocker, update task: maestro update "Resolved blocker: XYZ"', async () => {
    await patchTask(second.id, { status: 'in_progress' })
    const body = { message: 'Resolved blocker: Markdown', taskId: second.id }
    await call('POST', `/api/sessions/${orchestrator.id}/timeline`, { body })
  })
  await step('Worker status: Completed. Review & validate work', async () => {
    await patchTask(second.id, { status: 'completed' })
    await patchSession(String(workers.get(second.id)), { status: 'completed' })
    const { timeline, sessionIds } = await read.task(second.id)
    expect(sessionIds).toEqual([workers.get(second.id)])
    expect(timeline.map(({ type, message }) => message ?? type)).toEqual([
      'Task created',
      'session_started',
      'Which format?',
      'Resolved blocker: Markdown',
    ])
  })
  await step('All tasks complete? Yes', async () => {
    const list = (status: string) => call('GET', `/api/tasks?projectId=${projectId}&status=${status}`)
    expect(idsIn(await list('completed'))).toEqual([first.id, second.id])
    for (const status of ['pending', 'in_progress', 'blocked']) expect((await list(status)).body).toEqual([])
  })
  await step('Mark orchestrator session complete: maestro session complete', async () => {
    await patchSession(orchestrator.id, { status: 'completed' })
    expect((await call('GET', `/api/sessions?projectId=${projectId}&active=true`)).body).toEqual([])
  })
  await step('Whoever listened saw all of it, without a gap', async () => {
    const last = await call('PATCH', `/api/sessions/${orchestrator.id}`, { body: { name: 'Done' } })
    const head = Number(last.headers.get('maestro-offset'))
    const frames = await progress.until(({ offset }) => offset === head)
    const offsets = [...new Set(frames.map(({ offset }) => Number(offset)))]
    const from = Number(offsets[0])
    expect(offsets).toEqual(Array.from({ length: head - from + 1 }, (_, i) => from + i))
  })
})
