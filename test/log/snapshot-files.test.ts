import { beforeEach, describe, expect, it } from 'vitest'
import { createSnapshotFiles } from '../../src/log/snapshot-files.ts'
import type { Snapshots } from '../../src/log/snapshots.ts'
import { createHasher, sha256 } from '../../src/platform/hash.ts'
import { dataDir, logDir } from '../support/damaged-logs.ts'
import { DyingFileSystem } from '../support/dying-file-system.ts'
import { FaultyFileSystem } from '../support/faulty-file-system.ts'
import { MemoryFileSystem } from '../support/memory-file-system.ts'
import { projectId } from '../support/vocabulary.ts'

const header = '{"what":"a header"}'
const rows = ['{"a":1}', '"\u2028 ünïcode 🛠"', '[]', '{"z":"],"}', 'null']
const pathOf = (offset: number): string => `${logDir}/snapshot-${String(offset).padStart(20, '0')}.json`

async function* slices(...all: ReadonlyArray<readonly string[]>): AsyncGenerator<readonly string[]> {
  yield* all
}

let disk: MemoryFileSystem
let faulty: FaultyFileSystem
let snapshots: Snapshots
beforeEach(() => {
  disk = new MemoryFileSystem()
  disk.put(`${logDir}/00000000000000000000.jsonl`, new Uint8Array())
  faulty = new FaultyFileSystem(disk)
  snapshots = over(faulty)
})

const over = (fs: FaultyFileSystem | MemoryFileSystem | DyingFileSystem): Snapshots =>
  createSnapshotFiles({ fs, dataDir, sha256, createHasher })
const write = (offset: number, port = snapshots) => port.write(projectId, offset, header, slices(rows))
const read = async (offset: number, port = snapshots) => {
  const stored = await port.read(projectId, offset)
  return (
    stored && {
      header: stored.header,
      rows: Array.from(stored.rows, ({ bytes, start, end }) => bytes.toString('utf8', start, end)),
    }
  )
}

describe('a snapshot file', () => {
  it.each([
    ['no slice', []],
    ['empty slices', [[], []]],
    ['one slice', [rows]],
    ['a slice for each row', rows.map((row) => [row])],
    ['slices of which some are empty', [[], rows.slice(0, 2), [], rows.slice(2), []]],
  ])('gives back what was written, in %s', async (_, parts) => {
    await snapshots.write(projectId, 7, header, slices(...parts))
    expect(await read(7)).toEqual({ header, rows: parts.flat() })
  })

  it('is one JSON object with a line for each row, which says what its bytes hash to', async () => {
    await write(7)
    const text = Buffer.from(disk.content(pathOf(7))).toString()
    const lines = text.split('\n')
    expect(lines).toEqual([
      `{"snapshot":${header},"rows":[`,
      ...rows.map((row, i) => (i === rows.length - 1 ? row : `${row},`)),
      `],"sha256":"${sha256(text.slice(0, text.lastIndexOf('],')))}"}`,
      '',
    ])
    expect(JSON.parse(text)).toMatchObject({ snapshot: { what: 'a header' }, rows: rows.map((row) => JSON.parse(row)) })
  })

  it('with any bit flipped, or cut anywhere, is no snapshot', async ({ annotate }) => {
    await write(7)
    const bytes = Buffer.from(disk.content(pathOf(7)))
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const flipped = Buffer.from(bytes)
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      disk.put(pathOf(7), flipped)
      if ((await read(7)) !== undefined) expect({ bit, read: await read(7) }).toEqual({ bit, read: undefined })
    }
    for (let length = 0; length < bytes.length; length += 1) {
      disk.put(pathOf(7), bytes.subarray(0, length))
      if ((await read(7)) !== undefined) expect({ length, read: await read(7) }).toEqual({ length, read: undefined })
    }
    disk.put(pathOf(7), Buffer.concat([bytes, Buffer.from('\n')]))
    expect(await read(7)).toBeUndefined()
    await annotate(`${bytes.length * 8} bits`)
  })

  it.each(['open', 'size', 'read'] as const)('that cannot be read (%s) is as good as none', async (operation) => {
    await write(7)
    faulty.plan(operation, { code: 'EIO' })
    expect(await read(7)).toBeUndefined()
    expect(await read(7)).toBeDefined()
  })

  it('that is not there is none', async () => {
    expect(await read(7)).toBeUndefined()
    expect(await snapshots.list(projectId)).toEqual([])
    await snapshots.remove(projectId, 7)
  })
})

