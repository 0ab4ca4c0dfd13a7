import { ProjectId } from '../../events/index.ts'
import { taskBodies } from '../support/api.ts'
import { latency, metric, settledServer, startTime } from '../support/asking.ts'
import { settledHistory } from '../support/histories.ts'
import { writeSealedLog } from '../support/sealed-log.ts'
import { noSnapshots } from '../support/snapshots.ts'
import type { Dimension } from './dimension.ts'

const tasksEach = 10

/** What is asked of all projects in turn, over how many there are. */
export const projectsDimension: Dimension = {
  ...{ name: 'projects', title: 'Over projects, of ten tasks each', x: 'projects', sizes: [1, 10, 100, 1_000] },
  shapes: {
    ...{ 'create a task': 'flat', 'get a project': 'flat', 'list projects': 'linear' },
    ...{ start: 'linear', 'resident memory': 'linear' },
  },
  measure: async (bench, count) => {
    const dataDir = await bench.scratch()
    const ids = Array.from({ length: count }, (_, i) => ProjectId.parse(`proj_${i}`))
    for (const [i, projectId] of ids.entries()) {
      await writeSealedLog({ dataDir, projectId, records: tasksEach + 1, eventAt: settledHistory(tasksEach, `${i}p`) })
    }
    const start = await startTime(bench, dataDir, noSnapshots)
    const server = await settledServer(bench, dataDir, noSnapshots)
    const ask = (method: 'GET' | 'POST', paths: readonly string[], bodies: readonly string[] = []) =>
      latency(bench, server, { method, paths, bodies })
    return {
      start,
      'resident memory': await metric(server, 'process_resident_memory_bytes'),
      'create a task': await ask('POST', ['/api/tasks'], taskBodies(ids)),
      'get a project': await ask(
        'GET',
        ids.map((id) => `/api/projects/${id}`),
      ),
      'list projects': await ask('GET', ['/api/projects']),
    }
  },
}
