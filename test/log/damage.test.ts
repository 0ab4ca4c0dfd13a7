import { describe, expect, it } from 'vitest'
import { type Draft, ProjectId, sealLine, start } from '../../events/index.ts'
import { sha256 } from '../../src/platform/hash.ts'
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
import { taskCreated } from '../support/events.ts'
import { FaultyFileSystem } from '../support/faulty-file-system.ts'
import { draftOf, drafts, fileLog, replayed } from '../support/logs.ts'
import type { MemoryFileSystem } from '../support/memory-file-system.ts'
import { projectId, session, task, timeAt } from '../support/vocabulary.ts'

const quarantinedAt = (offset: number) => ({ kind: 'quarantined', offset })
const join = (lines: readonly Uint8Array[]): Buffer => Buffer.concat(lines)
const lengthOf = (lines: readonly Uint8Array[]): number => join(lines).length

/** Opens segments and checks that they are quarantined at an offset: the good part is there, and nothing has changed. */
const expectQuarantine = async (
  segments: Record<number, Uint8Array>,
  offset: number,
  good: Uint8Array,
): Promise<void> => {
  const disk = diskWith(segments)
  const before = contents(disk)
  const { status, head, text, log } = await opening(disk)
  if (status.kind !== 'quarantined' || status.offset !== offset || head.offset !== offset) {
    expect({ status, head }).toMatchObject({ status: quarantinedAt(offset), head: { offset } })
  }
  expect(text).toBe(Buffer.from(good).toString())
  expect(contents(disk)).toEqual(before)
  expect(await log.list()).toEqual([projectId])
}

describe('a flipped bit', () => {
  const [first, second, third, fourth] = drafts(4)
  if (!first || !second || !third || !fourth) throw new Error('four drafts')
  const lines = sealedWrites(
    [
      first,
      { ...second, actor: { kind: 'session', id: session('s') } },
      { ...third, request: { key: 'key-1', digest: sha256('request') } },
      fourth,
    ],
    [1, 2, 1],
  )

  it('anywhere in a log is found, the record is named, and nothing before it is lost', async ({ annotate }) => {
    const bits = lengthOf(lines) * 8
    let offset = 0
    let good: Uint8Array = Buffer.of()
    for (let bit = 0; bit < bits; bit += 1) {
      if (bit === lengthOf(lines.slice(0, offset + 1)) * 8) {
        offset += 1
        good = join(lines.slice(0, offset))
      }
      const bytes = join(lines)
      bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      await expectQuarantine({ 0: bytes }, offset, good)
    }
    await annotate(`${bits} bits of ${lines.length} records`)
  }, 120_000)
})

