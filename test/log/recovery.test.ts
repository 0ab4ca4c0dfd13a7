import { describe, expect, it } from 'vitest'
import { start } from '../../events/index.ts'
import { segmentName } from '../../src/log/format.ts'
import {
  contents,
  dataDir,
  diskWith,
  logDir,
  opening,
  sealedWrites,
  segmentPath,
  setAside,
} from '../support/damaged-logs.ts'
import { FaultyFileSystem } from '../support/faulty-file-system.ts'
import { appendAll, drafts, fileLog, readText, replayed, textOf } from '../support/logs.ts'
import type { MemoryFileSystem } from '../support/memory-file-system.ts'
import { projectId } from '../support/vocabulary.ts'

const open = { kind: 'open' }
/** Three records, each durable before the next was written. */
const lines = sealedWrites(drafts(4), [1, 1, 1, 1])
const upTo = (count: number): Buffer => Buffer.concat(lines.slice(0, count))
const line = (offset: number): Buffer => Buffer.concat(lines.slice(offset, offset + 1))
const aside = (base: number, offset: number, copy = ''): string =>
  `${String(base).padStart(20, '0')}-at-${offset}${copy}.jsonl`

describe('a torn tail', () => {
  it('is cut wherever the last record ends, kept aside, and what is appended then is there after a restart', async () => {
    for (let length = 1; length < line(2).length; length += 1) {
      const tail = line(2).subarray(0, length)
      const disk = diskWith({ 0: Buffer.concat([upTo(2), tail]) })
      const first = await opening(disk)
      expect(first).toMatchObject({ status: open, head: { offset: 2 }, text: upTo(2).toString() })
      expect(contents(disk)[segmentPath(0)]).toBe(upTo(2).toString())
      expect(setAside(disk)).toEqual({ [aside(0, 2)]: tail.toString() })

      const after = await appendAll(first.log, drafts(1, 2))
      await first.log.close()
      const second = await opening(disk)
      expect(second).toMatchObject({ status: open, head: { offset: 3 }, text: upTo(2).toString() + textOf(after) })
      expect(Object.keys(setAside(disk))).toHaveLength(1)
    }
  })

  it.each([
    ['a whole record without its line feed', line(2).subarray(0, -1)],
    ['JSON that is no record, without a line feed', Buffer.from('{"a":1}')],
    ['bytes that are no text', Buffer.from([0xff, 0xfe, 0x80])],
    ['zeros', Buffer.alloc(300)],
    ['zeros over many blocks', Buffer.alloc(600_000)],
    ['zeros, longer than any record', Buffer.alloc(2 * 1024 * 1024 + 1)],
    ['text without end, longer than any record', Buffer.alloc(3 * 1024 * 1024, 'x')],
  ])('may be %s', async (_, tail) => {
    const disk = diskWith({ 0: Buffer.concat([upTo(2), tail]) })
    expect(await opening(disk, { blockBytes: 256 * 1024 })).toMatchObject({ status: open, head: { offset: 2 } })
    expect(disk.content(segmentPath(0))).toHaveProperty('length', upTo(2).length)
    expect(tail.equals(disk.content(`${logDir}/quarantine/${aside(0, 2)}`))).toBe(true)
  })

  it('may be the whole log, which is then no log', async () => {
    const disk = diskWith({ 0: line(0).subarray(0, 50) })
    const { log, head, status } = await opening(disk)
    expect({ status, head }).toEqual({ status: open, head: { ...start, at: 0 } })
    expect(await log.list()).toEqual([])
    expect(setAside(disk)).toEqual({ [aside(0, 0)]: line(0).subarray(0, 50).toString() })
    await appendAll(log, drafts(1))
    expect(await log.list()).toEqual([projectId])
  })

  it('may be all of a later segment', async () => {
    const disk = diskWith({ 0: upTo(2), 2: line(2).subarray(0, 100) })
    const { log, status, text } = await opening(disk)
    expect({ status, text }).toEqual({ status: open, text: upTo(2).toString() })
    expect(setAside(disk)).toEqual({ [aside(2, 2)]: line(2).subarray(0, 100).toString() })
    await appendAll(log, drafts(1, 2))
    expect(disk.content(segmentPath(2)).length).toBeGreaterThan(100)
  })

  it('is told of', async () => {
    const disk = diskWith({ 0: Buffer.concat([upTo(2), Buffer.from('{"v')]) })
    const cuts: unknown[] = []
    await opening(disk, { onCut: (cut) => cuts.push(cut) })
    expect(cuts).toEqual([{ projectId, offset: 2, copies: [`${logDir}/quarantine/${aside(0, 2)}`] }])
  })

  it('never replaces what an earlier one left aside', async () => {
    const disk = diskWith({ 0: upTo(2) })
    for (const tail of ['one', 'two', 'three']) {
      disk.put(segmentPath(0), Buffer.concat([upTo(2), Buffer.from(tail)]))
      await opening(disk)
    }
    expect(setAside(disk)).toEqual({ [aside(0, 2)]: 'one', [aside(0, 2, '-2')]: 'two', [aside(0, 2, '-3')]: 'three' })
  })
})

