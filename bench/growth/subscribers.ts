import { create, taskBodies } from '../support/api.ts'
import { latency, metric } from '../support/asking.ts'
import { startListeners } from '../support/listeners.ts'
import { startServer } from '../support/subjects.ts'
import type { Dimension } from './dimension.ts'

/** What a write costs, over how many WebSocket clients hear of it. */
export const subscribersDimension: Dimension = {
  ...{ name: 'subscribers', title: 'Over WebSocket clients', x: 'clients', sizes: [1, 10, 100, 1_000] },
  shapes: {
    'create a task, frames': 'linear',
    'create a task, records': 'linear',
    'get a task': 'flat',
    'resident memory': 'linear',
  },
  measure: async (bench, count) => {
    const server = await startServer(bench, await bench.scratch())
    const projectId = await create(server.port, '/api/projects', { name: 'Bench' })
    const [body = ''] = taskBodies([projectId])
    const id = await create(server.port, '/api/tasks', JSON.parse(body))
    const post = { method: 'POST', paths: ['/api/tasks'], bodies: [body] } as const
    const withListeners = async <T>(query: string, act: () => Promise<T>): Promise<T> => {
      const listeners = await startListeners(server.port, count, query)
      try {
        return await act()
      } finally {
        await listeners.stop('SIGKILL')
      }
    }
    return {
      'create a task, frames': await withListeners('', () => latency(bench, server, post)),
      'create a task, records': await withListeners(`?projectId=${projectId}&from=now&view=records`, () =>
        latency(bench, server, post),
      ),
      'get a task': await withListeners('', () =>
        latency(bench, server, { method: 'GET', paths: [`/api/tasks/${id}`] }),
      ),
      'resident memory': await withListeners('', () => metric(server, 'process_resident_memory_bytes')),
    }
  },
}
