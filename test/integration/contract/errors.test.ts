import { describe, expect, it } from 'vitest'
import type { Answer } from '../../support/api.ts'
import { idsIn, makerOf, refusalIn } from '../../support/entities.ts'
import { rawCall } from '../../support/raw-http.ts'
import { sharedServer } from '../../support/shared-server.ts'

const server = sharedServer()
const { call } = server
const make = makerOf(call)

/**
 * The table of the contract. UNAUTHORIZED is tested where there is a token; OFFSET_AHEAD and HISTORY_DIVERGED are about
 * cursors. From outside of a healthy server nobody can bring about RATE_LIMITED, spawn_error, INTERNAL_ERROR,
 * LOG_UNAVAILABLE, PROJECT_QUARANTINED and INSUFFICIENT_STORAGE: those have unit tests.
 */
const statuses = {
  VALIDATION_ERROR: 400,
  PROJECT_HAS_DEPENDENCIES: 400,
  TASK_HAS_CHILDREN: 400,
  missing_project_id: 400,
  invalid_task_ids: 400,
  FORBIDDEN: 403,
  PROJECT_NOT_FOUND: 404,
  TASK_NOT_FOUND: 404,
  SESSION_NOT_FOUND: 404,
  SUBTASK_NOT_FOUND: 404,
  NOT_FOUND: 404,
  task_not_found: 404,
  METHOD_NOT_ALLOWED: 405,
  SESSION_EXISTS: 409,
  INVALID_TRANSITION: 409,
  VERSION_CONFLICT: 412,
  PAYLOAD_TOO_LARGE: 413,
  UNSUPPORTED_MEDIA_TYPE: 415,
  IDEMPOTENCY_MISMATCH: 422,
} as const

interface Row {
  readonly code: keyof typeof statuses
  readonly when: string
  readonly message: string | RegExp
  readonly details?: unknown
  /** Makes what the refusal needs, in the project, and asks for what is refused. */
  readonly ask: (projectId: string) => Promise<Answer>
}

const post = (path: string, body: unknown, headers = {}): Promise<Answer> => call('POST', path, { body, headers })
const reasons = (path: string) => [{ path, reason: expect.any(String) }]
const unknown = { project: 'proj_1_none', task: 'task_1_none', session: 'sess_1_none' }

