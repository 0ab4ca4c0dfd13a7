import type { Bench } from '../bench.ts'
import type { Measure, Row } from '../row.ts'
import { call, create, taskBodies, taskFields } from '../support/api.ts'
import { startListeners } from '../support/listeners.ts'
import { output, pathOf, typescript } from '../support/processes.ts'
import { cleanLoad, type Subject, startReference, startServer } from '../support/subjects.ts'

const connections = 100

const times = ({ seconds }: Bench) => ({ warmUp: Math.min(500, seconds * 250), duration: seconds * 1000 })

const server = async (bench: Bench): Promise<Subject> => startServer(bench, await bench.scratch())

const posting = (bench: Bench, { port }: Subject, path: string, bodies: string[], from = connections): Measure => {
  const load = { port, method: 'POST', paths: [path], bodies, connections: from } as const
  return async () => (await cleanLoad({ ...load, ...times(bench) })).rate
}

/** Makes so many projects, and a measure of durable POSTs of tasks to all of them in turn. */
const posts = async (bench: Bench, subject: Subject, projects = 1, from = connections): Promise<Measure> => {
  const ids: string[] = []
  for (let i = 0; i < projects; i += 1) ids.push(await create(subject.port, '/api/projects', { name: `Bench ${i}` }))
  return posting(bench, subject, '/api/tasks', taskBodies(ids), from)
}

const oneWriter = async (bench: Bench): Promise<Measure> => posts(bench, await server(bench), 1, 1)

const echoes = (bench: Bench, subject: Subject): Measure =>
  posting(bench, subject, '/', taskBodies(['proj_1706790000000_abcdefghjkmnpqrs']))

const gets = (bench: Bench, { port }: Subject, path: string): Measure => {
  return async () => (await cleanLoad({ port, method: 'GET', paths: [path], connections, ...times(bench) })).rate
}

const postsBeside = (name: 'bare' | 'express', projects: number) => async (bench: Bench) => ({
  reference: echoes(bench, await startReference(bench, name)),
  ours: await posts(bench, await server(bench), projects),
})

const syncedWrites = async (dir: string, seconds: number): Promise<number> =>
  Number(await output(process.execPath, [...typescript, pathOf('loads/synced-writes.ts'), dir, String(seconds)]))

export const httpRows: readonly Row[] = [
  {
    ...{ name: 'post-express', group: 'http', unit: '/s', target: { atLeast: 1.8 } },
    what: 'durable POST /api/tasks, 100 connections',
    reference: 'stock Express 5, POST echo',
    prepare: postsBeside('express', 1),
  },
  {
    ...{ name: 'post-bare', group: 'http', unit: '/s', target: { atLeast: 0.35 } },
    what: 'durable POST /api/tasks, 100 connections',
    reference: 'bare node:http, POST echo',
    prepare: postsBeside('bare', 1),
  },
  {
    ...{ name: 'post-projects', group: 'http', unit: '/s', target: { atLeast: 0.9 } },
    what: 'the same to 100 projects',
    reference: 'stock Express 5, POST echo',
    prepare: postsBeside('express', 100),
  },
  {
    ...{ name: 'post-followed', group: 'http', unit: '/s', target: { atLeast: 0.6 } },
    what: 'the same with 100 WebSocket clients attached',
    reference: 'the same without',
    prepare: async (bench) => {
      const subject = await server(bench)
      const post = await posts(bench, subject)
      const followed = async (): Promise<number> => {
        const listeners = await startListeners(subject.port, 100)
        try {
          return await post()
        } finally {
          await listeners.stop()
        }
      }
      return { reference: post, ours: followed }
    },
  },
  {
    ...{ name: 'get-bare', group: 'http', unit: '/s', target: { atLeast: 0.6 } },
    what: 'GET /api/tasks/:id, 100 connections',
    reference: 'bare node:http, GET of as many bytes',
    prepare: async (bench) => {
      const [subject, bare] = [await server(bench), await startReference(bench, 'bare')]
      const projectId = await create(subject.port, '/api/projects', { name: 'Bench' })
      const id = await create(subject.port, '/api/tasks', { projectId, ...taskFields })
      await call(subject.port, 'GET', `/api/tasks/${id}`)
      return { reference: gets(bench, bare, '/'), ours: gets(bench, subject, `/api/tasks/${id}`) }
    },
  },
  {
    ...{ name: 'writer', group: 'http', unit: '/s', target: { atLeast: 0.5 } },
    what: 'one writer over HTTP that waits for each answer',
    reference: 'a loop of write and fdatasync',
    prepare: async (bench) => {
      const dir = await bench.scratch()
      return { reference: async () => syncedWrites(dir, bench.seconds), ours: await oneWriter(bench) }
    },
  },
  {
    ...{ name: 'writer-bare', group: 'http', unit: '/s' },
    what: 'one writer over HTTP that waits for each answer',
    reference: 'bare node:http that writes the body, and answers when it is synced',
    prepare: async (bench) => {
      const bare = await startReference(bench, 'durable', await bench.scratch())
      return { reference: posting(bench, bare, '/', taskBodies(['proj_bench']), 1), ours: await oneWriter(bench) }
    },
  },
]
