import type { Bench } from '../bench.ts'
import type { Row } from '../row.ts'
import { create, taskFields } from '../support/api.ts'
import { metric } from '../support/asking.ts'
import { cleanLoad, runScript, startServer, underLoad } from '../support/subjects.ts'

/** Many times more than what is taken on at once: four requests under way on each of a thousand connections. */
const flood = { connections: 1_000, pipelined: 4 }

/** A server with one task, what changes it all the time, and what reads it. */
const busy = async (bench: Bench) => {
  const server = await startServer(bench, await bench.scratch())
  const { port } = server
  const projectId = await create(port, '/api/projects', { name: 'Bench' })
  const path = `/api/tasks/${await create(port, '/api/tasks', { projectId, ...taskFields })}`
  const bodies = ['{"title":"A"}', '{"title":"B"}']
  const reads = { port, method: 'GET', paths: [path], connections: 10 } as const
  return { server, writes: { port, method: 'PATCH', paths: [path], bodies, ...flood } as const, reads }
}

export const overloadRows: readonly Row[] = [
  {
    ...{ name: 'overload-reads', group: 'overload', unit: 's', target: { atMost: 0.25 } },
    what: 'GET, 99 of 100, while 1,000 connections write 4 at a time',
    prepare: async (bench) => {
      const { writes, reads } = await busy(bench)
      const times = { warmUp: 1000, duration: bench.seconds * 1000 }
      return { ours: () => underLoad(writes, async () => (await cleanLoad({ ...reads, ...times })).p99 / 1000) }
    },
  },
  {
    ...{ name: 'overload-arrivals', group: 'overload', unit: 's', target: { atMost: 0.5 } },
    what: 'the same, each on a connection of its own',
    prepare: async (bench) => {
      const { writes, reads } = await busy(bench)
      const arrivals = { port: reads.port, path: reads.paths[0], duration: bench.seconds * 1000 }
      return {
        ours: () => underLoad(writes, async () => Number(await runScript('loads/arrivals.ts', arrivals)) / 1000),
      }
    },
  },
  {
    ...{ name: 'overload-memory', group: 'overload', unit: 'bytes', target: { atMost: 300_000_000 } },
    what: 'resident memory after that',
    prepare: async (bench) => {
      const { server, writes, reads } = await busy(bench)
      const times = { warmUp: 1000, duration: bench.seconds * 1000 }
      return {
        ours: () =>
          underLoad(writes, async () => {
            await cleanLoad({ ...reads, ...times })
            return metric(server, 'process_resident_memory_bytes')
          }),
      }
    },
  },
]
