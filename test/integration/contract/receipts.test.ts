import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { Answer } from '../../support/api.ts'
import { idOf } from '../../support/api.ts'
import { makerOf } from '../../support/entities.ts'
import { sharedServer } from '../../support/shared-server.ts'

const server = sharedServer()
const { call } = server
const make = makerOf(call)

const Line = z.looseObject({ offset: z.int(), type: z.string(), hash: z.string(), actor: z.unknown() })

const logOf = async (projectId: string) => {
  const directory = join(server.dataDir, 'log', projectId)
  const [segment = ''] = await readdir(directory)
  const text = await readFile(join(directory, segment), 'utf8')
  return text
    .trimEnd()
    .split('\n')
    .map((line) => Line.parse(JSON.parse(line)))
}

const receiptOf = ({ headers }: Answer) => ({
  offset: Number(headers.get('maestro-offset')),
  hash: headers.get('maestro-hash'),
})

describe('the receipt of a write', () => {
  it('names the record that it made, which is in the log by then', async () => {
    const created = await call('POST', '/api/projects', { body: { name: 'A' } })
    const projectId = idOf(created)
    const task = await call('POST', '/api/tasks', { body: { projectId, title: 'A' } })
    const path = `/api/tasks/${idOf(task)}`
    const answers = [
      created,
      task,
      await call('POST', `${path}/timeline`, { body: { message: 'A' }, headers: { prefer: 'return=minimal' } }),
      await call('DELETE', path),
      await call('DELETE', `/api/projects/${projectId}`),
    ]
    const lines = await logOf(projectId)
    expect(lines.map(({ type }) => type)).toEqual([
      'project:created',
      'task:created',
      'task:timeline_added',
      'task:deleted',
      'project:deleted',
    ])
    expect(answers.map(receiptOf)).toEqual(lines.map(({ offset, hash }) => ({ offset, hash })))
  })

  it('that changed nothing names the last record', async () => {
    const { id } = await make.project()
    const last = receiptOf(await call('POST', '/api/tasks', { body: { projectId: id, title: 'A' } }))
    const answer = await call('PUT', `/api/projects/${id}`, { body: {} })
    expect(receiptOf(answer)).toEqual(last)
    expect(answer.headers.get('etag')).toBe('"0"')
  })
})

describe('the author of a write', () => {
  it.each([
    [{}, { kind: 'user' }],
    [{ 'maestro-actor': 'ada' }, { kind: 'user', id: 'ada' }],
    [{ 'maestro-session': 'sess_1' }, { kind: 'session', id: 'sess_1' }],
    [
      { 'maestro-session': 'sess_1', 'maestro-actor': 'ada' },
      { kind: 'session', id: 'sess_1' },
    ],
  ])('is in its record: %j', async (headers, actor) => {
    const answer = await call('POST', '/api/projects', { headers: { ...headers }, body: { name: 'A' } })
    expect(await logOf(idOf(answer))).toMatchObject([{ actor }])
  })
})