describe('the snapshots of a project', () => {
  it('are the newest two, listed newest first, in whatever order they were written', async () => {
    for (const offset of [5, 9, 100, 20]) await write(offset)
    expect(await snapshots.list(projectId)).toEqual([100, 20])
  })

  it('do not include what else is in the directory, and leave it alone', async () => {
    const strange = [
      `${logDir}/snapshot-7.json`,
      `${logDir}/snapshot-00000000000000000007.json.bak`,
      `${logDir}/notes.tmp`,
    ]
    for (const path of strange) disk.put(path, Buffer.from('anything'))
    await write(8)
    expect(await snapshots.list(projectId)).toEqual([8])
    expect(disk.paths()).toEqual(expect.arrayContaining(strange))
  })

  it('are rid of what a killed server left half written', async () => {
    for (const offset of [3, 8, 9]) disk.put(`${pathOf(offset)}.tmp`, Buffer.from('half'))
    await write(8)
    expect(await read(8)).toEqual({ header, rows })
    expect(disk.paths()).toEqual([`${logDir}/00000000000000000000.jsonl`, pathOf(8)])
  })
})

describe('writing a snapshot', () => {
  it('is: another name, content, the log before it, rename, the name, and only then away with the old', async () => {
    for (const offset of [1, 2]) await write(offset)
    const from = faulty.operations.length
    await snapshots.write(projectId, 3, header, slices(rows))
    const name = (offset: number) => pathOf(offset).slice(logDir.length + 1)
    expect(faulty.summary().slice(from)).toEqual([
      `remove ${name(3)}.tmp`,
      `open ${name(3)}.tmp`,
      ...Array(4).fill(`appendSync ${name(3)}.tmp`),
      `datasync ${name(3)}.tmp`,
      `close ${name(3)}.tmp`,
      `list ${projectId}`,
      ...['open', 'size', 'close', 'open', 'datasync', 'close'].map((one) => `${one} 00000000000000000000.jsonl`),
      `rename ${name(3)}.tmp`,
      `syncDirectory ${projectId}`,
      `list ${projectId}`,
      `remove ${name(1)}`,
      `list ${projectId}`,
    ])
  })

  it('is completed when the system takes only some bytes at a time', async () => {
    faulty.plan('appendSync', { take: 3 }, 20)
    await write(7)
    expect(await read(7)).toEqual({ header, rows })
  })

  it.each([
    ['open', 'EMFILE'],
    ['appendSync', 'ENOSPC'],
    ['datasync', 'EIO'],
    ['rename', 'EACCES'],
  ] as const)(
    'that fails (%s, %s) says so, takes no room, and leaves the others as they are',
    async (operation, code) => {
      await write(1)
      const before = disk.paths()
      faulty.plan(operation, { code })
      await expect(write(7)).rejects.toMatchObject({ code })
      expect(disk.paths()).toEqual(before)
      expect(await read(1)).toEqual({ header, rows })
      await write(7)
      expect(await snapshots.list(projectId)).toEqual([7, 1])
    },
  )

  it('is given up when the system takes nothing and says nothing', async () => {
    const before = disk.paths()
    faulty.plan('appendSync', { take: 0 })
    await expect(write(7)).rejects.toThrow('takes no more bytes')
    expect(disk.paths()).toEqual(before)
  })

  it('is given up when its rows fail', async () => {
    async function* failing(): AsyncGenerator<readonly string[]> {
      yield rows
      throw new RangeError('no more')
    }
    const before = disk.paths()
    await expect(snapshots.write(projectId, 7, header, failing())).rejects.toThrow(RangeError)
    expect(disk.paths()).toEqual(before)
  })

  it('leaves a whole one or none, whenever the server is killed, and the next one cleans up', async () => {
    await write(1)
    await write(2)
    let isDead = true
    for (let changes = 0; isDead; changes += 1) {
      const copy = disk.clone()
      const dying = new DyingFileSystem(copy, changes)
      await write(3, over(dying)).catch(() => {})
      isDead = dying.isDead
      const port = over(copy)
      const kept = await port.list(projectId)
      expect(kept.length).toBeGreaterThanOrEqual(2)
      for (const offset of kept) expect(await read(offset, port)).toEqual({ header, rows })
      await write(4, port)
      expect(copy.paths().filter((path) => path.includes('snapshot-'))).toHaveLength(2)
    }
  })
})
