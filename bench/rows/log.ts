import { join } from 'node:path'
import { createHasher, sha256 } from '../../src/platform/hash.ts'
import { nodeFileSystem } from '../../src/platform/node-file-system.ts'
import { verifyLog } from '../../tools/log-verify/verify.ts'
import type { Bench } from '../bench.ts'
import type { Row } from '../row.ts'
import { parseLines } from '../support/parse-lines.ts'
import { peakMemory } from '../support/peak-memory.ts'
import { sealedProject, writeSealedLog } from '../support/sealed-log.ts'

const records = 300_000
/** For memory, and how much the log shrinks for the second figure: even that is long enough for the collector of garbage to settle. */
const manyRecords = 1_000_000
const shrink = 10

const verify = async (dataDir: string): Promise<number> => {
  const report = await verifyLog({
    ...{ fs: nodeFileSystem, sha256, createHasher, dataDir, projectId: sealedProject, deep: false },
    inUse: async () => false,
    onProgress: () => {},
  })
  if (report.status !== 'ok') throw new Error(`the log is ${report.status}`)
  return report.records
}

/** How much of something is done in a second. */
const rateOf = async (act: () => Promise<number>): Promise<number> => {
  const began = performance.now()
  return (await act()) / ((performance.now() - began) / 1000)
}

const memoryOfVerify = async (bench: Bench, size: number): Promise<() => Promise<number>> => {
  const dataDir = await bench.scratch()
  await writeSealedLog({ dataDir, records: size })
  return () => peakMemory(bench.program, ['log', 'verify', '--data-dir', dataDir])
}

export const logRows: readonly Row[] = [
  {
    ...{ name: 'verify', group: 'log', unit: ' records/s', target: { atLeast: 0.35 } },
    what: 'log verify',
    reference: 'JSON.parse of the same file',
    prepare: async (bench) => {
      const dataDir = join(await bench.scratch(), 'data')
      const path = await writeSealedLog({ dataDir, records })
      // Code is compiled as it is used; the rounds are about what it does after that.
      await verify(dataDir)
      return { reference: () => rateOf(() => parseLines(path)), ours: () => rateOf(() => verify(dataDir)) }
    },
  },
  {
    ...{ name: 'verify-memory', group: 'log', unit: 'bytes', target: { atMost: 1.25 } },
    what: `peak memory of log verify, ${manyRecords.toLocaleString('en-US')} records`,
    reference: 'the same with a tenth of them',
    prepare: async (bench) => ({
      reference: await memoryOfVerify(bench, manyRecords / shrink),
      ours: await memoryOfVerify(bench, manyRecords),
    }),
  },
]
