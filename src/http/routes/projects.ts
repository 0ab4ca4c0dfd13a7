import { z } from 'zod'
import { Project, ProjectId } from '../../../events/index.ts'
import { none, type Operation, operation } from '../operation.ts'
import { found } from '../refusals.ts'
import { ofAnswer, ofRow, ofRows } from '../reply.ts'
import { CreateProjectBody, Deleted, UpdateProjectBody } from '../schemas.ts'

const one = {
  path: '/api/projects/:id',
  params: z.object({ id: ProjectId }),
  missing: { id: 'PROJECT_NOT_FOUND' },
  query: none,
} as const
const all = { path: '/api/projects', params: none, query: none } as const

export const projectOperations: readonly Operation[] = [
  operation({
    ...all,
    method: 'get',
    summary: 'List projects',
    body: none,
    answers: z.array(Project),
    run: ({ store }) => ofRows(store.projects()),
  }),
  operation({
    ...all,
    method: 'post',
    summary: 'Create a project',
    body: CreateProjectBody,
    status: 201,
    answers: Project,
    run: async ({ store, body, request }) =>
      ofAnswer(await store.createProject(body, request), undefined, ({ id }) => `/api/projects/${id}`),
  }),
  operation({
    ...one,
    method: 'get',
    summary: 'Get a project',
    body: none,
    answers: Project,
    run: ({ store, params }) => ofRow(found(store.project(params.id), 'PROJECT_NOT_FOUND')),
  }),
  operation({
    ...one,
    method: 'put',
    summary: 'Change the given fields of a project',
    body: UpdateProjectBody,
    answers: Project,
    run: async ({ store, params, body, request }) =>
      ofAnswer(await store.inProject(params.id, { type: 'update-project', ...body }, request)),
  }),
  operation({
    ...one,
    method: 'delete',
    summary: 'Delete a project that has neither tasks nor sessions; its log stays',
    body: none,
    answers: Deleted,
    run: async ({ store, params, request }) =>
      ofAnswer(await store.inProject(params.id, { type: 'delete-project' }, request)),
  }),
]
