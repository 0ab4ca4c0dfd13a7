import { beforeEach, describe, expect, it } from 'vitest'
import { ProjectId } from '../../events/index.ts'
import type { FileLogOptions } from '../../src/log/file-log.ts'
import { segmentName } from '../../src/log/format.ts'
import type { Log } from '../../src/log/log.ts'
import { dataDir, opening, segmentPath } from '../support/damaged-logs.ts'
import { FaultyFileSystem } from '../support/faulty-file-system.ts'
import { appendAll, drafts, fileLog, readText, replayed, textOf } from '../support/logs.ts'
import { MemoryFileSystem } from '../support/memory-file-system.ts'
import { projectId } from '../support/vocabulary.ts'

let disk: MemoryFileSystem
let faulty: FaultyFileSystem
beforeEach(() => {
  disk = new MemoryFileSystem()
  faulty = new FaultyFileSystem(disk)
})

const other = ProjectId.parse('proj_other')
const openLog = (options: Partial<FileLogOptions> = {}): Promise<Log> => fileLog(faulty, dataDir, options)
const append = (log: Log, offset: number, count = 1) =>
  log.append(projectId, log.head(projectId), drafts(count, offset))
const content = (base = 0): string => Buffer.from(disk.content(segmentPath(base))).toString()

/** The log takes records again, and after a restart holds what was acknowledged and nothing else. */
const expectToGoOn = async (log: Log, acknowledged: ReadonlyArray<{ readonly text: string }>): Promise<void> => {
  expect(log.status(projectId)).toEqual({ kind: 'open' })
  const more = await appendAll(log, drafts(2, acknowledged.length))
  expect(await readText(log)).toBe(textOf([...acknowledged, ...more]))
  const { status, text } = await opening(disk)
  expect({ status, text }).toEqual({ status: { kind: 'open' }, text: textOf([...acknowledged, ...more]) })
}

/** The log takes nothing more, also when the disk is well again; reads go on. */
const expectToHaveFailed = async (log: Log, acknowledged: ReadonlyArray<{ readonly text: string }>): Promise<void> => {
  expect(log.status(projectId)).toMatchObject({ kind: 'failed', reason: expect.stringContaining('EIO') })
  await expect(append(log, acknowledged.length)).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE' })
  expect(await readText(log)).toBe(textOf(acknowledged))
  expect(log.head(projectId).offset).toBe(acknowledged.length)
}

