import type { Bench } from '../bench.ts'
import type { HttpLoad } from '../loads/http.ts'
import type { Measure, Row } from '../row.ts'
import { create, taskBodies } from '../support/api.ts'
import { sealedProject, writeSealedLog } from '../support/sealed-log.ts'
import { runScript, startReference, startServer, underLoad } from '../support/subjects.ts'

const records = 300_000
const clients = 100

const subscribers = (bench: Bench, port: number, counts: 'records' | 'messages'): Measure => {
  return async () => Number(await runScript('loads/subscribers.ts', { port, clients, counts, seconds: bench.seconds }))
}

export const streamRows: readonly Row[] = [
  {
    ...{ name: 'catch-up', group: 'stream', unit: ' records/s', target: { atLeast: 0.45 } },
    what: 'catch-up of a WebSocket client, view records, each parsed',
    reference: 'reading and parsing the same file locally',
    prepare: async (bench) => {
      const dataDir = await bench.scratch()
      const path = await writeSealedLog({ dataDir, records })
      const { port } = await startServer(bench, dataDir)
      return {
        reference: async () => records / Number(await runScript('loads/parse.ts', { path })),
        ours: async () =>
          records / Number(await runScript('loads/catch-up.ts', { port, projectId: sealedProject, records })),
      }
    },
  },
  {
    ...{ name: 'fan-out', group: 'stream', unit: ' records/s', target: { atLeast: 3 } },
    what: `records to ${clients} WebSocket clients, view records, while 100 connections write`,
    reference: 'bare ws that does nothing else, one send per record and client',
    prepare: async (bench) => {
      const { port } = await startServer(bench, await bench.scratch())
      const bodies = taskBodies([await create(port, '/api/projects', { name: 'Bench' })])
      const load: Omit<HttpLoad, 'warmUp' | 'duration'> = {
        ...{ port, method: 'POST', paths: ['/api/tasks'], bodies, connections: 100 },
      }
      const bare = await startReference(bench, 'fan-out')
      return {
        reference: subscribers(bench, bare.port, 'messages'),
        ours: () => underLoad(load, subscribers(bench, port, 'records')),
      }
    },
  },
]
