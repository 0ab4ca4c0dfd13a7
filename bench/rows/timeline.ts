import type { Bench } from '../bench.ts'
import type { Row } from '../row.ts'
import { settledServer } from '../support/asking.ts'
import { recordsOfReports, reportedHistory, taskAt } from '../support/histories.ts'
import { writeSealedLog } from '../support/sealed-log.ts'
import { noSnapshots } from '../support/snapshots.ts'
import { cleanLoad } from '../support/subjects.ts'

const long = 10_000
const body = JSON.stringify({ message: 'Wrote another part of the parser and its tests' })

/** A server whose tasks have so many entries each, and what is asked of it: to append one to each task in turn. */
const reports = async (bench: Bench, tasks: number, entries: number) => {
  const dataDir = await bench.scratch()
  await writeSealedLog({ dataDir, records: recordsOfReports(tasks, entries), eventAt: reportedHistory(tasks) })
  // What a start leaves to be done in the background is no part of what is measured.
  const server = await settledServer(bench, dataDir, noSnapshots)
  const paths = Array.from({ length: tasks }, (_, i) => `/api/tasks/${taskAt(i)}/timeline`)
  const times = { warmUp: 500, duration: bench.seconds * 1000 }
  return { ...times, port: server.port, method: 'POST', paths, bodies: [body] } as const
}

const minimal = { headers: { Prefer: 'return=minimal' }, connections: 100 }

export const timelineRows: readonly Row[] = [
  {
    // Within one and a half times as long.
    ...{ name: 'timeline', group: 'timeline', unit: '/s', target: { atLeast: 0.67 } },
    what: 'append to timelines of 10,000 entries, return=minimal',
    reference: 'the same with 10 entries',
    prepare: async (bench) => {
      // So many that none of them grows much while it is measured.
      const [short, full] = [await reports(bench, 5000, 10), await reports(bench, 20, long)]
      return {
        reference: async () => (await cleanLoad({ ...short, ...minimal })).rate,
        ours: async () => (await cleanLoad({ ...full, ...minimal })).rate,
      }
    },
  },
  {
    ...{ name: 'timeline-whole', group: 'timeline', unit: 'MB/s', target: { atLeast: 300 } },
    what: 'the same, answered with the whole task',
    prepare: async (bench) => {
      const full = await reports(bench, 20, long)
      return { ours: async () => (await cleanLoad({ ...full, connections: 10 })).bytesPerSecond / 1e6 }
    },
  },
]
