import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { makerOf, readerOf } from '../../support/entities.ts'
import { entityWhen, fileGone } from '../../support/files.ts'
import { sharedServer } from '../../support/shared-server.ts'

const server = sharedServer()
const { call } = server
const make = makerOf(call)
const read = readerOf(call)

/** One of each entity, with the path of its file. */
const setUp = async () => {
  const project = await make.project()
  const task = await make.task(project.id)
  const session = await make.session(project.id, { taskIds: [task.id], env: { B: '1', A: '2' } })
  const files = {
    project: join(server.dataDir, 'projects', `${project.id}.json`),
    task: join(server.dataDir, 'tasks', project.id, `${task.id}.json`),
    session: join(server.dataDir, 'sessions', `${session.id}.json`),
  }
  return { project, task: await read.task(task.id), session, files }
}

it('every entity has a file that people can read: pretty-printed, keys sorted', async () => {
  const { task, session, files } = await setUp()
  expect(await entityWhen(files.session)).toEqual(session)
  const text = await readFile(files.session, 'utf8')
  const keys = Object.keys(session).sort()
  expect([...text.matchAll(/^ {2}"(\w+)"/gm)].map(([, key]) => key)).toEqual(keys)
  expect(text).toContain('  "env": {\n    "A": "2",\n    "B": "1"\n  },\n')
  expect(text.endsWith('\n}\n')).toBe(true)
  const isLinked = (entity: unknown) => JSON.stringify(entity).includes(session.id)
  expect(await entityWhen(files.task, isLinked)).toEqual(task)
})

it('a file follows its entity', async () => {
  const { project, files } = await setUp()
  await call('PUT', `/api/projects/${project.id}`, { body: { name: 'Gemini' } })
  const isNew = (entity: unknown) => JSON.stringify(entity).includes('Gemini')
  expect(await entityWhen(files.project, isNew)).toEqual(await read.project(project.id))
})

it('the file of what is deleted goes, and the log stays', async () => {
  const { project, task, session, files } = await setUp()
  for (const file of Object.values(files)) await entityWhen(file)
  await call('DELETE', `/api/sessions/${session.id}`)
  await fileGone(files.session)
  await call('DELETE', `/api/tasks/${task.id}`)
  await fileGone(files.task)
  await call('DELETE', `/api/projects/${project.id}`)
  await fileGone(files.project)
  const [segment = ''] = await readdir(join(server.dataDir, 'log', project.id))
  const log = await readFile(join(server.dataDir, 'log', project.id, segment), 'utf8')
  expect(log.match(/"type":"[a-z:_]+"/g)).toEqual(
    ['project:created', 'task:created', 'session:created', 'session:deleted', 'task:deleted', 'project:deleted'].map(
      (type) => `"type":"${type}"`,
    ),
  )
})