describe('recovery', () => {
  const rubbish = Buffer.from('rubbish\n')
  const zeros = Buffer.alloc(1100)
  /** Torn writes: what the segments hold, and how many records are good. */
  const scenes: Array<[string, Record<number, Buffer>, number]> = [
    ['the end of the only segment', { 0: Buffer.concat([upTo(2), line(2).subarray(0, 99)]) }, 2],
    ['all of the last segment', { 0: upTo(2), 2: line(2).subarray(0, 99) }, 2],
    [
      'an end with an empty segment behind it',
      { 0: Buffer.concat([upTo(1), line(1).subarray(0, 99)]), 2: Buffer.of() },
      1,
    ],
    [
      'a lost sector, with rubbish in later segments',
      { 0: Buffer.concat([upTo(1), zeros, rubbish]), 3: rubbish, 5: rubbish },
      1,
    ],
    [
      'rubbish, with a lost sector in a later segment',
      { 0: Buffer.concat([upTo(1), rubbish]), 3: rubbish, 5: zeros },
      1,
    ],
    ['a lost sector in each of two segments', { 0: Buffer.concat([upTo(1), zeros, rubbish]), 3: zeros, 5: rubbish }, 1],
  ]

  it.each(scenes)('of %s comes to the same wherever it is interrupted', async (_, segments, good) => {
    const expected = await settled(diskWith(segments))
    expect(expected).toMatchObject({ status: open, text: upTo(good).toString() })
    const undisturbed = new FaultyFileSystem(diskWith(segments))
    await opening(undisturbed)
    for (let operations = 0; operations < undisturbed.operations.length; operations += 1) {
      const disk = diskWith(segments)
      const dying = new FaultyFileSystem(disk)
      dying.stopAfter(operations)
      await Promise.allSettled([opening(dying)])
      expect(await settled(disk)).toEqual(expected)
      expect(Object.values(setAside(disk))).toEqual(expect.arrayContaining(takenOut(segments, good)))
    }
  })

  it('makes the copies durable before it cuts, and the cut before it goes on', async () => {
    const disk = new FaultyFileSystem(diskWith({ 0: Buffer.concat([upTo(2), Buffer.from('{"v')]) }))
    await opening(disk)
    const copy = aside(0, 2)
    const changes = ['appendSync', 'datasync', 'syncDirectory', 'truncate', 'remove']
    expect(disk.summary().filter((one) => changes.some((change) => one.startsWith(change)))).toEqual([
      'syncDirectory data',
      'syncDirectory log',
      `appendSync ${copy}`,
      `datasync ${copy}`,
      'syncDirectory quarantine',
      `syncDirectory ${projectId}`,
      `truncate ${segmentName(0)}`,
      `datasync ${segmentName(0)}`,
      `datasync ${segmentName(0)}`,
      `syncDirectory ${projectId}`,
    ])
  })

  it('removes later segments for good before it cuts what shows that a write was torn', async () => {
    const zeros = Buffer.alloc(1100)
    const disk = new FaultyFileSystem(diskWith({ 0: Buffer.concat([upTo(1), zeros]), 3: rubbish, 5: rubbish }))
    await opening(disk)
    expect(disk.summary().filter((one) => /remove|truncate|syncDirectory proj/.test(one))).toEqual([
      `syncDirectory ${projectId}`,
      `remove ${segmentName(5)}`,
      `syncDirectory ${projectId}`,
      `remove ${segmentName(3)}`,
      `syncDirectory ${projectId}`,
      `truncate ${segmentName(0)}`,
      `syncDirectory ${projectId}`,
    ])
  })

  it('that finds no room for the copy changes nothing, and can be tried again', async () => {
    const disk = diskWith({ 0: Buffer.concat([upTo(2), Buffer.from('{"v')]) })
    const before = contents(disk)[segmentPath(0)]
    const full = new FaultyFileSystem(disk)
    full.plan('appendSync', { code: 'ENOSPC' })
    const { log, status, text } = await opening(full)
    expect(status).toMatchObject({ kind: 'failed', reason: expect.stringContaining('ENOSPC') })
    expect(text).toBe(upTo(2).toString())
    await expect(log.append(projectId, log.head(projectId), drafts(1, 2))).rejects.toMatchObject({
      code: 'LOG_UNAVAILABLE',
    })
    expect(contents(disk)[segmentPath(0)]).toBe(before)
    expect(await opening(disk)).toMatchObject({ status: open, head: { offset: 2 } })
  })

  it('that cannot shorten the file leaves the log without writes until a restart, which can', async () => {
    const disk = diskWith({ 0: Buffer.concat([upTo(2), Buffer.from('{"v')]) })
    const failing = new FaultyFileSystem(disk)
    failing.plan('truncate', { code: 'EIO' })
    const { log, status, text } = await opening(failing)
    expect(status).toMatchObject({ kind: 'failed', reason: expect.stringContaining('EIO') })
    expect(text).toBe(upTo(2).toString())
    await expect(log.append(projectId, log.head(projectId), drafts(1, 2))).rejects.toMatchObject({
      code: 'LOG_UNAVAILABLE',
    })
    expect(await opening(disk)).toMatchObject({ status: open, head: { offset: 2 } })
    expect(contents(disk)[segmentPath(0)]).toBe(upTo(2).toString())
    expect(new Set(Object.values(setAside(disk)))).toEqual(new Set(['{"v']))
  })

  it.each(['list', 'open', 'size', 'read', 'datasync', 'syncDirectory'] as const)(
    'that meets an error in %s leaves the log without writes until a restart',
    async (operation) => {
      const disk = new FaultyFileSystem(diskWith({ 0: upTo(2) }))
      const log = await fileLog(disk, dataDir)
      disk.plan(operation, { code: 'EIO' })
      const { status, records } = await replayed(log)
      expect(status).toMatchObject({ kind: 'failed', reason: expect.stringContaining('EIO') })
      expect(log.head(projectId).offset).toBe(records.length)
      expect(await readText(log)).toBe(upTo(records.length).toString())
      await expect(log.append(projectId, log.head(projectId), drafts(1, 2))).rejects.toMatchObject({
        code: 'LOG_UNAVAILABLE',
      })
      expect(await replayed(await fileLog(disk, dataDir))).toMatchObject({ status: open, records: { length: 2 } })
    },
  )

  it('makes what it found durable before anybody reads it, and later lines say so', async () => {
    const disk = new FaultyFileSystem(diskWith({ 0: upTo(2), 2: line(2) }))
    const { log } = await opening(disk)
    expect(disk.summary().filter((one) => /sync/.test(one))).toEqual([
      'syncDirectory data',
      'syncDirectory log',
      `datasync ${segmentName(2)}`,
      `syncDirectory ${projectId}`,
    ])
    expect(JSON.parse(textOf(await appendAll(log, drafts(1, 3))))).toMatchObject({ offset: 3, synced: 3 })
  })
})

/** What is in the log once it has been opened, which opening it again does not change. */
const settled = async (disk: MemoryFileSystem) => {
  const { records } = await opening(disk)
  const files = contents(disk)
  const again = await opening(disk)
  expect(again.records).toEqual(records)
  expect(contents(disk)).toEqual(files)
  const inLog = Object.entries(files).filter(([path]) => !path.includes('/quarantine/'))
  return { status: again.status, head: again.head, text: again.text, files: Object.fromEntries(inLog) }
}

/** What recovery has to take out of each segment. */
const takenOut = (segments: Record<number, Buffer>, good: number): string[] =>
  Object.entries(segments)
    .map(([base, bytes]) => bytes.subarray(base === '0' ? upTo(good).length : 0).toString('latin1'))
    .filter((text) => text !== '')
