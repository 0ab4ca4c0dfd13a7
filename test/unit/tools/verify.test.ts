import { describe, expect, it } from 'vitest'
import { start } from '../../../events/index.ts'
import type { FileSystem } from '../../../src/platform/file-system.ts'
import { createHasher, sha256 } from '../../../src/platform/hash.ts'
import { exitCodeOf, type LogReport } from '../../../tools/log-verify/report.ts'
import { reportLines } from '../../../tools/log-verify/text.ts'
import { type VerifyOptions, verifyLog } from '../../../tools/log-verify/verify.ts'
import { contents, dataDir, diskWith, logDir, sealedWrites, segmentPath } from '../../support/damaged-logs.ts'
import { FaultyFileSystem } from '../../support/faulty-file-system.ts'
import { recordsOf, writeSnapshot } from '../../support/log-snapshots.ts'
import { drafts } from '../../support/logs.ts'
import type { MemoryFileSystem } from '../../support/memory-file-system.ts'
import { projectId } from '../../support/vocabulary.ts'

const batch = drafts(9)
const records = await recordsOf(batch)
const lines = sealedWrites(
  batch,
  batch.map(() => 1),
)
const part = (from: number, to: number): Buffer => Buffer.concat(lines.slice(from, to))
const torn = Buffer.concat([part(0, 6), part(6, 7).subarray(0, 99)])
const damaged = (): Buffer => Buffer.from(part(0, 9).toString().replace('Task 4', 'task 4'))

const verify = (fs: FileSystem, options: Partial<VerifyOptions> = {}): Promise<LogReport> =>
  verifyLog({
    ...{ fs, sha256, createHasher, dataDir, projectId, deep: false, inUse: async () => false, onProgress: () => {} },
    ...options,
  })

const exitCode = (report: LogReport): number => exitCodeOf({ dataDir, projects: [report], others: [] })
const textOf = (report: LogReport): string =>
  reportLines({ dataDir, projects: [report], others: [] }, (text) => text).join('\n')