describe('a write', () => {
  it('that takes only some bytes at a time is completed', async () => {
    const log = await openLog()
    faulty.plan('appendSync', { take: 1 }, 50)
    faulty.plan('appendSync', { take: 100 }, 3)
    await expectToGoOn(log, await appendAll(log, drafts(3)))
  })

  it('that takes nothing and says nothing is refused', async () => {
    const log = await openLog()
    const before = await appendAll(log, drafts(1))
    faulty.plan('appendSync', { take: 0 })
    await expect(append(log, 1)).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE' })
    await expectToGoOn(log, before)
  })

  it.each([
    ['ENOSPC', 'INSUFFICIENT_STORAGE'],
    ['EDQUOT', 'INSUFFICIENT_STORAGE'],
    ['EIO', 'LOG_UNAVAILABLE'],
    ['EFBIG', 'LOG_UNAVAILABLE'],
    ['EROFS', 'LOG_UNAVAILABLE'],
  ])('that fails with %s half-way is taken back, and the next one works', async (code, refusal) => {
    const log = await openLog()
    const before = await appendAll(log, drafts(2))
    for (const taken of [0, 1, 200, 400]) {
      if (taken > 0) faulty.plan('appendSync', { take: taken })
      faulty.plan('appendSync', { code })
      await expect(append(log, 2, 2)).rejects.toMatchObject({ code: refusal })
      expect(content()).toBe(textOf(before))
      expect(await readText(log)).toBe(textOf(before))
      expect(log.head(projectId).offset).toBe(2)
    }
    await expectToGoOn(log, before)
  })

  it('is taken back for good before anything else is written', async () => {
    const log = await openLog()
    await appendAll(log, drafts(1))
    faulty.plan('appendSync', { code: 'ENOSPC' })
    const from = faulty.operations.length
    await expect(append(log, 1)).rejects.toThrow()
    expect(faulty.summary().slice(from)).toEqual(
      ['appendSync', 'truncate', 'datasync'].map((name) => `${name} ${segmentName(0)}`),
    )
  })

  it('that cannot be taken back ends all writes until a restart, which recovers', async () => {
    const log = await openLog()
    const before = await appendAll(log, drafts(1))
    faulty.plan('appendSync', { take: 150 })
    faulty.plan('appendSync', { code: 'ENOSPC' })
    faulty.plan('truncate', { code: 'EIO' })
    await expect(append(log, 1)).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE' })
    await expectToHaveFailed(log, before)
    expect(content()).toHaveLength(textOf(before).length + 150)
    await expectToGoOn(await reopened(), before)
  })

  it('of a first record that finds no room leaves no project, and can be tried again', async () => {
    const log = await openLog()
    for (const operation of ['makeDirectory', 'open', 'appendSync'] as const) {
      faulty.plan(operation, { code: 'ENOSPC' })
      await expect(append(log, 0)).rejects.toMatchObject({ code: 'INSUFFICIENT_STORAGE' })
      expect(await log.list()).toEqual([])
    }
    await expectToGoOn(log, [])
  })

  it('is refused when the directory cannot be written or no more files can be opened', async () => {
    const log = await openLog()
    for (const code of ['EACCES', 'EROFS', 'EMFILE']) {
      faulty.plan('open', { code })
      await expect(append(log, 0)).rejects.toMatchObject({
        code: 'LOG_UNAVAILABLE',
        message: expect.stringContaining(code),
      })
    }
    await expectToGoOn(log, [])
  })

  it('is refused when somebody else has changed the file in the meantime', async () => {
    const log = await openLog({ maxOpenFiles: 1 })
    const before = await appendAll(log, drafts(1))
    await appendAll(log, drafts(1, 0, other), other)
    disk.put(segmentPath(0), Buffer.from(`${content()}rubbish`))
    await expect(append(log, 1)).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE' })
    disk.put(segmentPath(0), Buffer.from(textOf(before)))
    await expectToGoOn(log, before)
  })

  const reopened = async (): Promise<Log> => {
    const log = await openLog()
    await replayed(log)
    return log
  }
})

describe('a sync', () => {
  it('that fails ends all writes until a restart', async () => {
    const log = await openLog()
    const before = await appendAll(log, drafts(1))
    faulty.plan('datasync', { code: 'EIO' })
    await expect(append(log, 1)).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE' })
    await expectToHaveFailed(log, before)
    expect((await replayed(log)).records).toHaveLength(1)
    expect(log.status(projectId)).toMatchObject({ kind: 'failed' })
  })

  it.each([1, 2])('of directory %i of a new project that fails ends all writes until a restart', async (nth) => {
    const log = await openLog()
    if (nth === 2) faulty.plan('syncDirectory', { take: 0 })
    faulty.plan('syncDirectory', { code: 'EIO' })
    await expect(append(log, 0)).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE' })
    await expectToHaveFailed(log, [])
  })

  it('that fails in one project does not touch another', async () => {
    const log = await openLog()
    faulty.plan('datasync', { code: 'EIO' })
    await expect(append(log, 0)).rejects.toThrow()
    await appendAll(log, drafts(1, 0, other), other)
    expect(log.status(other)).toEqual({ kind: 'open' })
  })
})

