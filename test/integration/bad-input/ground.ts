import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { expect } from 'vitest'
import { z } from 'zod'
import type { Operation } from '../../../src/http/operation.ts'
import { type Answer, type Call, idOf } from '../../support/api.ts'
import type { SharedServer } from '../../support/shared-server.ts'

/** One thing of each kind, for nonsense to be about. */
export interface Ground {
  readonly project: string
  readonly task: string
  readonly subtask: string
  readonly session: string
  readonly skill: string
}

/** Stands for the real one where only the form of a request matters. */
export const anyGround: Ground = { project: 'proj_1', task: 'task_1', subtask: 's_1', session: 'sess_1', skill: 'x' }

export const layGround = async (call: Call): Promise<Ground> => {
  const project = idOf(await call('POST', '/api/projects', { body: { name: 'Apollo' } }))
  const task = idOf(await call('POST', '/api/tasks', { body: { projectId: project, title: 'Build it' } }))
  const subtask = idOf(await call('POST', `/api/tasks/${task}/subtasks`, { body: { title: 'Check it' } }))
  const session = idOf(await call('POST', '/api/sessions', { body: { projectId: project, taskIds: [] } }))
  return { project, task, subtask, session, skill: 'reviewing' }
}

export const nameOf = ({ method, path }: Operation): string => `${method.toUpperCase()} ${path}`

const parameter = /\/(\w+)s\/:id|:(\w+)Id/g

/** The names of the parameters in an operation's path. */
export const parametersOf = ({ path }: Operation): string[] =>
  [...path.matchAll(/:(\w+)/g)].map(([, name = '']) => name)

/** The path of an operation with the ids of the ground, save one parameter that has another text. */
export const pathOf = ({ path }: Operation, ground: Ground, odd?: { readonly name: string; readonly text: string }) => {
  const kinds: ReadonlyMap<string, string> = new Map(Object.entries(ground))
  const idFor = (kind: string, name: string): string => {
    const id = odd?.name === name ? odd.text : kinds.get(kind)
    if (id === undefined) throw new Error(`${path}: the ground has no ${kind}`)
    return id
  }
  return path.replace(parameter, (_all, collection?: string, kind?: string) =>
    collection === undefined ? idFor(String(kind), `${kind}Id`) : `/${collection}s/${idFor(collection, 'id')}`,
  )
}

/** A body that an operation takes: every field that it must have, found by asking its schema. */
export const validBodyOf = ({ body, path }: Operation, ground: Ground): Readonly<Record<string, unknown>> => {
  const samples = new Map<string, unknown>(Object.entries({ projectId: ground.project, taskIds: [ground.task] }))
  const fields = new Map<string, unknown>()
  for (;;) {
    const parsed = body.safeParse(Object.fromEntries(fields))
    if (parsed.success) return Object.fromEntries(fields)
    const missing = String(parsed.error.issues[0]?.path[0])
    if (fields.has(missing)) throw new Error(`${path}: no valid ${missing} is known`)
    fields.set(missing, samples.get(missing) ?? 'text')
  }
}

/** Writes a change that changes nothing, and so appends nothing: its receipt names the last record there is. */
export const writeNothing = ({ call }: SharedServer, ground: Ground): Promise<Answer> =>
  call('PATCH', `/api/tasks/${ground.task}`, { body: {} })

/** What is stored: the last record of the ground's project, and the size of every log on disk. */
export const storedIn = async (server: SharedServer, ground: Ground): Promise<object> => {
  const { status, headers } = await writeNothing(server, ground)
  const logs = join(server.dataDir, 'log')
  const files = (await readdir(logs, { recursive: true })).filter((file) => file.endsWith('.jsonl')).sort()
  const sizes = await Promise.all(files.map(async (file) => [file, (await stat(join(logs, file))).size]))
  return { status, head: headers.get('maestro-offset'), hash: headers.get('maestro-hash'), sizes }
}

const Entities = z.array(z.looseObject({ id: z.string() }))

/** All that the server serves, by kind and id. */
export const servedBy = async ({ call }: SharedServer): Promise<ReadonlyMap<string, unknown>> => {
  const served = new Map<string, unknown>()
  for (const path of ['/api/projects', '/api/tasks', '/api/sessions']) {
    for (const entity of Entities.parse((await call('GET', path)).body)) served.set(`${path}/${entity.id}`, entity)
  }
  return served
}

/** What is served otherwise than before, in the same order: of many thousands, those that differ. */
export const expectServed = async (server: SharedServer, before: ReadonlyMap<string, unknown>): Promise<void> => {
  const after = await servedBy(server)
  for (const [path, entity] of after)
    if (!isDeepStrictEqual(entity, before.get(path))) expect(entity).toEqual(before.get(path))
  expect([...after.keys()]).toEqual([...before.keys()])
}
