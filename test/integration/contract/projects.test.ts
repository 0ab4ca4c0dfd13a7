import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { makerOf, projectIn, readerOf, refusalIn } from '../../support/entities.ts'
import { sharedServer } from '../../support/shared-server.ts'

const server = sharedServer()
const { call } = server
const make = makerOf(call)
const read = readerOf(call)

describe('creating a project', () => {
  it('answers 201 with the project, its defaults, and where it is found', async () => {
    const answer = await call('POST', '/api/projects', { body: { name: 'Apollo' } })
    expect(answer.status).toBe(201)
    const project = projectIn(answer)
    expect(project).toEqual({
      id: expect.stringMatching(/^proj_\d+_[0-9a-z]+$/),
      name: 'Apollo',
      workingDir: '',
      description: '',
      lifecycle: 'open',
      createdAt: expect.any(Number),
      updatedAt: project.createdAt,
    })
    expect(answer.headers.get('location')).toBe(`/api/projects/${project.id}`)
    expect(await read.project(project.id)).toEqual(project)
  })

  it('takes every field', async () => {
    const fields = { name: 'Apollo', workingDir: '/no/such/dir', description: 'To the moon', lifecycle: 'strict' }
    expect(await make.project(fields)).toMatchObject(fields)
  })

  it.each([undefined, '', '  \t '])('requires a name that is not blank: %j', async (name) => {
    expect(refusalIn(await call('POST', '/api/projects', { body: { name } }))).toMatchObject({
      code: 'VALIDATION_ERROR',
      message: 'name is required',
    })
  })

  it.each([
    ['name', 5],
    ['name', null],
    ['workingDir', 5],
    ['description', null],
    ['lifecycle', 'loose'],
  ])('refuses %s: %j', async (field, value) => {
    const { code, details } = refusalIn(await call('POST', '/api/projects', { body: { name: 'A', [field]: value } }))
    expect({ code, details }).toMatchObject({ code: 'VALIDATION_ERROR', details: [{ path: field }] })
  })

  it('lets two have the same name', async () => {
    const [one, two] = [await make.project({ name: 'Twin' }), await make.project({ name: 'Twin' })]
    expect(one.id).not.toBe(two.id)
  })
})

describe('changing a project', () => {
  it('changes the fields that are given, and the time of the last change', async () => {
    const project = await make.project({ description: 'Kept' })
    const answer = await call('PUT', `/api/projects/${project.id}`, { body: { name: 'Gemini', workingDir: '/srv' } })
    expect(answer.status).toBe(200)
    const changed = projectIn(answer)
    expect(changed).toEqual({ ...project, name: 'Gemini', workingDir: '/srv', updatedAt: changed.updatedAt })
    expect(changed.updatedAt).toBeGreaterThanOrEqual(project.updatedAt)
    expect(await read.project(project.id)).toEqual(changed)
  })

  it('does not take the name away', async () => {
    const { id } = await make.project()
    expect(refusalIn(await call('PUT', `/api/projects/${id}`, { body: { name: '' } })).message).toBe('name is required')
  })
})

describe('deleting a project', () => {
  it('answers success with its id, after which it is gone', async () => {
    const { id } = await make.project()
    const answer = await call('DELETE', `/api/projects/${id}`)
    expect(answer).toMatchObject({ status: 200, body: { success: true, id } })
    expect(refusalIn(await call('GET', `/api/projects/${id}`)).code).toBe('PROJECT_NOT_FOUND')
    expect(refusalIn(await call('DELETE', `/api/projects/${id}`)).code).toBe('PROJECT_NOT_FOUND')
    const creation = await call('POST', '/api/tasks', { body: { projectId: id, title: 'Too late' } })
    expect(refusalIn(creation).code).toBe('PROJECT_NOT_FOUND')
  })

  it('leaves its log on disk', async () => {
    const { id } = await make.project()
    await call('DELETE', `/api/projects/${id}`)
    expect(existsSync(join(server.dataDir, 'log', id))).toBe(true)
  })

  it('becomes possible when its tasks and sessions are gone', async () => {
    const { id } = await make.project()
    const task = await make.task(id)
    const session = await make.session(id)
    for (const path of [`/api/tasks/${task.id}`, `/api/sessions/${session.id}`]) {
      expect(refusalIn(await call('DELETE', `/api/projects/${id}`)).code).toBe('PROJECT_HAS_DEPENDENCIES')
      await call('DELETE', path)
    }
    expect((await call('DELETE', `/api/projects/${id}`)).status).toBe(200)
  })
})

it('the list of projects holds each as it is', async () => {
  const made = [await make.project({ name: 'One' }), await make.project({ name: 'Two' })]
  const { body } = await call('GET', '/api/projects')
  expect(body).toEqual(expect.arrayContaining(made))
})