describe('the order of things', () => {
  it('of a new project is file, content, then the names of file and directory, before the answer', async () => {
    const log = await openLog()
    const from = faulty.operations.length
    await append(log, 0)
    expect(faulty.summary().slice(from)).toEqual([
      `list ${projectId}`,
      `makeDirectory ${projectId}`,
      `open ${segmentName(0)}`,
      `appendSync ${segmentName(0)}`,
      `datasync ${segmentName(0)}`,
      'syncDirectory log',
      `syncDirectory ${projectId}`,
    ])
  })

  it('of a later append is one write and one sync', async () => {
    const log = await openLog()
    await append(log, 0)
    const from = faulty.operations.length
    await append(log, 1, 20)
    expect(faulty.summary().slice(from)).toEqual([`appendSync ${segmentName(0)}`, `datasync ${segmentName(0)}`])
  })

  it.each(['always', 'interval', 'never'] as const)(
    'of a new segment is that all before it is durable, with fsync %s',
    async (fsync) => {
      const log = await openLog({ fsync, segmentBytes: 1000 })
      await append(log, 0, 5)
      const from = faulty.operations.length
      const lines = await appendAll(log, drafts(1, 5))
      expect(faulty.summary().slice(from)).toEqual([
        ...(fsync === 'always' ? [] : [`datasync ${segmentName(0)}`]),
        `close ${segmentName(0)}`,
        `makeDirectory ${projectId}`,
        `open ${segmentName(5)}`,
        `appendSync ${segmentName(5)}`,
        ...(fsync === 'always' ? [`datasync ${segmentName(5)}`] : []),
        `syncDirectory ${projectId}`,
      ])
      expect(JSON.parse(textOf(lines))).toMatchObject({ offset: 5, synced: 5 })
      await log.close()
    },
  )

  it('keeps only so many files open, also when more logs are written at once', async () => {
    const log = await openLog({ maxOpenFiles: 3 })
    const ids = Array.from({ length: 40 }, (_, i) => ProjectId.parse(`proj_${i}`))
    await Promise.all(ids.map((id) => appendAll(log, drafts(1, 0, id), id)))
    await Promise.all(ids.toReversed().map((id) => appendAll(log, drafts(2, 1, id), id)))
    let [open, most] = [0, 0]
    for (const { name } of faulty.operations) {
      open += Number(name === 'open') - Number(name === 'close')
      most = Math.max(most, open)
    }
    expect([open, most]).toEqual([3, 3])
    for (const id of ids) expect(log.head(id).offset).toBe(3)
  })

  it('keeps only so many files open, and opens one again for its next append', async () => {
    const log = await openLog({ maxOpenFiles: 2 })
    const ids = ['a', 'b', 'c'].map((name) => ProjectId.parse(name))
    for (const offset of [0, 1, 2]) {
      for (const id of ids) await appendAll(log, drafts(1, offset, id), id)
    }
    await log.close()
    const count = (name: string): number => faulty.operations.filter((one) => one.name === name).length
    expect(count('open')).toBe(count('close'))
    expect(count('open')).toBe(9)
    for (const id of ids) expect(await readText(log, 0, 9, id)).toHaveLength(textOf(await appendedTo(id)).length)
  })

  const appendedTo = async (id: ProjectId) => {
    const log = await fileLog(new MemoryFileSystem(), dataDir)
    return appendAll(log, drafts(3, 0, id), id)
  }
})

describe('a full segment', () => {
  const segmentBytes = 1000

  it('is followed by one that is named after its first record', async () => {
    const log = await openLog({ segmentBytes })
    const lines = [...(await appendAll(log, drafts(2))), ...(await appendAll(log, drafts(2, 2)))]
    lines.push(...(await appendAll(log, drafts(1, 4))))
    expect(disk.paths()).toEqual([segmentPath(0), segmentPath(4)])
    expect(await readText(log)).toBe(textOf(lines))
  })

  it.each([
    ['open', 'ENOSPC', 'INSUFFICIENT_STORAGE'],
    ['appendSync', 'ENOSPC', 'INSUFFICIENT_STORAGE'],
    ['open', 'EMFILE', 'LOG_UNAVAILABLE'],
  ] as const)('that cannot be followed by another (%s: %s) waits until it can', async (operation, code, refusal) => {
    const log = await openLog({ segmentBytes })
    const lines = await appendAll(log, drafts(4))
    for (const _ of [1, 2]) {
      faulty.plan(operation, { code })
      await expect(append(log, 4)).rejects.toMatchObject({ code: refusal })
      expect(await readText(log)).toBe(textOf(lines))
    }
    await expectToGoOn(log, lines)
    expect(disk.paths()).toContain(segmentPath(4))
  })
})

