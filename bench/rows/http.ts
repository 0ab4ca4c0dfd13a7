import type { Bench } from '../bench.ts'
import type { Measure, Row } from '../row.ts'
import { call, create, taskBodies, taskFields } from '../support/api.ts'
import { startListeners } from '../support/listeners.ts'
import { output, pathOf, typescript } from '../support/processes.ts'
import { cleanLoad, type Subject, startReference, startServer } from '../support/subjects.ts'

const connections = 100

const times = ({ seconds }: Bench) => ({ warmUp: Math.min(500, seconds * 250), duration: seconds * 1000 })

const server = async (bench: Bench): Promise<Subject> => startServer(bench, await bench.scratch())

/** Makes so many projects, and a measure of durable POSTs of tasks to all of them in turn. */
const posts = async (bench: Bench, { port }: Subject, projects = 1): Promise<Measure> => {
  const ids: string[] = []
  for (let i = 0; i < projects; i += 1) ids.push(await create(port, '/api/projects', { name: `Bench ${i}` }))
  const load = { port, method: 'POST', paths: ['/api/tasks'], bodies: taskBodies(ids), connections } as const
  return async () => (await cleanLoad({ ...load, ...times(bench) })).rate
}

const echoes = (bench: Bench, { port }: Subject): Measure => {
  const bodies = taskBodies(['proj_1706790000000_abcdefghjkmnpqrs'])
  return async () =>
    (await cleanLoad({ port, method: 'POST', paths: ['/'], bodies, connections, ...times(bench) })).rate
}

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
      const { port } = await server(bench)
      const projectId = await create(port, '/api/projects', { name: 'Bench' })
      const load = {
        port,
        method: 'POST',
        paths: ['/api/tasks'],
        bodies: taskBodies([projectId]),
        connections: 1,
      } as const
      const dir = await bench.scratch()
      return {
        reference: async () => syncedWrites(dir, bench.seconds),
        ours: async () => (await cleanLoad({ ...load, ...times(bench) })).rate,
      }
    },
  },
]
