import { createHasher, sha256 } from '../../src/platform/hash.ts'
import { nodeFileSystem } from '../../src/platform/node-file-system.ts'
import { verifyLog } from '../../tools/log-verify/verify.ts'
import { taskBodies } from '../support/api.ts'
import { latency, metric, settledServer, startTime } from '../support/asking.ts'
import { settledHistory } from '../support/histories.ts'
import { sealedProject, writeSealedLog } from '../support/sealed-log.ts'
import { noSnapshots, takeSnapshot } from '../support/snapshots.ts'
import type { Dimension } from './dimension.ts'

/** Few enough for the shortest log. */
const tasks = 50

const verify = async (dataDir: string): Promise<number> => {
  const began = performance.now()
  await verifyLog({
    ...{ fs: nodeFileSystem, sha256, createHasher, dataDir, projectId: sealedProject, deep: false },
    inUse: async () => false,
    onProgress: () => {},
  })
  return (performance.now() - began) / 1000
}

/** What depends on the length of a log, while the tasks stay the same. */
export const recordsDimension: Dimension = {
  ...{ name: 'records', title: `Over the records of a log, of ${tasks} tasks`, x: 'records' },
  sizes: [100, 1_000, 10_000, 100_000, 1_000_000],
  shapes: {
    ...{ 'start without a snapshot': 'linear', 'start from a snapshot': 'flat', 'check the log': 'linear' },
    ...{ 'create a task': 'flat', 'resident memory': 'flat' },
  },
  measure: async (bench, records) => {
    const dataDir = await bench.scratch()
    await writeSealedLog({ dataDir, records, eventAt: settledHistory(tasks) })
    const checked = await verify(dataDir)
    const cold = await startTime(bench, dataDir, noSnapshots)
    await takeSnapshot(bench, dataDir)
    const warm = await startTime(bench, dataDir, noSnapshots)
    const server = await settledServer(bench, dataDir, noSnapshots)
    return {
      'start without a snapshot': cold,
      'start from a snapshot': warm,
      'check the log': checked,
      'create a task': await latency(bench, server, {
        ...{ method: 'POST', paths: ['/api/tasks'], bodies: taskBodies([sealedProject]) },
      }),
      'resident memory': await metric(server, 'process_resident_memory_bytes'),
    }
  },
}