describe('a lost sector', () => {
  /** Two records that are durable, then a write of twelve; the first title moves everything by so many bytes. */
  const logOf = (shift: number): { lines: Buffer[]; durable: number } => {
    const moved = draftOf(taskCreated(task('0'), { title: 'x'.repeat(shift) }), 0)
    const lines = sealedWrites([moved, ...drafts(13, 1)], [1, 1, 12])
    return { lines, durable: lengthOf(lines.slice(0, 2)) }
  }
  const zeroed = (bytes: Buffer, sector: number, from: number): Buffer => {
    const copy = Buffer.from(bytes)
    return copy.fill(0, Math.max(sector * 512, from), Math.min((sector + 1) * 512, copy.length))
  }
  /** How many whole lines stand before a byte. */
  const linesBefore = (lines: readonly Buffer[], byte: number): number => {
    let end = 0
    return lines.findIndex((line) => {
      end += line.length
      return end > byte
    })
  }

  /** What was cut off is in a copy. */
  const expectKept = (disk: MemoryFileSystem, cut: Uint8Array): void => {
    const copies = Object.values(setAside(disk))
    if (copies.join() !== Buffer.from(cut).toString('latin1'))
      expect(copies).toEqual([Buffer.from(cut).toString('latin1')])
  }

  it('of the last write, wherever sectors begin, takes the write back from there on', async () => {
    // The last line feed alone in its sector, just not alone, and some other ways to lie.
    const toBoundary = 512 - (join(logOf(0).lines).length % 512)
    const shifts = new Set([0, 1, 2, 3].map((more) => (toBoundary + more) % 512))
    for (let shift = 0; shift < 512; shift += 9) shifts.add(shift)
    for (const shift of shifts) {
      const { lines, durable } = logOf(shift)
      const bytes = join(lines)
      for (let sector = Math.floor(durable / 512); sector * 512 < bytes.length; sector += 1) {
        const disk = diskWith({ 0: zeroed(bytes, sector, durable) })
        const { status, head } = await opening(disk)
        const good = linesBefore(lines, Math.max(sector * 512, durable))
        if (status.kind !== 'open' || head.offset !== good) {
          expect({ shift, sector, status, head }).toMatchObject({ status: { kind: 'open' }, head: { offset: good } })
        }
        expectKept(disk, zeroed(bytes, sector, durable).subarray(lengthOf(lines.slice(0, good))))
      }
    }
  })

  it('is not made damage by lines of another project, which bear no witness', async () => {
    const other = ProjectId.parse('proj_other')
    const foreign = sealedWrites(drafts(6, 0, other), [1, 1, 1, 1, 1, 1])
    const { lines, durable } = logOf(0)
    const bytes = Buffer.concat([join(lines.slice(0, 2)), Buffer.alloc(1100), Buffer.from('\n'), join(foreign)])
    expect(await opening(diskWith({ 0: bytes }))).toMatchObject({ status: { kind: 'open' }, head: { offset: 2 } })
    expect(durable).toBeLessThan(bytes.length)
  })

  it('may be any of the last write: what is acknowledged stays, and nothing is made up', async () => {
    const { lines, durable } = logOf(100)
    const bytes = join(lines)
    const sectors = Array.from({ length: Math.ceil(bytes.length / 512) }, (_, i) => i).slice(Math.floor(durable / 512))
    for (let subset = 1; subset < 2 ** sectors.length; subset += 1) {
      const lost = sectors.filter((_, i) => subset & (1 << i))
      const torn = lost.reduce((left, sector) => zeroed(left, sector, durable), bytes)
      const disk = diskWith({ 0: torn })
      const { status, text, head } = await opening(disk)
      expect(status).toEqual({ kind: 'open' })
      expect(text).toBe(join(lines.slice(0, head.offset)).toString())
      expect(head.offset).toBe(linesBefore(lines, Math.max((lost[0] ?? 0) * 512, durable)))
      expectKept(disk, torn.subarray(text.length))
    }
  })

  it('of an earlier write is damage', async () => {
    const lines = sealedWrites(drafts(14), [1, 12, 1])
    const bytes = join(lines)
    const lastLine = lengthOf(lines.slice(0, 13))
    for (let sector = 0; (sector + 1) * 512 <= lastLine; sector += 1) {
      const offset = linesBefore(lines, sector * 512)
      await expectQuarantine({ 0: zeroed(bytes, sector, 0) }, offset, join(lines.slice(0, offset)))
    }
  })
})

