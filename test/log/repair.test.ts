import { describe, expect, it } from 'vitest'
import type { FileSystem } from '../../src/platform/file-system.ts'
import { createHasher, sha256 } from '../../src/platform/hash.ts'
import { type RepairReport, repairLog } from '../../tools/log-repair/repair.ts'
import { contents, dataDir, diskWith, logDir, opening, segmentPath, setAside } from '../support/damaged-logs.ts'
import { diskOf, flipped, part, records, rubbish, scenes, segmentsIn, taken } from '../support/damaged-scenes.ts'
import { FaultyFileSystem } from '../support/faulty-file-system.ts'
import { snapshotsOn, writeSnapshot } from '../support/log-snapshots.ts'
import { projectId } from '../support/vocabulary.ts'

const repair = (fs: FileSystem, yes = true): Promise<RepairReport> =>
  repairLog({ fs, sha256, createHasher, dataDir, projectId, yes, onProgress: () => {} })

describe('the repair of a log', () => {
  it.each(scenes)('with %s keeps all that is good and a copy of everything else', async (...scene) => {
    const [, , good, snapshots] = scene
    const disk = await diskOf(scene)
    const report = await repair(disk)
    expect(report).toMatchObject({ done: true, remains: { records: good, bytes: part(0, good).length } })
    expect(Object.values(setAside(disk)).sort()).toEqual((await taken(scene)).sort())
    expect([...report.copies].sort()).toEqual(Object.keys(setAside(disk)).map((name) => `${logDir}/quarantine/${name}`))
    expect(snapshotsOn(disk)).toHaveLength(snapshots.filter((offset) => offset <= good).length)
    const { status, text } = await opening(disk)
    expect({ status, text }).toEqual({ status: { kind: 'open' }, text: part(0, good).toString() })
  })

  it.each(scenes)('with %s says beforehand exactly what it then does, and changes nothing', async (...scene) => {
    const disk = await diskOf(scene)
    const before = contents(disk)
    const plan = await repair(disk, false)
    expect(contents(disk)).toEqual(before)
    expect(plan).toMatchObject({ done: false, copies: [] })
    const { copies, ...done } = await repair(disk)
    expect(done).toEqual({ ...plan, copies: undefined, done: true })
    expect(copies).toHaveLength(plan.takes.filter(({ bytes }) => bytes > 0).length)
  })

  it.each(scenes)('with %s comes to the same wherever it is interrupted', async (...scene) => {
    const [, , good] = scene
    const undisturbed = new FaultyFileSystem(await diskOf(scene))
    await repair(undisturbed)
    const before = contents(await diskOf(scene))
    const expected = await taken(scene)
    for (let operations = 0; operations < undisturbed.operations.length; operations += 1) {
      const disk = await diskOf(scene)
      const dying = new FaultyFileSystem(disk)
      dying.stopAfter(operations)
      await expect(repair(dying)).rejects.toThrow()

      // As long as a snapshot knows more than what will be left, no record may have gone: a server would start from it.
      if (snapshotsOn(disk).some((name) => Number(/\d+/.exec(name)) > good)) {
        expect(contents(disk)).toMatchObject(segmentsIn(before))
      }
      expect((await opening(disk.clone())).text).toBe(part(0, good).toString())

      await repair(disk)
      expect(await repair(disk)).toMatchObject({ status: 'ok', remains: { records: good } })
      expect((await opening(disk)).status).toEqual({ kind: 'open' })
      expect(Object.values(setAside(disk))).toEqual(expect.arrayContaining(expected))
    }
  })

  it('makes every copy durable before anything goes, and then each step before the next', async () => {
    const [, scene] = scenes
    if (scene === undefined) throw new Error('no scene')
    const disk = new FaultyFileSystem(await diskOf(scene))
    await repair(disk)
    const changes = ['appendSync', 'datasync', 'syncDirectory', 'truncate', 'remove']
    const at = (base: number): string => `${String(base).padStart(20, '0')}-at-1.jsonl`
    const snapshot = (offset: number): string => `snapshot-${String(offset).padStart(20, '0')}`
    expect(disk.summary().filter((one) => changes.some((change) => one.startsWith(change)))).toEqual([
      ...[at(0), at(3), at(6), `${snapshot(5)}-at-1.json`, `${snapshot(9)}-at-1.json`].flatMap((name) => [
        `appendSync ${name}`,
        `datasync ${name}`,
      ]),
      'syncDirectory quarantine',
      `syncDirectory ${projectId}`,
      `remove ${snapshot(5)}.json`,
      `remove ${snapshot(9)}.json`,
      `syncDirectory ${projectId}`,
      'remove 00000000000000000006.jsonl',
      `syncDirectory ${projectId}`,
      'remove 00000000000000000003.jsonl',
      `syncDirectory ${projectId}`,
      'truncate 00000000000000000000.jsonl',
      'datasync 00000000000000000000.jsonl',
    ])
  })

  it('that finds no room for a copy takes nothing away', async () => {
    const [, scene] = scenes
    if (scene === undefined) throw new Error('no scene')
    const disk = await diskOf(scene)
    const before = contents(disk)
    const full = new FaultyFileSystem(disk)
    full.plan('appendSync', { take: 100 })
    full.plan('appendSync', { code: 'ENOSPC' })
    await expect(repair(full)).rejects.toMatchObject({ code: 'ENOSPC' })
    expect(contents(disk)).toMatchObject(before)
  })

  it('has nothing to do for a good one', async () => {
    const disk = diskWith({ 0: part(0, 6), 6: part(6, 9) })
    const before = contents(disk)
    expect(await repair(disk)).toEqual({
      ...{ projectId, status: 'ok', done: false, takes: [], copies: [] },
      remains: { records: 9, bytes: part(0, 9).length, head: { offset: 9, hash: records[8]?.hash } },
    })
    expect(contents(disk)).toEqual(before)
  })

  it('is refused for records of a newer server, which are no damage', async () => {
    const [header = '', data = ''] = part(6, 7)
      .toString()
      .replace('"v":1', '"v":2')
      .split(/,"hash":"[0-9a-f]{64}"/)
    const newer = Buffer.from(`${header},"hash":"${sha256(header)}"${data}`)
    const disk = diskWith({ 0: Buffer.concat([part(0, 6), newer]) })
    const before = contents(disk)
    await expect(repair(disk)).rejects.toMatchObject({
      code: 'LOG_UNAVAILABLE',
      message: expect.stringContaining('newer server'),
    })
    expect(contents(disk)).toEqual(before)
  })
})

