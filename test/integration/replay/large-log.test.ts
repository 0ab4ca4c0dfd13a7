import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { usualHistory } from '../../../bench/support/histories.ts'
import { resourcesOf } from '../../../bench/support/peak-memory.ts'
import { sealedProject, writeSealedLog } from '../../../bench/support/sealed-log.ts'
import { nodeFileSystem } from '../../../src/platform/node-file-system.ts'
import { takeSnapshot } from '../../support/history-logs.ts'
import { scratchDirectory } from '../../support/scratch.ts'
import { builtProgram, runMaestro } from '../../support/server-process.ts'

it('the middle of 200,000 records is at hand in three seconds of work, with a snapshot as servers take it', async () => {
  const dataDir = await scratchDirectory()
  await writeSealedLog({ dataDir, records: 200_000 })
  await takeSnapshot({ fs: nodeFileSystem, dataDir, projectId: sealedProject }, 150_000)
  const words = ['log', 'replay', sealedProject, '--data-dir', dataDir]
  const moment = ['--to', '100000', '--task', 'task_1706790000000_0000000000000007']
  expect((await resourcesOf(builtProgram, [...words, ...moment])).seconds).toBeLessThan(3)
  const { stdout: found } = await runMaestro(
    ['log', 'bisect', sealedProject, '--where', 'countTasks("completed") > 20000'],
    { dataDir },
  )
  expect(found).toContain('It turned true with record 160,007')
}, 120_000)

it('records that are played take no more memory, however many there are', async () => {
  const dir = await scratchDirectory()
  const [small, large] = [join(dir, 'small'), join(dir, 'large')]
  for (const [dataDir, records] of [
    [small, 10_000],
    [large, 60_000],
  ] as const) {
    await mkdir(dataDir)
    await writeSealedLog({ dataDir, records, eventAt: usualHistory('x'.repeat(20_000)) })
  }
  const words = ['log', 'replay', sealedProject, '--speed', 'max', '--json']
  const peakOf = async (dataDir: string): Promise<number> =>
    (await resourcesOf(builtProgram, [...words, '--data-dir', dataDir])).memory
  const atMost = (await peakOf(small)) + 48e6
  expect(await peakOf(large)).toBeLessThan(atMost)
}, 120_000)