describe('damage at the end', () => {
  const lines = sealedWrites(drafts(3), [1, 1, 1])
  const all = join(lines)
  const foreign = sealLine(drafts(1, 0, ProjectId.parse('proj_other'))[0] ?? never(), start, 0, sha256).text

  it.each([
    ['JSON that is no record', '{"a":1}\n'],
    ['an empty line', '\n'],
    ['a carriage return before the line feed', `${lines[2]?.toString().slice(0, -1)}\r\n`],
    ['the last record once more', lines[2]?.toString() ?? ''],
    ['the first record once more', lines[0]?.toString() ?? ''],
    ['a record of another project', foreign],
    ['bytes that are no text', Buffer.from([0xff, 0xfe, 0x0a])],
    ['zeros that fill no sector, ended by a line feed', Buffer.from(`${'\0'.repeat(20)}\n`)],
    ['a line that is longer than any record, with its line feed', `${'x'.repeat(2 * 1024 * 1024)}\n`],
  ])('such as %s is left to a person', async (_, tail) => {
    await expectQuarantine({ 0: Buffer.concat([all, Buffer.from(tail)]) }, 3, all)
  })

  it('such as another byte in place of the last line feed is left to a person', async () => {
    for (const byte of [0x00, 0x20, 0x0b, 0x0d, 0x7d, 0xff]) {
      const bytes = Buffer.concat([all.subarray(0, -1), Buffer.of(byte)])
      if ((bytes.length - 1) % 512 === 0) throw new Error('this byte must not start a sector')
      await expectQuarantine({ 0: bytes }, 2, join(lines.slice(0, 2)))
    }
  })

  it('such as a changed byte is left to a person, also with zeros behind it that fill no sector', async () => {
    const changed = Buffer.from(String(lines[2]).replace('Task 2', 'Task 3'))
    const bytes = Buffer.concat([join(lines.slice(0, 2)), changed, Buffer.alloc(511 - (all.length % 512))])
    for (const more of [0, 1, 511]) {
      await expectQuarantine({ 0: Buffer.concat([bytes, Buffer.alloc(more)]) }, 2, join(lines.slice(0, 2)))
    }
  })

  it('such as a log of another project is left to a person', async () => {
    await expectQuarantine({ 0: Buffer.from(foreign) }, 0, Buffer.of())
  })

  it('of a record whose rest is torn off as well is left to a person', async () => {
    const bytes = Buffer.concat([all.subarray(0, -40), Buffer.from('\n'), Buffer.from('{"v":1,"off')])
    await expectQuarantine({ 0: bytes }, 2, join(lines.slice(0, 2)))
  })
})

describe('a segment', () => {
  const lines = sealedWrites(drafts(9), [1, 1, 1, 1, 1, 1, 1, 1, 1])
  const part = (from: number, to: number): Buffer => join(lines.slice(from, to))
  const whole = { 0: part(0, 3), 3: part(3, 6), 6: part(6, 9) }
  const [first, ...rest] = drafts(9)
  const others = sealedWrites(first === undefined ? [] : [{ ...first, at: first.at - 1 }, ...rest], Array(9).fill(1))

  it('behind the other is part of the log', async () => {
    const { status, head, text } = await opening(diskWith(whole))
    expect({ status, text }).toEqual({ status: { kind: 'open' }, text: part(0, 9).toString() })
    expect(head).toMatchObject({ offset: 9, at: timeAt(8) })
  })

  it('that is empty may be the last one', async () => {
    const disk = diskWith({ 0: part(0, 3), 3: Buffer.of() })
    const { status, log } = await opening(disk)
    expect(status).toEqual({ kind: 'open' })
    await log.append(projectId, log.head(projectId), drafts(1, 3))
    expect(disk.content(segmentPath(3)).length).toBeGreaterThan(0)
  })

  it.each<[string, Record<number, Uint8Array>, number]>([
    ['the first is missing', { 3: part(3, 6), 6: part(6, 9) }, 0],
    ['one in the middle is missing', { 0: part(0, 3), 6: part(6, 9) }, 3],
    ['all but an empty one is missing', { 6: Buffer.of() }, 0],
    ['one in the middle is empty', { 0: part(0, 3), 3: Buffer.of(), 6: part(6, 9) }, 3],
    ['an empty one is not where the log ends', { 0: part(0, 3), 5: Buffer.of() }, 3],
    ['two have changed places', { 0: part(0, 3), 3: part(6, 9), 6: part(3, 6) }, 3],
    ['one stands there twice', { 0: part(0, 3), 3: part(0, 3) }, 3],
    ['one stands there again under a later name', { ...whole, 9: part(3, 6) }, 9],
    ['one is of another history', { ...whole, 3: join(others.slice(3, 6)), 6: join(others.slice(6, 9)) }, 3],
    ['one has another name', { 0: part(0, 3), 4: part(3, 6), 6: part(6, 9) }, 3],
    ['one goes on with what the next one has', { 0: part(0, 6), 3: part(3, 6), 6: part(6, 9) }, 6],
    ['one that is not where the log ends has but half a record', { 0: part(0, 3), 5: part(5, 6).subarray(0, 99) }, 3],
    ['one has lost its last record', { 0: part(0, 2), 3: part(3, 6) }, 2],
    ['one has lost its last line feed', { 0: part(0, 3).subarray(0, -1), 3: part(3, 6) }, 2],
    ['one has lost its first record', { 0: part(0, 3), 3: part(4, 6) }, 3],
    ['one has lost a record in the middle', { 0: part(0, 3), 3: join([part(3, 4), part(5, 6)]) }, 4],
  ])('is missed when %s', async (_, segments, offset) => {
    await expectQuarantine(segments, offset, part(0, offset))
  })

  it('that is damaged is found damaged by a record far behind, with nothing but rubbish in between', async () => {
    const zeros = Buffer.alloc(4096)
    const segments = { 0: join([part(0, 1), zeros]), 3: zeros, 6: join([zeros, Buffer.from('\n'), part(8, 9)]) }
    await expectQuarantine(segments, 1, part(0, 1))
  })

  it('that is damaged is found damaged by a last record that has lost its line feed', async () => {
    const bytes = join([part(0, 1), Buffer.alloc(4096), Buffer.from('\n'), part(2, 3)]).subarray(0, -1)
    await expectQuarantine({ 0: bytes }, 1, part(0, 1))
  })
})

