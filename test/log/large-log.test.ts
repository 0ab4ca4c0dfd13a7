import { expect, it } from 'vitest'
import { type Position, start } from '../../events/index.ts'
import type { Log } from '../../src/log/log.ts'
import { dataDir, diskWith, sealedWrites } from '../support/damaged-logs.ts'
import { FaultyFileSystem } from '../support/faulty-file-system.ts'
import { appendAll, drafts, fileLog, readText, replayed } from '../support/logs.ts'
import { MemoryFileSystem } from '../support/memory-file-system.ts'
import { projectId } from '../support/vocabulary.ts'

const count = 3000
const batch = drafts(count)
const lines = sealedWrites(batch, [count])
const textOf = (from: number, to: number): string => Buffer.concat(lines.slice(from, to)).toString()

/** Places before, at and behind every mark that an index could have. */
const places = Array.from({ length: count / 25 }, (_, i) => i * 25).flatMap((at) => [at, at + 1, at + 24])

const expectToReadAnywhere = async (log: Log): Promise<void> => {
  for (const from of places) expect(await readText(log, from, 2)).toBe(textOf(from, from + 2))
  expect(await readText(log, 10, count - 20)).toBe(textOf(10, count - 10))
}

const written = async (segmentBytes: number): Promise<{ disk: MemoryFileSystem; log: Log }> => {
  const disk = new MemoryFileSystem()
  const log = await fileLog(disk, dataDir, { segmentBytes, fsync: 'never' })
  for (let from = 0; from < count; from += 150) await appendAll(log, batch.slice(from, from + 150))
  return { disk, log }
}

it('a log of a megabyte can be read from anywhere while it is written', async () => {
  const { log } = await written(2 ** 26)
  for (const from of places) expect(JSON.parse(await readText(log, from, 1))).toMatchObject({ offset: from })
})

it.each([2 ** 26, 100_000])(
  'a log of a megabyte in segments of %i bytes can be read from anywhere after a restart',
  async (segmentBytes) => {
    const disk = new MemoryFileSystem()
    const first = await fileLog(disk, dataDir, { segmentBytes })
    await appendAll(first, batch)
    const log = await fileLog(disk, dataDir)
    await replayed(log)
    await expectToReadAnywhere(log)
  },
)

it('segments that a replay has skipped can be read from anywhere', async () => {
  const { disk, log } = await written(100_000)
  const all = (await readText(log)).split(/(?<=\n)/)
  const later = await fileLog(disk, dataDir)
  const { hash }: { hash: string } = JSON.parse(all[2499] ?? '')
  expect((await replayed(later, { offset: 2500, hash })).records).toHaveLength(500)
  for (const from of places) expect(await readText(later, from, 2)).toBe(all.slice(from, from + 2).join(''))
})

it('what comes before a place is read once, and then no more', async () => {
  const { disk } = await written(2 ** 26)
  const fs = new FaultyFileSystem(disk)
  const log = await fileLog(fs, dataDir)
  await log.replay(projectId, start, () => {})
  const from = fs.operations.length
  await readText(log, 2900, 1)
  const reads = fs.operations.slice(from).filter(({ name }) => name === 'read')
  expect(reads.length).toBeLessThanOrEqual(2)
})

/** The position before the record at an offset. */
const positionAt = (offset: number): Position => ({ offset, hash: hashOf(offset - 1) })
const hashOf = (offset: number): string => /"hash":"([0-9a-f]{64})"/.exec(String(lines[offset]))?.[1] ?? ''

it('a log of a megabyte is opened near its end with a few short reads, and can then be read from anywhere', async () => {
  const disk = new FaultyFileSystem(diskWith({ 0: Buffer.concat(lines) }))
  const log = await fileLog(disk, dataDir, { blockBytes: 100_000 })
  const { status, records } = await replayed(log, positionAt(count - 10))
  expect(status).toEqual({ kind: 'open' })
  expect(records.map(({ offset }) => offset)).toEqual(Array.from({ length: 10 }, (_, i) => count - 10 + i))
  expect(disk.operations.filter(({ name }) => name === 'read').length).toBeLessThan(12)
  await expectToReadAnywhere(log)
})

it('wherever a log of a megabyte is opened, its records go on from there', async () => {
  for (const from of places.slice(1)) {
    const log = await fileLog(diskWith({ 0: Buffer.concat(lines) }), dataDir)
    expect((await replayed(log, positionAt(from))).records.length).toBe(count - from)
  }
})

it('a log is opened near its end, however wrong a damaged line far before says where it stands', async () => {
  for (const claimed of [0, count * 2]) {
    const misleading = lines.map((line, offset) => {
      const isFar = offset > 10 && offset < count - 300
      return isFar ? Buffer.from(String(line).replace(`"offset":${offset},`, `"offset":${claimed},`)) : line
    })
    const log = await fileLog(diskWith({ 0: Buffer.concat(misleading) }), dataDir)
    expect((await replayed(log, positionAt(count - 10))).records.length).toBe(10)
  }
})