const rows: readonly Row[] = [
  {
    code: 'VALIDATION_ERROR',
    when: 'a parameter is missing',
    message: 'name is required',
    details: reasons('name'),
    ask: () => post('/api/projects', {}),
  },
  {
    code: 'VALIDATION_ERROR',
    when: 'several parameters are missing',
    message: 'projectId is required',
    details: [...reasons('projectId'), ...reasons('title')],
    ask: () => post('/api/tasks', {}),
  },
  {
    code: 'VALIDATION_ERROR',
    when: 'a parameter is invalid',
    message: /^status: /,
    details: reasons('status'),
    ask: async (projectId) => call('PATCH', `/api/tasks/${(await make.task(projectId)).id}`, { body: { status: 'x' } }),
  },
  {
    code: 'VALIDATION_ERROR',
    when: 'a body is malformed JSON',
    message: 'The body is not valid JSON',
    ask: () => post('/api/projects', '{"name"'),
  },
  {
    code: 'VALIDATION_ERROR',
    when: 'a task is to be its own ancestor',
    message: /^parentId must not be/,
    details: reasons('parentId'),
    ask: async (projectId) => {
      const above = await make.task(projectId)
      const below = await make.task(projectId, { parentId: above.id })
      return call('PATCH', `/api/tasks/${above.id}`, { body: { parentId: below.id } })
    },
  },
  {
    code: 'VALIDATION_ERROR',
    when: 'a task is to depend on itself by way of another',
    message: /^dependencies must not lead back/,
    details: reasons('dependencies'),
    ask: async (projectId) => {
      const first = await make.task(projectId)
      const second = await make.task(projectId, { dependencies: [first.id] })
      return call('PATCH', `/api/tasks/${first.id}`, { body: { dependencies: [second.id] } })
    },
  },
  {
    code: 'VALIDATION_ERROR',
    when: 'an Idempotency-Key is bad',
    message: /^Idempotency-Key: /,
    details: reasons('Idempotency-Key'),
    ask: () => post('/api/projects', { name: 'A' }, { 'idempotency-key': 'two words' }),
  },
  {
    code: 'VALIDATION_ERROR',
    when: 'If-Match is no entity tag',
    message: /^If-Match: /,
    ask: (projectId) =>
      call('PUT', `/api/projects/${projectId}`, { body: { name: 'B' }, headers: { 'if-match': '5' } }),
  },
  {
    code: 'PROJECT_HAS_DEPENDENCIES',
    when: 'a project that has tasks is to be deleted',
    message: 'Cannot delete project with 2 existing task(s)',
    ask: async (projectId) => {
      await make.task(projectId)
      await make.task(projectId)
      await make.session(projectId)
      return call('DELETE', `/api/projects/${projectId}`)
    },
  },
  {
    code: 'PROJECT_HAS_DEPENDENCIES',
    when: 'a project that has sessions is to be deleted',
    message: 'Cannot delete project with 1 existing session(s)',
    ask: async (projectId) => {
      await make.session(projectId)
      return call('DELETE', `/api/projects/${projectId}`)
    },
  },
  {
    code: 'TASK_HAS_CHILDREN',
    when: 'a task that has children is to be deleted without cascade',
    message: /1 existing child task/,
    ask: async (projectId) => {
      const parent = await make.task(projectId)
      await make.task(projectId, { parentId: parent.id })
      return call('DELETE', `/api/tasks/${parent.id}?cascade=false`)
    },
  },
  {
    code: 'missing_project_id',
    when: 'a spawn names no project',
    message: 'projectId is required',
    details: expect.anything(),
    ask: () => post('/api/sessions/spawn', {}),
  },
  {
    code: 'invalid_task_ids',
    when: 'a spawn names no tasks',
    message: 'taskIds must be a non-empty array of task ids',
    details: expect.anything(),
    ask: (projectId) => post('/api/sessions/spawn', { projectId, taskIds: [] }),
  },
  {
    code: 'FORBIDDEN',
    when: 'the Host is not this machine',
    message: /Host/,
    ask: () => rawCall(server.url, 'GET', '/api/projects', { headers: { Host: 'maestro.example' } }),
  },
  {
    code: 'FORBIDDEN',
    when: 'a page of another origin asks',
    message: /origin/,
    ask: () => call('GET', '/api/projects', { headers: { origin: 'https://maestro.example' } }),
  },
  {
    code: 'PROJECT_NOT_FOUND',
    when: 'there is no such project',
    message: 'Project not found',
    ask: () => call('GET', `/api/projects/${unknown.project}`),
  },
  {
    code: 'TASK_NOT_FOUND',
    when: 'there is no such task',
    message: 'Task not found',
    ask: () => call('GET', `/api/tasks/${unknown.task}`),
  },
  {
    code: 'SESSION_NOT_FOUND',
    when: 'there is no such session',
    message: 'Session not found',
    ask: () => call('GET', `/api/sessions/${unknown.session}`),
  },
  {
    code: 'SUBTASK_NOT_FOUND',
    when: 'the task has no such subtask',
    message: 'Subtask not found',
    ask: async (projectId) => call('DELETE', `/api/tasks/${(await make.task(projectId)).id}/subtasks/none`),
  },
  { code: 'NOT_FOUND', when: 'there is no such route', message: 'Not found', ask: () => call('GET', '/api/nothing') },
  {
    code: 'task_not_found',
    when: 'a spawn names a task that does not exist',
    message: `Task ${unknown.task} not found`,
    details: { taskId: unknown.task },
    ask: (projectId) => post('/api/sessions/spawn', { projectId, taskIds: [unknown.task] }),
  },
  {
    code: 'METHOD_NOT_ALLOWED',
    when: 'a route has no such method',
    message: /PATCH/,
    ask: () => call('PATCH', '/api/projects', { body: {} }),
  },
  {
    code: 'SESSION_EXISTS',
    when: 'another project has a session with the chosen id',
    message: /already exists/,
    ask: async (projectId) => {
      const { id } = await make.session((await make.project()).id, { id: `chosen-${projectId}` })
      return post('/api/sessions', { projectId, taskIds: [], id })
    },
  },
  {
    code: 'INVALID_TRANSITION',
    when: 'a strict lifecycle has no such arrow',
    message: 'A task cannot go from pending to completed',
    details: { from: 'pending', to: 'completed', allowed: ['in_progress', 'blocked'] },
    ask: async (projectId) => {
      await call('PUT', `/api/projects/${projectId}`, { body: { lifecycle: 'strict' } })
      return call('PATCH', `/api/tasks/${(await make.task(projectId)).id}`, { body: { status: 'completed' } })
    },
  },
  {
    code: 'VERSION_CONFLICT',
    when: 'If-Match does not name the current version',
    message: /changed since/,
    details: { current: '"0"' },
    ask: (projectId) =>
      call('PUT', `/api/projects/${projectId}`, { body: { name: 'B' }, headers: { 'if-match': '"7"' } }),
  },
  {
    code: 'PAYLOAD_TOO_LARGE',
    when: 'a body is over 1 MiB',
    message: 'The body is larger than 1 MiB',
    ask: () => post('/api/projects', { name: 'A', description: 'x'.repeat(4 * 1024 * 1024) }),
  },
  {
    code: 'PAYLOAD_TOO_LARGE',
    when: 'a record would be over 1 MiB',
    message: /record/,
    ask: () => post('/api/projects', { name: 'A', description: 'x'.repeat(1024 * 1024 - 100) }),
  },
  {
    code: 'UNSUPPORTED_MEDIA_TYPE',
    when: 'a body is not application/json',
    message: 'Content-Type must be application/json',
    ask: () => post('/api/projects', 'name=A', { 'content-type': 'application/x-www-form-urlencoded' }),
  },
  {
    code: 'IDEMPOTENCY_MISMATCH',
    when: 'an Idempotency-Key is reused with another request',
    message: /another request/,
    ask: async (projectId) => {
      const headers = { 'idempotency-key': 'k' }
      await post('/api/tasks', { projectId, title: 'A' }, headers)
      return post('/api/tasks', { projectId, title: 'B' }, headers)
    },
  },
]