describe('a quarantined project', () => {
  const lines = sealedWrites(drafts(3), [1, 1, 1])
  const bytes = join(lines)
  bytes[lengthOf(lines.slice(0, 1)) + 20] = 0

  it('refuses writes with the offset, and no other project is affected', async () => {
    const other = ProjectId.parse('proj_other')
    const { log, status } = await opening(diskWith({ 0: bytes }))
    expect(status).toMatchObject({ kind: 'quarantined', offset: 1, reason: expect.stringContaining('hash') })
    expect(log.status(projectId)).toEqual(status)
    await expect(log.append(projectId, log.head(projectId), drafts(1, 1))).rejects.toMatchObject({
      code: 'PROJECT_QUARANTINED',
      message: expect.stringContaining('offset 1'),
      details: { offset: 1 },
    })
    expect(await log.append(other, start, drafts(1, 0, other))).toMatchObject({ kind: 'committed' })
  })

  it('is found damaged by an append that nobody replayed it for', async () => {
    const log = await fileLog(diskWith({ 0: bytes }), dataDir)
    await expect(log.append(projectId, start, drafts(1))).rejects.toMatchObject({ code: 'PROJECT_QUARANTINED' })
  })

  it('can still be replayed as far as it is good', async () => {
    const { log, status, records } = await opening(diskWith({ 0: bytes }))
    expect(await replayed(log)).toEqual({ status, records })
    expect(records).toHaveLength(1)
  })
})

