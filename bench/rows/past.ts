import type { Bench } from '../bench.ts'
import type { Row } from '../row.ts'
import { taskBodies } from '../support/api.ts'
import { settledServer } from '../support/asking.ts'
import { sealedProject, writeSealedLog } from '../support/sealed-log.ts'
import { cleanLoad, underLoad } from '../support/subjects.ts'

const records = 100_000
const readers = 10
/** Different moments, far more than are kept in memory. */
const moments = 200

/** An order that jumps about, the same each time: the step and the number of moments have no common divisor. */
const offsets = Array.from({ length: moments }, (_, i) => 1 + Math.floor((((i * 77) % moments) / moments) * records))

/** What somebody asks who drags a slider over the history. */
const scrubbing = offsets.flatMap((at, i) => [
  `/api/projects/${sealedProject}/state?at=${at}`,
  `/api/tasks?projectId=${sealedProject}&status=blocked&at=${at}`,
  `/api/projects/${sealedProject}/diff?from=${at}&to=${Math.min(records, at + 100 + i)}`,
])

export const pastRows: readonly Row[] = [
  {
    ...{ name: 'past', group: 'past', unit: 's', target: { atMost: 2 } },
    what: `durable POST /api/tasks, 10 connections, 99 of 100, while ${readers} clients scrub through ${records} records of the project`,
    reference: 'the same while nobody does',
    prepare: async (bench: Bench) => {
      const dataDir = await bench.scratch()
      await writeSealedLog({ dataDir, records })
      const { port } = await settledServer(bench, dataDir)
      const times = { warmUp: 500, duration: bench.seconds * 1000 }
      const bodies = taskBodies([sealedProject])
      const live = { port, method: 'POST', paths: ['/api/tasks'], bodies, connections: 10, ...times } as const
      const scrub = { port, method: 'GET', paths: scrubbing, connections: readers } as const
      const slowest = async (): Promise<number> => (await cleanLoad(live)).p99 / 1000
      return { reference: slowest, ours: () => underLoad(scrub, slowest) }
    },
  },
]