describe('the table of errors', () => {
  it.each(rows)('$code: $when', async ({ code, message, details, ask }) => {
    const { id } = await make.project()
    const { message: told, ...refusal } = refusalIn(await ask(id))
    expect(refusal).toEqual({ status: statuses[code], code, ...(details === undefined ? {} : { details }) })
    if (typeof message === 'string') expect(told).toBe(message)
    else expect(told).toMatch(message)
  })

  it('is tested as a whole', () => {
    expect(new Set(rows.map(({ code }) => code))).toEqual(new Set(Object.keys(statuses)))
  })
})

describe('what is not there', () => {
  const { project, task, session } = unknown
  it.each([
    ['GET', `/api/projects/${project}`, 'PROJECT_NOT_FOUND'],
    ['PUT', `/api/projects/${project}`, 'PROJECT_NOT_FOUND'],
    ['DELETE', `/api/projects/${project}`, 'PROJECT_NOT_FOUND'],
    ['GET', `/api/tasks/${task}`, 'TASK_NOT_FOUND'],
    ['PATCH', `/api/tasks/${task}`, 'TASK_NOT_FOUND'],
    ['DELETE', `/api/tasks/${task}`, 'TASK_NOT_FOUND'],
    ['GET', `/api/tasks/${task}/children`, 'TASK_NOT_FOUND'],
    ['POST', `/api/tasks/${task}/timeline`, 'TASK_NOT_FOUND', { message: 'A' }],
    ['GET', `/api/tasks/${task}/subtasks`, 'TASK_NOT_FOUND'],
    ['POST', `/api/tasks/${task}/subtasks`, 'TASK_NOT_FOUND', { title: 'A' }],
    ['PATCH', `/api/tasks/${task}/subtasks/x`, 'TASK_NOT_FOUND'],
    ['DELETE', `/api/tasks/${task}/subtasks/x`, 'TASK_NOT_FOUND'],
    ['GET', `/api/sessions/${session}`, 'SESSION_NOT_FOUND'],
    ['PATCH', `/api/sessions/${session}`, 'SESSION_NOT_FOUND'],
    ['DELETE', `/api/sessions/${session}`, 'SESSION_NOT_FOUND'],
    ['POST', `/api/sessions/${session}/events`, 'SESSION_NOT_FOUND', { type: 'a' }],
    ['POST', `/api/sessions/${session}/timeline`, 'SESSION_NOT_FOUND', { message: 'A' }],
    ['POST', `/api/sessions/${session}/tasks/${task}`, 'SESSION_NOT_FOUND'],
    ['DELETE', `/api/sessions/${session}/tasks/${task}`, 'SESSION_NOT_FOUND'],
    ['POST', '/api/tasks', 'PROJECT_NOT_FOUND', { projectId: project, title: 'A' }],
    ['POST', '/api/sessions', 'PROJECT_NOT_FOUND', { projectId: project, taskIds: [] }],
    ['POST', '/api/sessions/spawn', 'PROJECT_NOT_FOUND', { projectId: project, taskIds: [task] }],
  ])('%s %s: %s', async (method, path, code, body = undefined) => {
    const { message, ...refusal } = refusalIn(await call(method, path, method === 'GET' ? {} : { body: body ?? {} }))
    expect(refusal).toEqual({ status: 404, code })
    expect(message).toMatch(/^(Project|Task|Session) not found$/)
  })
})