describe('what a repair says of the loss', () => {
  it('names what was acknowledged, and what can still be read', async () => {
    const report = await repair(diskWith({ 0: flipped(0, 3, 1), 3: part(3, 6), 6: part(6, 9) }), false)
    expect(report).toMatchObject({
      status: 'damaged',
      damage: {
        ...{ offset: 1, segment: '00000000000000000000.jsonl', byte: part(0, 1).length, bytes: part(1, 9).length },
        ...{ laterRecords: 7, lastRecord: 8, acknowledged: 8, opensFrom: null },
        reason: expect.stringContaining('it was durable when record 2 was written'),
      },
      takes: [
        { file: '00000000000000000000.jsonl', from: part(0, 1).length, bytes: part(1, 3).length },
        { file: '00000000000000000003.jsonl', from: 0, bytes: part(3, 6).length },
        { file: '00000000000000000006.jsonl', from: 0, bytes: part(6, 9).length },
      ],
    })
  })

  it('says so when nothing tells whether anything was acknowledged', async () => {
    const report = await repair(diskWith({ 0: Buffer.concat([part(0, 6), rubbish]) }), false)
    expect(report).toMatchObject({ damage: { offset: 6, laterRecords: 0, lastRecord: null, acknowledged: 6 } })
  })

  it('says from which snapshot a server still works with the log', async () => {
    const disk = diskWith({ 0: flipped(0, 9, 2) })
    await writeSnapshot(disk, records.slice(0, 5))
    await writeSnapshot(disk, records.slice(0, 7))
    expect(await repair(disk, false)).toMatchObject({ damage: { offset: 2, opensFrom: 7, acknowledged: 8 } })
    disk.put(segmentPath(0), flipped(0, 9, 8))
    expect(await repair(disk, false)).toMatchObject({ damage: { offset: 8, opensFrom: null } })
    disk.put(segmentPath(0), Buffer.concat([flipped(0, 6, 2), rubbish, part(6, 9)]))
    expect(await repair(disk, false)).toMatchObject({ damage: { offset: 2, opensFrom: null } })
    disk.put(segmentPath(0), Buffer.concat([flipped(0, 8, 2), part(8, 9).subarray(0, 40)]))
    expect(await repair(disk, false)).toMatchObject({ damage: { offset: 2, opensFrom: 7 } })
  })

  it('takes snapshots as witnesses of what was acknowledged', async () => {
    const disk = diskWith({ 0: flipped(0, 5, 2) })
    await writeSnapshot(disk, records.slice(0, 7))
    expect(await repair(disk, false)).toMatchObject({ damage: { offset: 2, opensFrom: null, acknowledged: 7 } })
    const other = diskWith({ 0: flipped(0, 5, 2) })
    await writeSnapshot(other, records.slice(0, 7), { offset: 8 })
    expect(await repair(other, false)).toMatchObject({ damage: { acknowledged: 4 } })
  })
})