describe('a log', () => {
  it('that is good is ok up to its head, over all segments', async () => {
    const report = await verify(diskWith({ 0: part(0, 3), 3: part(3, 9) }))
    expect(report).toEqual({
      ...{ projectId, status: 'ok', records: 9, bytes: part(0, 9).length, segments: 2 },
      ...{ head: { offset: 9, hash: records[8]?.hash }, snapshots: [], others: [] },
    })
    expect(exitCode(report)).toBe(0)
  })

  it('that is empty is ok', async () => {
    const report = await verify(diskWith({ 0: Buffer.of() }))
    expect(report).toMatchObject({ status: 'ok', records: 0, bytes: 0, segments: 1, head: start })
  })

  it.each<[string, Record<number, Uint8Array>, object]>([
    [
      'a changed byte',
      { 0: damaged() },
      { offset: 4, byte: part(0, 4).length, bytes: part(4, 9).length, laterRecords: 4, lastRecord: 8, acknowledged: 8 },
    ],
    [
      'a missing segment',
      { 0: part(0, 3), 6: part(6, 9) },
      { offset: 3, segment: '00000000000000000006.jsonl', byte: 0, laterRecords: 3, acknowledged: 8 },
    ],
    [
      'a segment that is there twice',
      { 0: part(0, 9), 9: part(3, 6) },
      { offset: 9, segment: '00000000000000000009.jsonl', byte: 0, laterRecords: 0, lastRecord: null, acknowledged: 9 },
    ],
    ['no first segment', { 3: part(3, 9) }, { offset: 0, segment: '00000000000000000003.jsonl', byte: 0 }],
    [
      'a line that is no record',
      { 0: Buffer.concat([part(0, 9), Buffer.from('{}\n')]) },
      { offset: 9, bytes: 3, laterRecords: 0, lastRecord: null, acknowledged: 9 },
    ],
  ])('with %s is damaged, and the place is told', async (_, segments, damage) => {
    const disk = diskWith(segments)
    const before = contents(disk)
    const report = await verify(disk)
    expect(report).toMatchObject({ status: 'damaged', damage: { opensFrom: null, ...damage } })
    expect(exitCode(report)).toBe(8)
    expect(textOf(report)).toContain(`maestro log repair ${projectId}`)
    expect(contents(disk)).toEqual(before)
  })

  it('that needs a newer server is not damaged, and not verified either', async () => {
    const [header = '', data = ''] = part(6, 7)
      .toString()
      .replace('"v":1', '"v":2')
      .split(/,"hash":"[0-9a-f]{64}"/)
    const newer = Buffer.from(`${header},"hash":"${sha256(header)}"${data}`)
    const report = await verify(diskWith({ 0: Buffer.concat([part(0, 6), newer]) }))
    expect(report).toMatchObject({ status: 'newer', records: 6, tail: { offset: 6, byte: part(0, 6).length } })
    expect(exitCode(report)).toBe(1)
    expect(textOf(report)).toContain('it needs a newer server: record version 2')
  })

  it('whose last write was torn is told so, and that is no damage', async () => {
    const report = await verify(diskWith({ 0: torn }))
    expect(report).toMatchObject({
      status: 'torn',
      records: 6,
      tail: { offset: 6, byte: part(0, 6).length, bytes: 99 },
    })
    expect(exitCode(report)).toBe(0)
    expect(textOf(report)).toContain('The next start of a server keeps the 99 B aside and cuts them')
  })

  it('that a server is just writing is ok', async () => {
    const report = await verify(diskWith({ 0: torn }), { inUse: async () => true })
    expect(report).toMatchObject({ status: 'ok', records: 6, tail: { offset: 6, bytes: 99 } })
    expect(textOf(report)).toContain('a server is writing record 6 just now')
  })

  it('with a lost sector is torn also beside a server, which would have cut it at its start', async () => {
    const lost = Buffer.concat([part(0, 6), Buffer.alloc(1100), Buffer.from('\n')])
    expect(await verify(diskWith({ 0: lost }), { inUse: async () => true })).toMatchObject({ status: 'torn' })
  })

  it('that seems damaged beside a server is looked at again, from the beginning', async () => {
    const disk = diskWith({ 0: damaged() })
    const mended = async (): Promise<boolean> => {
      disk.put(segmentPath(0), part(0, 9))
      return true
    }
    expect(await verify(disk, { inUse: mended })).toMatchObject({ status: 'ok', records: 9 })
    expect(await verify(diskWith({ 0: damaged() }), { inUse: async () => true })).toMatchObject({ status: 'damaged' })
  })

  it.each(['list', 'open', 'size', 'read'] as const)('that the system refuses in %s is told of', async (operation) => {
    const disk = new FaultyFileSystem(diskWith({ 0: part(0, 9) }))
    disk.plan(operation, { code: 'EIO' }, 2)
    const report = await verify(disk)
    expect(report).toMatchObject({ status: 'unreadable', reason: expect.stringContaining('EIO') })
    expect(exitCode(report)).toBe(1)
    expect(textOf(report)).toContain('cannot be read: EIO')
  })

  it('tells what else lies in its directory', async () => {
    const disk = diskWith({ 0: part(0, 9) })
    for (const name of ['notes.txt', 'quarantine/x', '1.jsonl', 'snapshot-00000000000000000009.json.tmp']) {
      disk.put(`${logDir}/${name}`, Buffer.from('anything'))
    }
    const report = await verify(disk)
    expect(report).toMatchObject({ status: 'ok', others: ['1.jsonl', 'notes.txt'] })
    expect(exitCode(report)).toBe(0)
    expect(textOf(report)).toContain('notes.txt')
  })

  it('tells how far the check is', async () => {
    const text = 'x'.repeat(900_000)
    const long = drafts(5).map((draft) => ({ ...draft, data: draft.data.replace('Task', text) }))
    const bytes = Buffer.concat(sealedWrites(long, [5]))
    const told: number[] = []
    await verify(diskWith({ 0: bytes }), { onProgress: (done) => told.push(done) })
    expect(told.length).toBeGreaterThan(1)
    expect(told).toEqual(told.toSorted((a, b) => a - b))
    expect(told.at(-1)).toBeLessThan(bytes.length)
  })
})