describe('filters', () => {
  it.each([
    '/api/tasks?projectId=proj_1_none',
    '/api/tasks?projectId=..%2F..',
    '/api/tasks?parentId=task_1_none',
    '/api/sessions?projectId=proj_1_none',
    '/api/sessions?taskId=task_1_none',
    '/api/sessions?projectId=',
  ])('with no match give an empty list: %s', async (path) => {
    await make.task((await make.project()).id)
    expect(await call('GET', path)).toMatchObject({ status: 200, text: '[]' })
  })

  it.each([
    ['/api/tasks?status=done', 'status'],
    ['/api/tasks?status=', 'status'],
    ['/api/tasks?status=pending&status=blocked', 'status'],
    ['/api/sessions?status=pending', 'status'],
    ['/api/sessions?active=maybe', 'active'],
  ])('with a value outside their enum are refused: %s', async (path, field) => {
    expect(refusalIn(await call('GET', path))).toMatchObject({ code: 'VALIDATION_ERROR', details: [{ path: field }] })
  })

  it('across projects list by id', async () => {
    const [one, two] = [await make.project(), await make.project()]
    const made = []
    for (const projectId of [one.id, two.id, one.id, two.id]) {
      made.push((await make.task(projectId)).id, (await make.session(projectId)).id)
    }
    for (const path of ['/api/projects', '/api/tasks', '/api/sessions']) {
      const ids = idsIn(await call('GET', path))
      expect(ids).toEqual([...ids].sort())
    }
    expect(idsIn(await call('GET', '/api/tasks'))).toEqual(
      expect.arrayContaining(made.filter((id) => /^task/.test(id))),
    )
  })
})