describe('fsync', () => {
  const syncedOf = (lines: ReadonlyArray<{ readonly text: string }>): number[] =>
    lines.map(({ text }) => {
      const { synced }: { synced: number } = JSON.parse(text)
      return synced
    })
  const syncs = (): number => faulty.operations.filter(({ name }) => name === 'datasync').length

  /** A pause that is over when the test says so, and tells when the next one has begun. */
  const clockwork = () => {
    let over = (): void => {}
    let begun = (): void => {}
    const pause = (_: number, signal: AbortSignal): Promise<void> =>
      new Promise((resolve) => {
        over = resolve
        signal.addEventListener('abort', () => resolve())
        begun()
      })
    const tick = (): Promise<void> =>
      new Promise((resolve) => {
        begun = resolve
        over()
      })
    return { pause, tick }
  }

  it('always: every line says that all before its write was durable', async () => {
    const log = await openLog()
    expect(syncedOf([...(await appendAll(log, drafts(2))), ...(await appendAll(log, drafts(3, 2)))])).toEqual([
      0, 0, 2, 2, 2,
    ])
  })

  it('interval: lines say so only of what a sync in the background has reached', async () => {
    const { pause, tick } = clockwork()
    const log = await openLog({ fsync: 'interval', pause })
    expect(syncedOf(await appendAll(log, drafts(2)))).toEqual([0, 0])
    expect(syncedOf(await appendAll(log, drafts(1, 2)))).toEqual([0])
    expect(syncs()).toBe(0)
    await tick()
    expect(syncs()).toBe(1)
    expect(syncedOf(await appendAll(log, drafts(1, 3)))).toEqual([3])
    await tick()
    await tick()
    expect(syncs()).toBe(2)
    await log.close()
    expect(syncs()).toBe(2)
  })

  it('interval: a sync in the background that fails ends all writes until a restart', async () => {
    const { pause, tick } = clockwork()
    const log = await openLog({ fsync: 'interval', pause })
    const lines = await appendAll(log, drafts(2))
    faulty.plan('datasync', { code: 'EIO' })
    await tick()
    await expectToHaveFailed(log, lines)
    await log.close()
  })

  it('never: nothing is synced before the log is closed', async () => {
    const log = await openLog({ fsync: 'never' })
    expect(syncedOf([...(await appendAll(log, drafts(2))), ...(await appendAll(log, drafts(1, 2)))])).toEqual([0, 0, 0])
    expect(syncs()).toBe(0)
    await log.close()
    expect(syncs()).toBe(1)
  })

  it.each(['interval', 'never'] as const)(
    '%s: a log that cannot be synced when it is closed says so',
    async (fsync) => {
      const log = await openLog({ fsync })
      await append(log, 0)
      faulty.plan('datasync', { code: 'EIO' })
      await expect(log.close()).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE' })
      expect(faulty.operations.at(-1)?.name).toBe('close')
    },
  )

  it('never: a file that is closed to make room for others is synced first', async () => {
    const log = await openLog({ fsync: 'never', maxOpenFiles: 1 })
    await append(log, 0)
    await appendAll(log, drafts(1, 0, other), other)
    expect(syncedOf(await appendAll(log, drafts(1, 1)))).toEqual([1])
  })
})

describe('a read', () => {
  it('that fails says so, and the next one works', async () => {
    const log = await openLog()
    const lines = await appendAll(log, drafts(2))
    for (const operation of ['open', 'read'] as const) {
      faulty.plan(operation, { code: 'EIO' })
      await expect(readText(log)).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE' })
    }
    expect(await readText(log)).toBe(textOf(lines))
  })

  it('of a file that has become shorter says so', async () => {
    const log = await openLog()
    const lines = await appendAll(log, drafts(3))
    disk.put(segmentPath(0), Buffer.from(textOf(lines.slice(0, 2))))
    await expect(readText(log)).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE' })
  })

  it('of lines that are not there any more says so', async () => {
    const log = await openLog({ segmentBytes: 1000 })
    await appendAll(log, drafts(4))
    await appendAll(log, drafts(1, 4))
    disk.put(segmentPath(0), Buffer.from(content().replaceAll('\n', ' ')))
    await expect(readText(log)).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE' })
  })
})

it('a copy taken at any byte while records are appended is a valid prefix', async () => {
  const log = await openLog()
  const lines = [...(await appendAll(log, drafts(2))), ...(await appendAll(log, drafts(2, 2)))]
  const all = Buffer.from(textOf(lines))
  for (let length = 0; length <= all.length; length += 37) {
    const copy = new MemoryFileSystem()
    copy.put(segmentPath(0), all.subarray(0, length))
    const { status, text, head } = await opening(copy)
    expect(status).toEqual({ kind: 'open' })
    expect(text).toBe(textOf(lines.slice(0, head.offset)))
    expect(head.offset).toBe(lines.filter((_, i) => textOf(lines.slice(0, i + 1)).length <= length).length)
  }
})
