import { expect } from 'vitest'
import { z } from 'zod'
import { Project, Session, Subtask, Task } from '../../events/index.ts'
import type { Answer, Call } from './api.ts'

const entityIn =
  <T>(schema: z.ZodType<T>) =>
  ({ status, body }: Answer): T => {
    expect(status, JSON.stringify(body)).toBeLessThan(300)
    return schema.parse(body)
  }

/** An answer's body as an entity with every field that the contract names, and no other. */
export const projectIn = entityIn(Project.strict())
export const taskIn = entityIn(Task.strict())
export const subtaskIn = entityIn(Subtask.strict())
export const sessionIn = entityIn(Session.strict())

const Ids = z.array(z.looseObject({ id: z.string() }))

/** The ids in the answer of a list, in order. */
export const idsIn = ({ body }: Answer): string[] => Ids.parse(body).map(({ id }) => id)

/** Makes what a test starts from; fields that do not matter have some value. */
export const makerOf = (call: Call) => ({
  project: async (fields: object = {}): Promise<Project> =>
    projectIn(await call('POST', '/api/projects', { body: { name: 'Apollo', ...fields } })),
  task: async (projectId: string, fields: object = {}): Promise<Task> =>
    taskIn(await call('POST', '/api/tasks', { body: { projectId, title: 'Build it', ...fields } })),
  subtask: async (taskId: string, fields: object = {}): Promise<Subtask> =>
    subtaskIn(await call('POST', `/api/tasks/${taskId}/subtasks`, { body: { title: 'Check it', ...fields } })),
  session: async (projectId: string, fields: object = {}): Promise<Session> =>
    sessionIn(await call('POST', '/api/sessions', { body: { projectId, taskIds: [], ...fields } })),
})

/** Entities as they are now. */
export const readerOf = (call: Call) => ({
  project: async (id: string): Promise<Project> => projectIn(await call('GET', `/api/projects/${id}`)),
  task: async (id: string): Promise<Task> => taskIn(await call('GET', `/api/tasks/${id}`)),
  session: async (id: string): Promise<Session> => sessionIn(await call('GET', `/api/sessions/${id}`)),
})

const Refusal = z.strictObject({
  error: z.literal(true),
  message: z.string().min(1),
  code: z.string(),
  details: z.union([z.looseObject({}), z.array(z.unknown())]).optional(),
})

/** An error as the contract has it: always JSON, with these fields and no others. */
export const refusalIn = ({ status, headers, body }: Answer) => {
  expect(headers.get('content-type')).toBe('application/json; charset=utf-8')
  const { message, code, details } = Refusal.parse(body)
  return { status, code, message, ...(details === undefined ? {} : { details }) }
}
