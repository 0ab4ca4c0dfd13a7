import type { Call } from './api.ts'
import { makerOf } from './entities.ts'

/** Asks for every operation that there is at least once, so that it succeeds. There has to be a skill named `review`. */
export const oneOfEverything = async (call: Call): Promise<void> => {
  const make = makerOf(call)
  const project = await make.project({ lifecycle: 'strict' })
  const root = await make.task(project.id, { dependencies: [], skillIds: ['review'] })
  const child = await make.task(project.id, { parentId: root.id, dependencies: [root.id] })
  const subtask = await make.subtask(root.id)
  const session = await make.session(project.id, {
    taskIds: [root.id],
    env: { A: '1' },
    metadata: { deep: [{ a: null }] },
  })
  const created = await call('POST', '/api/tasks', {
    body: { projectId: project.id, title: 'Without an answer', unknown: true },
    headers: { prefer: 'return=minimal', 'idempotency-key': 'once', 'maestro-session': session.id },
  })
  await changes(call, { project: project.id, root: root.id, child: child.id, subtask: subtask.id, session: session.id })
  await reads(call, [
    ...['/api/projects', '/api/tasks', '/api/tasks?parentId=null&status=pending', '/api/sessions?active=true'],
    ...[`/api/projects/${project.id}`, `/api/tasks/${root.id}`, `/api/sessions/${session.id}`],
    ...[`/api/tasks/${root.id}/children`, `/api/tasks/${root.id}/subtasks`, String(created.headers.get('location'))],
    ...['log?limit=5', 'log/head', 'state?at=3', 'diff', 'audit'].map((path) => `/api/projects/${project.id}/${path}`),
    ...[`/api/tasks/${root.id}/history`, `/api/tasks/${root.id}?at=4`, `/api/sessions/${session.id}/history`],
    ...[`/api/tasks?projectId=${project.id}&at=4`, `/api/sessions?projectId=${project.id}&at=4`],
    ...['/api/skills', '/api/skills/review', '/health', '/ws-status', '/openapi.json', '/asyncapi.json'],
  ])
  await deletions(call, [
    `/api/tasks/${root.id}/subtasks/${subtask.id}`,
    `/api/sessions/${session.id}/tasks/${child.id}`,
    `/api/tasks/${root.id}?cascade=true`,
    `/api/sessions/${session.id}`,
    `/api/projects/${(await make.project()).id}`,
  ])
}

type Ids = Readonly<Record<'project' | 'root' | 'child' | 'subtask' | 'session', string>>

const changes = async (call: Call, { project, root, child, subtask, session }: Ids): Promise<void> => {
  const key = { 'idempotency-key': 'twice' }
  await call('PUT', `/api/projects/${project}`, { body: { description: 'Changed' }, headers: { 'if-match': '*' } })
  await call('PATCH', `/api/tasks/${root}`, { body: { status: 'in_progress', timeline: [{ message: 'On it' }] } })
  await call('PATCH', `/api/tasks/${root}`, { body: {}, headers: { 'maestro-actor': 'someone' } })
  await call('POST', `/api/tasks/${root}/timeline`, { body: { message: 'So far' }, headers: key })
  await call('POST', `/api/tasks/${root}/timeline`, { body: { message: 'So far' }, headers: key })
  await call('PATCH', `/api/tasks/${root}/subtasks/${subtask}`, { body: { completed: true } })
  await call('POST', `/api/sessions/${session}/tasks/${child}`)
  await call('POST', `/api/sessions/${session}/events`, { body: { type: 'tick', data: [1, { two: null }] } })
  await call('POST', `/api/sessions/${session}/timeline`, { body: { message: 'Halfway', taskId: child } })
  await call('PATCH', `/api/sessions/${session}`, { body: { status: 'completed', env: { A: null }, agentId: 'one' } })
  const spawned = await call('POST', '/api/sessions/spawn', { body: { projectId: project, taskIds: [root] } })
  await call('PATCH', String(spawned.headers.get('location')), { body: { status: 'running' } })
}

const reads = async (call: Call, paths: readonly string[]): Promise<void> => {
  for (const path of paths) {
    const { headers } = await call('GET', path)
    await call('HEAD', path)
    const etag = headers.get('etag')
    if (etag !== null) await call('GET', path, { headers: { 'if-none-match': etag } })
  }
}

const deletions = async (call: Call, paths: readonly string[]): Promise<void> => {
  for (const path of paths) {
    await call('DELETE', path, { headers: { prefer: 'return=minimal' } })
    await call('DELETE', path)
  }
}

/** Asks for what is refused, with as many codes as there are without a broken disk. */
export const oneOfEveryRefusal = async (call: Call): Promise<void> => {
  const make = makerOf(call)
  const project = await make.project({ lifecycle: 'strict' })
  const other = await make.project()
  const task = await make.task(project.id)
  await make.task(project.id, { parentId: task.id })
  const session = await make.session(project.id)
  const spawn = (body: object) => call('POST', '/api/sessions/spawn', { body })
  const stale = { 'if-match': '"999"' }
  const key = { 'idempotency-key': 'again' }

  await call('GET', '/nowhere')
  await call('POST', '/health')
  await call('GET', '/api/tasks?status=lost')
  for (const path of ['projects', 'tasks', 'sessions', 'skills']) await call('GET', `/api/${path}/none`)
  await call('GET', '/api/tasks/none/subtasks')
  await call('POST', '/api/projects', { body: {} })
  await call('POST', '/api/projects', { body: 'no JSON' })
  await call('POST', '/api/projects', { body: '{}', headers: { 'content-type': 'text/plain' } })
  await call('POST', '/api/projects', { body: { name: 'x'.repeat(2 ** 20) } })
  await call('POST', '/api/projects', { body: { name: 'A' }, headers: { 'idempotency-key': 'not one' } })
  await call('POST', '/api/projects', { body: { name: 'A' }, headers: key })
  await call('POST', '/api/projects', { body: { name: 'B' }, headers: key })
  await call('POST', '/api/tasks', { body: { projectId: 'none', title: 'A' } })
  await call('POST', '/api/tasks', { body: { projectId: other.id, title: 'A', parentId: task.id } })
  await call('PATCH', `/api/tasks/${task.id}`, { body: { title: 'B' }, headers: stale })
  await call('PATCH', `/api/tasks/${task.id}`, { body: { status: 'completed' } })
  await call('PATCH', `/api/tasks/${task.id}`, { body: { sessionIds: ['none'] } })
  await call('PATCH', `/api/tasks/${task.id}/subtasks/none`, { body: {} })
  await call('DELETE', `/api/tasks/${task.id}`)
  await call('DELETE', `/api/projects/${project.id}`)
  await call('POST', '/api/sessions', { body: { projectId: other.id, taskIds: [], id: session.id } })
  await call('POST', `/api/sessions/${session.id}/tasks/none`)
  await spawn({})
  await spawn({ projectId: project.id, taskIds: [] })
  await spawn({ projectId: 'none', taskIds: [task.id] })
  await spawn({ projectId: project.id, taskIds: ['none'] })
  const headers = { origin: 'https://evil.example' }
  for (const path of ['/api/projects', '/health', '/docs', '/openapi.json']) await call('GET', path, { headers })
}
