import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { applyPatch } from 'rfc6902'
import { beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { canonical } from '../../../events/index.ts'
import { Audit } from '../../../projections/history.ts'
import { AuditAnswer, DiffAnswer, StateAnswer } from '../../../src/http/past-schemas.ts'
import { sha256 } from '../../../src/platform/hash.ts'
import type { Answer } from '../../support/api.ts'
import { idOf } from '../../support/api.ts'
import { makerOf, refusalIn } from '../../support/entities.ts'
import { recordsIn } from '../../support/log-records.ts'
import { rawCall } from '../../support/raw-http.ts'
import { sharedServer } from '../../support/shared-server.ts'

const server = sharedServer({ FSYNC: 'never' })
const { call } = server
const make = makerOf(call)

const get = (path: string): Promise<Answer> => call('GET', path)

/** Everything that can be asked of the present, right after the write of a record. */
interface Then {
  readonly offset: number
  readonly at: number
  /** Answers to addresses, as they were. */
  readonly answers: ReadonlyMap<string, string>
}

/** A project with a past, in which everything that can happen has happened, and what was seen of it at the time. */
const live = async () => {
  const { id } = await make.project()
  const notes: Then[] = []
  const paths = new Set<string>([`/api/tasks?projectId=${id}`, `/api/sessions?projectId=${id}`])
  const write = async (method: string, path: string, body?: object): Promise<string> => {
    const answer = await call(method, path, body === undefined ? {} : { body })
    expect(answer.status, answer.text).toBeLessThan(300)
    const answers = new Map<string, string>()
    for (const one of paths) answers.set(one, (await get(one)).text)
    const head = z.object({ at: z.number() }).parse((await get(`/api/projects/${id}/log/head`)).body)
    notes.push({ offset: Number(answer.headers.get('maestro-offset')), at: head.at, answers })
    return method === 'DELETE' ? '' : idOf(answer)
  }
  const task = async (title: string, more: object = {}): Promise<string> => {
    const taskId = await write('POST', '/api/tasks', { projectId: id, title, ...more })
    for (const path of ['', '/children', '/subtasks'].slice(0, 2)) paths.add(`/api/tasks/${taskId}${path}`)
    return taskId
  }
  const root = await task('Root')
  const child = await task('Child', { parentId: root, dependencies: [root] })
  const session = await write('POST', '/api/sessions', { projectId: id, taskIds: [child], env: { A: '1' } })
  paths.add(`/api/sessions/${session}`)
  paths.add(`/api/tasks?projectId=${id}&status=in_progress`).add(`/api/tasks?projectId=${id}&parentId=null`)
  paths.add(`/api/sessions?projectId=${id}&active=true`).add(`/api/sessions?projectId=${id}&taskId=${child}`)
  await write('PATCH', `/api/tasks/${child}`, { status: 'in_progress' })
  await write('POST', `/api/tasks/${child}/timeline`, { message: 'Half' })
  const subtask = await write('POST', `/api/tasks/${child}/subtasks`, { title: 'Step' })
  await write('PATCH', `/api/tasks/${child}/subtasks/${subtask}`, { completed: true })
  await write('POST', `/api/sessions/${session}/timeline`, { message: 'Says', taskId: root })
  await write('PATCH', `/api/sessions/${session}`, { env: { A: null, B: '2' }, metadata: { deep: { list: [1, 2] } } })
  await write('PATCH', `/api/sessions/${session}`, { metadata: { deep: { list: [1, 3] } } })
  await write('DELETE', `/api/tasks/${child}/subtasks/${subtask}`)
  const other = await task('Other', { dependencies: [child] })
  await write('POST', `/api/sessions/${session}/tasks/${other}`)
  await write('DELETE', `/api/sessions/${session}/tasks/${child}`)
  await write('PATCH', `/api/sessions/${session}`, { status: 'completed' })
  await write('DELETE', `/api/tasks/${root}?cascade=true`)
  await write('DELETE', `/api/sessions/${session}`)
  await write('PUT', `/api/projects/${id}`, { name: 'Renamed' })
  return { id, root, child, other, session, notes }
}

let project: Awaited<ReturnType<typeof live>>
beforeAll(async () => {
  project = await live()
})

const stateIn = (answer: Answer) => {
  expect(answer.status, answer.text).toBe(200)
  return StateAnswer.strict().parse(answer.body)
}
const state = async (at: string | number) => stateIn(await get(`/api/projects/${project.id}/state?at=${at}`))

describe('?at= on tasks, sessions, lists and children', () => {
  const at = (path: string, moment: string | number): Promise<Answer> =>
    get(`${path}${path.includes('?') ? '&' : '?'}at=${moment}`)

  it('answers what was answered right after that write', async () => {
    for (const { offset, answers } of project.notes) {
      for (const [path, text] of answers) {
        const answer = await at(path, offset)
        // What is not there yet, or not any more, was told in the same words.
        expect(answer.text, `${path} at ${offset}`).toBe(text)
      }
    }
  })

  it('takes times as well', async () => {
    for (const { at: time, answers } of project.notes.filter(({ offset }) => offset % 5 === 0)) {
      for (const [path, text] of answers) {
        // Several writes may share a millisecond; the last of them counts.
        const last = project.notes.findLast((note) => note.at === time)?.answers.get(path) ?? text
        expect((await at(path, time)).text).toBe(last)
        expect((await at(path, new Date(time).toISOString())).text).toBe(last)
      }
    }
  })

  it('answers 404 for what was not there yet, and for what never was', async () => {
    expect(refusalIn(await at(`/api/tasks/${project.child}`, 1))).toMatchObject({ status: 404, code: 'TASK_NOT_FOUND' })
    expect(refusalIn(await at(`/api/tasks/${project.child}/children`, 1))).toMatchObject({ code: 'TASK_NOT_FOUND' })
    expect(refusalIn(await at(`/api/sessions/${project.session}`, 2))).toMatchObject({ code: 'SESSION_NOT_FOUND' })
    expect(refusalIn(await at('/api/tasks/task_1_none', 0))).toMatchObject({ code: 'TASK_NOT_FOUND' })
    expect(refusalIn(await at('/api/tasks?projectId=proj_1_none', 0))).toMatchObject({ code: 'PROJECT_NOT_FOUND' })
  })

  it('needs a project where there may be many', async () => {
    for (const path of ['/api/tasks', '/api/sessions']) {
      expect(refusalIn(await at(path, 0))).toMatchObject({ status: 400, message: 'projectId is required' })
    }
  })
})

describe('the state at a moment', () => {
  it('is all that was true right after its record, with the hash that everybody finds who folds the log', async () => {
    for (const { offset, answers } of project.notes) {
      const found = await state(offset)
      expect(found.offset).toBe(offset)
      expect(JSON.stringify(found.tasks)).toBe(answers.get(`/api/tasks?projectId=${project.id}`))
      expect(JSON.stringify(found.sessions)).toBe(answers.get(`/api/sessions?projectId=${project.id}`))
      const entities = [found.project, ...found.sessions, ...found.tasks].filter((entity) => entity !== null)
      const lines = entities.map((entity) => `${entity.id} ${sha256(canonical(entity))}\n`)
      expect(found.stateHash).toBe(sha256(lines.sort().join('')))
    }
  })

  it('names the record that it is after', async () => {
    const records = await recordsIn(server.dataDir, project.id)
    const { offset, hash, at } = await state(4)
    expect({ offset, hash, at }).toEqual({ offset: 4, hash: records[4]?.hash, at: records[4]?.at })
    const { hash: last, offset: head } = stateIn(await get(`/api/projects/${project.id}/state`))
    expect({ head, last }).toEqual({ head: records.length - 1, last: records.at(-1)?.hash })
  })

  it('of a time is that after the last record of then', async () => {
    const records = await recordsIn(server.dataDir, project.id)
    for (const { at } of records) {
      const offset = records.findLastIndex((record) => record.at <= at)
      expect(await state(at)).toMatchObject({ offset })
      expect(await state(new Date(at).toISOString())).toMatchObject({ offset })
    }
  })

  it('holds no project once that is deleted', async () => {
    const { id } = await make.project()
    await call('DELETE', `/api/projects/${id}`)
    expect(stateIn(await get(`/api/projects/${id}/state`))).toMatchObject({ project: null, tasks: [], sessions: [] })
    expect(stateIn(await get(`/api/projects/${id}/state?at=0`))).toMatchObject({ project: { id } })
  })
})

describe('a moment', () => {
  const paths = () => [
    `/api/projects/${project.id}/state?at=`,
    `/api/projects/${project.id}/diff?from=`,
    `/api/projects/${project.id}/diff?to=`,
    `/api/tasks/${project.other}?at=`,
    `/api/tasks/${project.other}/children?at=`,
    `/api/tasks?projectId=${project.id}&at=`,
    `/api/sessions?projectId=${project.id}&at=`,
  ]

  it.each(['999', '99999999999', '100000000000', '2001-01-01', '2999-01-01T00:00:00Z', '999999999999999'])(
    'that is not in the log is refused, and told where the log goes: %s',
    async (moment) => {
      for (const path of paths()) {
        const refusal = refusalIn(await get(`${path}${moment}`))
        expect(refusal).toMatchObject({ status: 400, code: 'VALIDATION_ERROR' })
        expect(refusal.message).toMatch(/^(at|from|to): the log goes from offset 0 \(.*Z\) to offset \d+ \(.*Z\)$/)
      }
    },
  )

  it.each([
    '',
    'now',
    '-1',
    '1.5',
    '1e3',
    'yesterday',
    '2026-02-30',
    '2026-01-01T00:00',
    '0x1',
    'null',
    '1&at=2&from=2&to=2',
  ])('that is none is refused, and told what one is: %s', async (moment) => {
    for (const path of paths()) expect(refusalIn(await get(`${path}${moment}`))).toMatchObject({ status: 400 })
  })
})

describe('the difference between two moments', () => {
  const diff = async (query: string) => {
    const answer = await get(`/api/projects/${project.id}/diff${query}`)
    expect(answer.status, answer.text).toBe(200)
    return DiffAnswer.strict().parse(answer.body)
  }

  const documentsAt = async (offset: number): Promise<Map<string, object>> => {
    const { project: own, tasks, sessions } = await state(offset)
    return new Map<string, object>([
      ...(own === null ? [] : [[`project ${own.id}`, own] as const]),
      ...tasks.map((task) => [`task ${task.id}`, task] as const),
      ...sessions.map((session) => [`session ${session.id}`, session] as const),
    ])
  }

  it('turns the one state into the other, whichever came first', async () => {
    const last = project.notes.at(-1)?.offset ?? 0
    for (const [from, to] of [
      [0, last],
      [last, 0],
      [3, 9],
      [14, 5],
      [7, 7],
      [last - 1, last],
    ] as const) {
      const documents = await documentsAt(from)
      const answer = await diff(`?from=${from}&to=${to}`)
      expect([answer.from.offset, answer.to.offset]).toEqual([from, to])
      for (const change of answer.changes) {
        const key = `${change.kind} ${change.id}`
        const before = documents.get(key)
        if (change.change === 'created') documents.set(key, change.entity)
        else if (change.change === 'deleted') documents.delete(key)
        else {
          const patched = structuredClone(before ?? {})
          const steps = change.patch.map((step) => ('value' in step ? { ...step, value: step.value } : step))
          expect(applyPatch(patched, steps)).toEqual(steps.map(() => null))
          documents.set(key, patched)
        }
      }
      const sorted = (all: Map<string, object>) => Object.fromEntries([...all].sort())
      expect(sorted(documents)).toEqual(sorted(await documentsAt(to)))
    }
  })

  it('goes from the first record to the last, if not told otherwise', async () => {
    const last = project.notes.at(-1)?.offset
    expect(await diff('')).toEqual(await diff(`?from=0&to=${last}`))
    expect(await diff('?to=5')).toMatchObject({ from: { offset: 0 }, to: { offset: 5 } })
    expect((await diff(`?from=${last}`)).changes).toEqual([])
  })
})

describe('the audit of a project', () => {
  it('is what an audit of its log finds', async () => {
    const audit = new Audit()
    for (const record of await recordsIn(server.dataDir, project.id)) audit.add(record)
    const answer = await get(`/api/projects/${project.id}/audit`)
    expect(answer.status, answer.text).toBe(200)
    expect(AuditAnswer.strict().parse(answer.body)).toMatchObject(audit.report())
  })

  it('of a project that never was is refused', async () => {
    expect(refusalIn(await get('/api/projects/proj_1_none/audit'))).toMatchObject({ code: 'PROJECT_NOT_FOUND' })
    expect(refusalIn(await get('/api/projects/proj_1_none/state'))).toMatchObject({ code: 'PROJECT_NOT_FOUND' })
    expect(refusalIn(await get('/api/projects/proj_1_none/diff'))).toMatchObject({ code: 'PROJECT_NOT_FOUND' })
  })
})

describe('caches', () => {
  it('keep what is past, and are told at once that it is still so, whatever happened since', async () => {
    const { id } = await make.project()
    const { id: taskId } = await make.task(id)
    const paths = ['state?at=1', 'diff?from=0&to=1'].map((path) => `/api/projects/${id}/${path}`)
    for (const path of [...paths, `/api/tasks/${taskId}?at=1`, `/api/tasks?projectId=${id}&at=1`]) {
      const { headers } = await get(path)
      const tag = headers.get('etag') ?? ''
      expect(tag).toMatch(/^W\/"[\w-]+"$/)
      expect(headers.get('cache-control')).toBe('no-cache')
      await call('PATCH', `/api/tasks/${taskId}`, { body: { title: `Later than ${path}` } })
      const again = await call('GET', path, { headers: { 'if-none-match': tag } })
      expect(again).toMatchObject({ status: 304, text: '' })
      expect(await rawCall(server.url, 'HEAD', path)).toMatchObject({ status: 200, text: '' })
    }
  })

  it('that want nothing of what is there are told whether it is', async () => {
    const headers = { 'if-none-match': '*' }
    const asked = async (path: string) => (await call('GET', path, { headers })).status
    expect(await asked(`/api/tasks/${project.child}?at=5`)).toBe(304)
    expect(await asked(`/api/projects/${project.id}/state?at=5`)).toBe(304)
    expect(await asked(`/api/tasks/${project.child}?at=1`)).toBe(404)
    expect(await asked(`/api/tasks/${project.child}/children?at=1`)).toBe(404)
  })

  it('ask for the present again and again', async () => {
    const { id } = await make.project()
    const { id: taskId } = await make.task(id)
    for (const path of [`/api/projects/${id}/state`, `/api/projects/${id}/audit`, `/api/tasks/${taskId}/history`]) {
      const tag = (await get(path)).headers.get('etag') ?? ''
      expect((await call('GET', path, { headers: { 'if-none-match': tag } })).status).toBe(304)
      await make.task(id)
      expect((await call('GET', path, { headers: { 'if-none-match': tag } })).status).toBe(200)
    }
  })
})

describe('many who look at once', () => {
  it('each see what they asked for', async () => {
    const asked = Array.from({ length: 100 }, (_, i) => (i * 7) % project.notes.length)
    const found = await Promise.all(asked.map((i) => state(project.notes[i]?.offset ?? 0)))
    for (const [i, { tasks }] of found.entries()) {
      const then = project.notes[asked[i] ?? 0]
      expect(JSON.stringify(tasks)).toBe(then?.answers.get(`/api/tasks?projectId=${project.id}`))
    }
  })
})

describe('a damaged log', () => {
  it('has a past up to the damage', async () => {
    const { id } = await make.project()
    const { id: taskId } = await make.task(id, { title: 'good' })
    await call('PATCH', `/api/tasks/${taskId}`, { body: { title: 'spoilt' } })
    await make.task(id)
    await server.process.kill()
    const dir = join(server.dataDir, 'log', id)
    const [segment = ''] = await readdir(dir)
    await writeFile(join(dir, segment), (await readFile(join(dir, segment), 'utf8')).replace('spoilt', 'SPOILT'))
    await server.restart('kill')
    expect(stateIn(await get(`/api/projects/${id}/state`))).toMatchObject({ offset: 1, tasks: [{ title: 'good' }] })
    expect((await get(`/api/tasks/${taskId}?at=1`)).status).toBe(200)
    expect(refusalIn(await get(`/api/projects/${id}/state?at=2`))).toMatchObject({ status: 400 })
    expect((await get(`/api/projects/${id}/audit`)).body).toMatchObject({ records: 2 })
  })
})
