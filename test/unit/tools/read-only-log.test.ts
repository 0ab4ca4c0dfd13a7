import { describe, expect, it } from 'vitest'
import { ProjectState, rebuild, stateHash } from '../../../projections/index.ts'
import type { FileSystem } from '../../../src/platform/file-system.ts'
import { createHasher, sha256 } from '../../../src/platform/hash.ts'
import { stateBefore } from '../../../tools/support/past.ts'
import { openReadOnlyLog, type ReadOnlyLog, type ReadOnlyLogOptions } from '../../../tools/support/read-only-log.ts'
import { contents, dataDir, diskWith, sealedWrites, segmentPath } from '../../support/damaged-logs.ts'
import { recordsOf, writeSnapshot } from '../../support/log-snapshots.ts'
import { drafts } from '../../support/logs.ts'
import { projectId } from '../../support/vocabulary.ts'

const batch = drafts(9)
const records = await recordsOf(batch)
const lines = sealedWrites(
  batch,
  batch.map(() => 1),
)
const part = (from: number, to: number): Buffer => Buffer.concat(lines.slice(from, to))
const damaged = Buffer.from(part(0, 9).toString().replace('Task 4', 'task 4'))

const open = (fs: FileSystem, options: Partial<ReadOnlyLogOptions> = {}): Promise<ReadOnlyLog> =>
  openReadOnlyLog({ fs, sha256, createHasher, dataDir, projectId, inUse: async () => false, ...options })

const offsets = async (log: ReadOnlyLog, from?: number, to?: number): Promise<number[]> => {
  const found: number[] = []
  for await (const { record } of log.records(from, to)) found.push(record.offset)
  return found
}

const hashBefore = (offset: number): string => {
  const state = new ProjectState()
  for (const record of records.slice(0, offset)) rebuild(state, record)
  return stateHash(state, sha256)
}

describe('a log that is only read', () => {
  it('gives its records over all segments, from any offset to any other', async () => {
    const log = await open(diskWith({ 0: part(0, 3), 3: part(3, 7), 7: part(7, 9) }))
    expect(log.head).toEqual({ offset: 9, hash: records[8]?.hash, at: records[8]?.at })
    expect(await offsets(log)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8])
    expect(await offsets(log, 2, 8)).toEqual([2, 3, 4, 5, 6, 7])
    expect(await offsets(log, 9)).toEqual([])
    expect(await offsets(log, 5, 5)).toEqual([])
    const texts: Uint8Array[] = []
    for await (const { line } of log.records()) texts.push(line)
    expect(Buffer.concat(texts)).toEqual(part(0, 9))
  })

  it('may be empty', async () => {
    const log = await open(diskWith({}))
    expect(log.head.offset).toBe(0)
    expect(await offsets(log)).toEqual([])
    expect(await stateBefore(log, 0).then(({ task }) => task.size)).toBe(0)
  })

  it('ends before what is torn, and says nothing of it', async () => {
    const log = await open(diskWith({ 0: Buffer.concat([part(0, 6), part(6, 7).subarray(0, 99)]) }))
    expect(log.head.offset).toBe(6)
    expect(log.ending).toEqual({ kind: 'whole' })
  })

  it('ends before what is damaged, says why, and changes nothing', async () => {
    const disk = diskWith({ 0: damaged })
    const before = contents(disk)
    const log = await open(disk)
    expect(log.head.offset).toBe(4)
    expect(log.ending).toMatchObject({ kind: 'damaged', reason: expect.stringContaining('digest') })
    expect(await offsets(log)).toEqual([0, 1, 2, 3])
    expect(contents(disk)).toEqual(before)
  })

  it('is looked at again beside a server, which may take back what it wrote', async () => {
    const disk = diskWith({ 0: damaged })
    const repair = async (): Promise<boolean> => {
      disk.put(segmentPath(0), part(0, 9))
      return true
    }
    expect((await open(disk, { inUse: repair })).ending).toEqual({ kind: 'whole' })
  })

  it('is opened from a snapshot, as a server does, and tells of damage before it when it comes across it', async () => {
    const disk = diskWith({ 0: damaged })
    await writeSnapshot(disk, records.slice(0, 6))
    const log = await open(disk)
    expect(log.head.offset).toBe(9)
    expect(await offsets(log, 6)).toEqual([6, 7, 8])
    await expect(offsets(log)).rejects.toMatchObject({
      code: 'PROJECT_QUARANTINED',
      message: expect.stringContaining('damaged at record 4'),
    })
    await expect(offsets(log, 5)).rejects.toMatchObject({ code: 'PROJECT_QUARANTINED' })
  })

  it('has no use for the snapshot of another history', async () => {
    const disk = diskWith({ 0: part(0, 9) })
    await writeSnapshot(disk, records.slice(0, 6), { hash: 'f'.repeat(64) })
    const log = await open(disk)
    expect(await log.snapshots.read(projectId, 6)).toBeUndefined()
    expect(stateHash(await stateBefore(log, 7), sha256)).toBe(hashBefore(7))
  })

  it('shows what was appended when it is told to look again', async () => {
    const disk = diskWith({ 0: part(0, 3) })
    const log = await open(disk)
    disk.put(segmentPath(0), part(0, 5))
    disk.put(segmentPath(5), part(5, 9))
    expect(await offsets(log)).toHaveLength(3)
    await log.refresh()
    expect(await offsets(log, 2)).toEqual([2, 3, 4, 5, 6, 7, 8])
  })

  it('finds its place again when a line before it was replaced, even while it looks', async () => {
    const disk = diskWith({ 0: part(0, 8) })
    // Once for its size, once to be read: the line is replaced in between, by a longer one.
    let opens = Number.NEGATIVE_INFINITY
    const replaced = Buffer.from(part(0, 9).toString().replace('Task 3', 'Task 3, and more'))
    const fs: FileSystem = {
      open: (path, mode) => {
        opens += 1
        if (opens === 2) disk.put(segmentPath(0), replaced)
        return disk.open(path, mode)
      },
      readFile: (path) => disk.readFile(path),
      list: (dir) => disk.list(dir),
      makeDirectory: (path) => disk.makeDirectory(path),
      rename: (from, to) => disk.rename(from, to),
      remove: (path) => disk.remove(path),
      removeTree: (path) => disk.removeTree(path),
      syncDirectory: (path) => disk.syncDirectory(path),
    }
    const log = await open(fs)
    opens = 0
    await log.refresh()
    expect(opens).toBeGreaterThan(2)
    expect(log.head.offset).toBe(9)
  })

  it('tells that it was restored to what it was before', async () => {
    const disk = diskWith({ 0: part(0, 9) })
    const log = await open(disk)
    disk.put(segmentPath(0), part(0, 5))
    await expect(log.refresh()).rejects.toMatchObject({ code: 'HISTORY_DIVERGED' })
  })
})

describe('the state before an offset', () => {
  it('is that of a fold from the start, for every offset', async () => {
    const log = await open(diskWith({ 0: part(0, 4), 4: part(4, 9) }))
    for (let offset = 0; offset <= 9; offset += 1) {
      expect(stateHash(await stateBefore(log, offset), sha256)).toBe(hashBefore(offset))
    }
  })
})
