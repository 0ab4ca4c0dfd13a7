import { describe, expect, it } from 'vitest'
import { AppError } from '../../../src/errors.ts'
import { measuredFileSystem, measuredLog, measuredSnapshots } from '../../../src/metrics/measured.ts'
import { createMeters, type Distribution } from '../../../src/platform/metrics.ts'
import { logSuite } from '../../log/log-suite.ts'
import { appendAll, drafts, fileLog, readText } from '../../support/logs.ts'
import { MemoryFileSystem } from '../../support/memory-file-system.ts'
import { MemoryLog } from '../../support/memory-log.ts'
import { MemorySnapshots, storedRow } from '../../support/memory-snapshots.ts'
import { projectId } from '../../support/vocabulary.ts'

const total = ({ counts }: Distribution): number => counts.reduce((sum, count) => sum + count, 0)

/** Whatever is measured with it takes one second. */
const secondsPass = (): (() => number) => {
  let now = 0
  return () => {
    now += 1_000
    return now
  }
}

logSuite('a log that is measured', async () => {
  const meters = createMeters()
  const fs = measuredFileSystem(new MemoryFileSystem(), secondsPass(), meters)
  return { open: async () => measuredLog(await fileLog(fs, '/scratch'), secondsPass(), meters) }
})

describe('the meters of a log', () => {
  it('tell of every append how long it took, how many records it had, how many bytes were written, and of every sync', async () => {
    const meters = createMeters()
    const fs = measuredFileSystem(new MemoryFileSystem(), secondsPass(), meters)
    const log = measuredLog(await fileLog(fs, '/scratch'), secondsPass(), meters)
    await appendAll(log, drafts(3))
    await appendAll(log, drafts(2, 3))
    expect(total(meters.appends)).toBe(2)
    expect(meters.appends.sum).toBe(2)
    expect(total(meters.batches)).toBe(2)
    expect(meters.batches.sum).toBe(5)
    expect(total(meters.syncs)).toBe(2)
    expect(meters.appendedBytes.value).toBe((await readText(log)).length)
    expect(meters.refusedAppends.value).toBe(0)
    await log.close()
  })

  it('count appends that are refused apart from those that somebody else was quicker with', async () => {
    const meters = createMeters()
    const inner = new MemoryLog()
    const log = measuredLog(inner, secondsPass(), meters)
    const conflict = await log.append(projectId, { offset: 7, hash: 'f'.repeat(64) }, drafts(1))
    expect(conflict.kind).toBe('conflict')
    expect([meters.refusedAppends.value, total(meters.batches)]).toEqual([0, 0])
    inner.append = () => Promise.reject(new AppError('INSUFFICIENT_STORAGE', 'full'))
    await expect(log.append(projectId, log.head(projectId), drafts(1))).rejects.toThrow('full')
    expect([meters.refusedAppends.value, total(meters.batches)]).toEqual([1, 0])
  })
})

describe('the meters of snapshots', () => {
  it('tell how long the writing of each took, and count those that failed', async () => {
    const meters = createMeters()
    const inner = new MemorySnapshots()
    const snapshots = measuredSnapshots(inner, secondsPass(), meters)
    const write = (): Promise<void> => snapshots.write(projectId, 1, 'header', slices())
    await write()
    expect(await snapshots.list(projectId)).toEqual([1])
    expect(await snapshots.read(projectId, 1)).toEqual({ header: 'header', rows: [storedRow('row')] })
    await snapshots.remove(projectId, 1)
    expect(await snapshots.list(projectId)).toEqual([])
    expect([total(meters.snapshots), meters.snapshots.sum]).toEqual([1, 1])
    inner.write = () => Promise.reject(new Error('no room'))
    await expect(write()).rejects.toThrow('no room')
    expect([total(meters.snapshots), meters.failedSnapshots.value]).toEqual([1, 1])
  })
})

async function* slices(): AsyncGenerator<string[]> {
  yield ['row']
}