describe('records of a newer server', () => {
  const [old, next] = drafts(2)
  if (!old || !next) throw new Error('two drafts')
  const first = sealLine(old, start, 0, sha256)
  /** A line as version 2 might seal it. */
  const newer = (change: (line: string) => string, synced = 1): string => {
    const [header = '', data = ''] = change(sealLine(next, first.next, synced, sha256).text).split(
      /,"hash":"[0-9a-f]{64}"/,
    )
    return `${header},"hash":"${sha256(header)}"${data}`
  }
  const versionTwo = newer((line) => line.replace('"v":1', '"v":2'))

  it.each([
    ['another version', versionTwo],
    ['another version and envelope', newer((line) => line.replace('"v":1', '"v":2').replace('"user"', '"robot"'))],
    ['an unknown type', newer((line) => line.replace('task:created', 'task:archived'))],
  ])('that have %s are no damage: what is before them can be read, and nothing is written', async (_, line) => {
    for (const tail of ['', '{"v":2,"torn', '\0'.repeat(2000)]) {
      const disk = diskWith({ 0: Buffer.from(first.text + line + tail) })
      const before = contents(disk)
      const { log, status, text, head } = await opening(disk)
      expect(status).toMatchObject({ kind: 'newer', offset: 1 })
      expect({ text, offset: head.offset }).toEqual({ text: first.text, offset: 1 })
      await expect(log.append(projectId, head, drafts(1, 1))).rejects.toMatchObject({
        code: 'LOG_UNAVAILABLE',
        message: expect.stringContaining('newer server'),
      })
      expect(contents(disk)).toEqual(before)
    }
  })

  it('bear witness that what is damaged before them was durable', async () => {
    const zeros = `${'\0'.repeat(2000)}\n`
    await expectQuarantine({ 0: Buffer.from(zeros + versionTwo) }, 0, Buffer.of())
  })

  it('in the wrong place are damage', async () => {
    await expectQuarantine({ 0: Buffer.from(versionTwo) }, 0, Buffer.of())
  })
})

describe('a replay from a later position', () => {
  const lines = sealedWrites(drafts(9), [1, 1, 1, 1, 1, 1, 1, 1, 1])
  const part = (from: number, to: number): Buffer => join(lines.slice(from, to))
  const position = (offset: number) => {
    let place = start
    for (const draft of drafts(offset)) place = sealLine(draft, place, place.offset, sha256).next
    return place
  }

  it('does not read the segments before it', async () => {
    const disk = new FaultyFileSystem(diskWith({ 0: part(0, 3), 3: part(3, 6), 6: part(6, 9) }))
    const log = await fileLog(disk, dataDir)
    expect((await replayed(log, position(7))).records.map(({ offset }) => offset)).toEqual([7, 8])
    const read = disk.operations.filter(({ name }) => name === 'read').map(({ path }) => path)
    expect(new Set(read)).toEqual(new Set([segmentPath(6)]))
  })

  it('finds what is damaged behind it, and serves what is before it', async () => {
    const log = await fileLog(diskWith({ 0: part(0, 3), 3: part(3, 5), 6: part(6, 9) }), dataDir)
    expect((await replayed(log, position(4))).status).toMatchObject(quarantinedAt(5))
    expect(log.head(projectId).offset).toBe(5)
  })

  it('is refused where what is before it is damaged', async () => {
    const log = await fileLog(diskWith({ 0: part(0, 2), 3: part(3, 9) }), dataDir)
    await expect(replayed(log, position(3))).rejects.toMatchObject({ code: 'HISTORY_DIVERGED' })
    expect((await replayed(log)).status).toMatchObject(quarantinedAt(2))
  })
})

describe('whatever else is in a data directory', () => {
  const lines = sealedWrites(drafts(2), [1, 1])

  it('is left alone', async () => {
    const disk = diskWith({ 0: join(lines) })
    const strange = [
      `${logDir}/snapshot-00000000000000000001.json`,
      `${logDir}/notes.txt`,
      `${logDir}/1.jsonl`,
      `${logDir}/00000000000000000000.jsonl.bak`,
      `${logDir}/99999999999999999999.jsonl`,
      `${logDir}/quarantine/00000000000000000000-at-1.jsonl`,
      `${dataDir}/log/not an id/00000000000000000000.jsonl`,
      `${dataDir}/log/.hidden/00000000000000000000.jsonl`,
      `${dataDir}/log/file`,
      `${dataDir}/log/proj_without_log/quarantine/x`,
    ]
    for (const path of strange) disk.put(path, Buffer.from('anything'))
    const { log, status, records } = await opening(disk)
    expect({ status, length: records.length }).toEqual({ status: { kind: 'open' }, length: 2 })
    expect(await log.list()).toEqual([projectId])
    for (const path of strange) expect(Buffer.from(disk.content(path)).toString()).toBe('anything')
  })
})

function never(): Draft {
  throw new Error('never')
}
