import { z } from 'zod'
import type { Row } from '../row.ts'
import { runScript } from '../support/subjects.ts'

const tasks = 100_000

export const snapshotRows: readonly Row[] = [
  {
    ...{ name: 'snapshot', group: 'snapshot', unit: 's', target: { atMost: 0.05 } },
    what: `longest that a snapshot of ${tasks.toLocaleString('en-US')} tasks keeps others waiting, of the processor's time`,
    prepare: async (bench) => {
      const options = { dir: await bench.scratch(), tasks, rounds: bench.rounds }
      const turns = z.array(z.number()).parse(JSON.parse(await runScript('loads/snapshot.ts', options)))
      return { ours: async () => turns.shift() ?? Number.NaN }
    },
  },
]