describe('a snapshot', () => {
  const good = () => diskWith({ 0: part(0, 3), 3: part(3, 9) })
  const name = (offset: number): string => `snapshot-${String(offset).padStart(20, '0')}.json`
  const change = (disk: MemoryFileSystem, offset: number, edit: (text: string) => string): void => {
    const path = `${logDir}/${name(offset)}`
    disk.put(path, Buffer.from(edit(Buffer.from(disk.content(path)).toString())))
  }
  const statusOf = async (disk: MemoryFileSystem, deep = false) => {
    const before = contents(disk)
    const report = await verify(disk, { deep })
    expect(contents(disk)).toEqual(before)
    return { code: exitCode(report), text: textOf(report), snapshots: report.snapshots }
  }

  it.each([false, true])('that fits the log is ok (deep: %s)', async (deep) => {
    const disk = good()
    await writeSnapshot(disk, records.slice(0, 4))
    await writeSnapshot(disk, records)
    const { code, snapshots } = await statusOf(disk, deep)
    expect(code).toBe(0)
    expect(snapshots).toEqual(
      [4, 9].map((offset) => ({
        ...{ offset, file: name(offset), status: 'ok', reason: null },
        bytes: disk.content(`${logDir}/${name(offset)}`).length,
      })),
    )
  })

  it.each<[string, (disk: MemoryFileSystem) => Promise<void> | void]>([
    ['is cut off', (disk) => change(disk, 4, (text) => text.slice(0, -1))],
    ['has a changed byte', (disk) => change(disk, 4, (text) => text.replace('"at":1', '"at":2'))],
    ['is empty', (disk) => change(disk, 4, () => '')],
    ['has no header', (disk) => change(disk, 4, (text) => text.replace('\n', ' '))],
    ['stands under another name', (disk) => writeSnapshot(disk, records.slice(0, 4), { offset: 5 })],
    ['belongs to another history', (disk) => writeSnapshot(disk, records.slice(0, 4), { hash: sha256('other') })],
  ])('that %s is of no use, which is no damage', async (_, edit) => {
    const disk = good()
    await writeSnapshot(disk, records.slice(0, 4))
    await edit(disk)
    const { code, text, snapshots } = await statusOf(disk)
    expect({ code, snapshots }).toMatchObject({ code: 0, snapshots: [{ offset: 4, status: 'unusable' }] })
    expect(text).toContain(`${name(4)} is of no use: it`)
  })

  it('that the system does not let be read is of no use', async () => {
    const disk = good()
    await writeSnapshot(disk, records.slice(0, 4))
    const faulty = new FaultyFileSystem(disk)
    faulty.plan('read', { code: 'EIO' })
    expect(await verify(faulty)).toMatchObject({
      status: 'ok',
      snapshots: [{ status: 'unusable', reason: 'it cannot be read: EIO' }],
    })
  })

  it('that a running server throws away meanwhile is not there', async () => {
    for (const operation of ['open', 'read'] as const) {
      const disk = new FaultyFileSystem(good())
      await writeSnapshot(disk, records.slice(0, 4))
      disk.plan(operation, { code: 'ENOENT' })
      expect(await verify(disk)).toMatchObject({ status: 'ok', snapshots: [] })
    }
  })

  it('that knows more than the log shows a loss', async () => {
    for (const bytes of [part(0, 6), torn]) {
      const disk = diskWith({ 0: bytes })
      await writeSnapshot(disk, records.slice(0, 8))
      const { code, text, snapshots } = await statusOf(disk)
      expect({ code, snapshots }).toMatchObject({ code: 8, snapshots: [{ offset: 8, status: 'ahead' }] })
      expect(text).toContain('shows a loss')
    }
  })

  it('behind damage is not checked, but told of where a server would start from it', async () => {
    const disk = diskWith({ 0: damaged() })
    await writeSnapshot(disk, records.slice(0, 3))
    await writeSnapshot(disk, records.slice(0, 7))
    const report = await verify(disk)
    expect(report).toMatchObject({
      damage: { opensFrom: 7 },
      snapshots: [
        { offset: 3, status: 'ok' },
        { offset: 7, status: 'unchecked' },
      ],
    })
    expect(textOf(report)).toContain('A server still works with it, from the snapshot at 7')
  })

  it('with another state than the records come to is found by a deep look only', async () => {
    const disk = good()
    await writeSnapshot(disk, records.slice(0, 4), { stateHash: sha256('other') })
    expect(await statusOf(disk)).toMatchObject({ code: 0, snapshots: [{ status: 'ok' }] })
    const { code, text, snapshots } = await statusOf(disk, true)
    expect({ code, snapshots }).toMatchObject({ code: 8, snapshots: [{ status: 'wrong' }] })
    expect(text).toContain('Stop the server and remove it')
  })
})
