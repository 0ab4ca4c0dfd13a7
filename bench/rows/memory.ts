import { z } from 'zod'
import type { Row } from '../row.ts'
import { runScript } from '../support/subjects.ts'

const tasks = 100_000

const Weighed = z.object({ bytes: z.number(), json: z.number() })

export const memoryRows: readonly Row[] = [
  {
    ...{ name: 'memory', group: 'memory', unit: 'bytes', target: { atMost: 3 } },
    what: `memory per task, ${tasks.toLocaleString('en-US')} tasks, all of them listed once`,
    reference: 'its JSON',
    prepare: async (bench) => {
      const weigh = async () => {
        const dir = await bench.scratch()
        return Weighed.parse(JSON.parse(await runScript('loads/memory.ts', { dir, tasks }, ['--expose-gc'])))
      }
      const { json } = await weigh()
      return { reference: async () => json, ours: async () => (await weigh()).bytes }
    },
  },
]
