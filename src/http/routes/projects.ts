import { z } from 'zod'
import { Project, ProjectId } from '../../../events/index.ts'
import { none, type Operation, operation } from '../operation.ts'
import { found } from '../refusals.ts'
import { ofAnswer, ofRow, ofRows } from '../reply.ts'
import { CreateProjectBody, Deleted, UpdateProjectBody } from '../schemas.ts'

const one = {
  tag: 'Projects',
  path: '/api/projects/:id',
  params: z.object({ id: ProjectId }),
  missing: { id: 'PROJECT_NOT_FOUND' },
  query: none,
} as const
const all = { tag: 'Projects', path: '/api/projects', params: none, query: none } as const

export const projectOperations: readonly Operation[] = [
  operation({
    ...all,
    method: 'get',
    name: 'listProjects',
    summary: 'List projects',
    body: none,
    answers: z.array(Project),
    run: ({ store }) => ofRows(store.projects()),
  }),
  operation({
    ...all,
    method: 'post',
    name: 'createProject',
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
    name: 'getProject',
    summary: 'Get a project',
    body: none,
    answers: Project,
    versioned: true,
    run: ({ store, params }) =>
      ofRow(found(store.project(params.id), 'PROJECT_NOT_FOUND'), store.standingOf(params.id)?.redaction),
  }),
  operation({
    ...one,
    method: 'put',
    name: 'updateProject',
    summary: 'Change the given fields of a project',
    body: UpdateProjectBody,
    answers: Project,
    run: async ({ store, params, body, request }) =>
      ofAnswer(await store.inProject(params.id, { type: 'update-project', ...body }, request)),
  }),
  operation({
    ...one,
    method: 'delete',
    name: 'deleteProject',
    summary: 'Delete a project that has neither tasks nor sessions; its log stays',
    body: none,
    answers: Deleted,
    refuses: ['PROJECT_HAS_DEPENDENCIES'],
    run: async ({ store, params, request }) =>
      ofAnswer(await store.inProject(params.id, { type: 'delete-project' }, request)),
  }),
]
