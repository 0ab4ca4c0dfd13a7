import type { Bench } from '../bench.ts'
import type { Measure, Row } from '../row.ts'
import { startTime } from '../support/asking.ts'
import { type History, settledHistory } from '../support/histories.ts'
import { writeSealedLog } from '../support/sealed-log.ts'
import { noSnapshots, takeSnapshot } from '../support/snapshots.ts'
import { runScript } from '../support/subjects.ts'

const million = 1_000_000

const scratchLog = async (bench: Bench, records: number, eventAt?: History) => {
  const dataDir = await bench.scratch()
  const path = await writeSealedLog({ dataDir, records, ...(eventAt && { eventAt }) })
  return { dataDir, path }
}

const start =
  (bench: Bench, dataDir: string): Measure =>
  () =>
    startTime(bench, dataDir, noSnapshots)

/** A data directory with a log and a snapshot at its end. */
const withSnapshot = async (bench: Bench, records: number, tasks: number): Promise<Measure> => {
  const { dataDir } = await scratchLog(bench, records, settledHistory(tasks))
  await takeSnapshot(bench, dataDir)
  return start(bench, dataDir)
}

export const startRows: readonly Row[] = [
  {
    ...{ name: 'start', group: 'start', unit: ' records/s', target: { atLeast: 0.28 } },
    what: 'cold start of 1 M records, chain checked, no snapshot',
    reference: 'JSON.parse of the same file',
    prepare: async (bench) => {
      const { dataDir, path } = await scratchLog(bench, million)
      const began = start(bench, dataDir)
      return {
        reference: async () => million / Number(await runScript('loads/parse.ts', { path })),
        ours: async () => million / (await began()),
      }
    },
  },
  {
    ...{ name: 'start-tail', group: 'start', unit: 's', target: { atMost: 1.25 } },
    what: 'cold start from a snapshot, 10 k tasks, 1 M records',
    reference: 'the same with 100 k records',
    prepare: async (bench) => ({
      reference: await withSnapshot(bench, million / 10, 10_000),
      ours: await withSnapshot(bench, million, 10_000),
    }),
  },
  {
    ...{ name: 'start-tasks', group: 'start', unit: 's', target: { atMost: 0.5 } },
    what: 'cold start from a snapshot, 100 k tasks',
    prepare: async (bench) => ({ ours: await withSnapshot(bench, 100_001, 100_000) }),
  },
]
