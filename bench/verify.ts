import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { createHasher, sha256 } from '../src/platform/hash.ts'
import { nodeFileSystem } from '../src/platform/node-file-system.ts'
import { verifyLog } from '../tools/log-verify/verify.ts'
import { parseLines } from './support/parse-lines.ts'
import { peakMemory } from './support/peak-memory.ts'
import { machine, rowOf, rowsReached, tableOf } from './support/report.ts'
import { sealedProject, writeSealedLog } from './support/sealed-log.ts'

const usage = `Measures \`maestro log verify\` beside JSON.parse of the same file, in the same run, and its memory.

Usage: npm run bench:verify -- [--rounds <n>] [--records <n>] [--json]

Exits with 1 when the ratio is below its target.

Examples:
  npm run bench:verify
  npm run bench:verify -- --rounds 9 --records 1000000 --json > verify.json
`

const options = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    records: { type: 'string', default: '300000' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
}).values

const main = fileURLToPath(new URL('../dist/src/main.js', import.meta.url))

/** How much a log shrinks for the second figure of memory: it should say the same as the first. */
const memoryFactor = 10

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

const measureSpeed = async (dataDir: string, path: string) => {
  const rates: { ours: number[]; reference: number[] } = { ours: [], reference: [] }
  // One round more, to warm up.
  for (let round = 0; round <= Number(options.rounds); round += 1) {
    process.stderr.write(`round ${round} of ${options.rounds}\n`)
    const [reference, ours] = [await rateOf(() => parseLines(path)), await rateOf(() => verify(dataDir))]
    if (round === 0) continue
    rates.reference.push(reference)
    rates.ours.push(ours)
  }
  const [ours, reference] = [
    { name: 'log verify, records', rates: rates.ours },
    { name: 'JSON.parse of the same file', rates: rates.reference },
  ]
  return rowOf(ours, reference, 0.35)
}

const run = async (dir: string): Promise<number> => {
  const records = Number(options.records)
  const [large, small] = [join(dir, 'large'), join(dir, 'small')]
  const path = await writeSealedLog({ dataDir: large, records })
  await writeSealedLog({ dataDir: small, records: Math.ceil(records / memoryFactor) })
  const rows = [await measureSpeed(large, path)]
  const peak = (dataDir: string): Promise<number> => peakMemory(main, ['log', 'verify', '--data-dir', dataDir])
  const memory = { records: await peak(large), tenthOfThem: await peak(small) }
  const megabytes = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`
  process.stdout.write(
    options.json
      ? `${JSON.stringify({ machine: machine(), rows, memory })}\n`
      : `${tableOf(rows)}Peak memory: ${megabytes(memory.records)}, of a tenth of the log ${megabytes(memory.tenthOfThem)}\n`,
  )
  return rowsReached(rows) ? 0 : 1
}

if (options.help) process.stdout.write(usage)
else {
  const dir = await mkdtemp(join(tmpdir(), 'maestro-bench-'))
  process.exitCode = await run(dir).finally(() => rm(dir, { recursive: true, force: true }))
}
