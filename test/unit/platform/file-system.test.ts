import { mkdir, symlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import type { File, FileSystem } from '../../../src/platform/file-system.ts'
import { makeDurableDirectory } from '../../../src/platform/make-directory.ts'
import { nodeFileSystem } from '../../../src/platform/node-file-system.ts'
import { systemErrorCode } from '../../../src/platform/system-error.ts'
import { FaultyFileSystem } from '../../support/faulty-file-system.ts'
import { MemoryFileSystem, systemError } from '../../support/memory-file-system.ts'
import { scratchDirectory } from '../../support/scratch.ts'
import { SimulatedDisk } from '../../support/simulated-disk/simulated-disk.ts'

const bytes = (text: string): Uint8Array => Buffer.from(text)

describe.each<[string, () => Promise<{ fs: FileSystem; dir: string }>]>([
  ['the file system of the machine', async () => ({ fs: nodeFileSystem, dir: await scratchDirectory() })],
  [
    'the file system in memory',
    async () => {
      const fs = new MemoryFileSystem()
      await fs.makeDirectory('/scratch')
      return { fs, dir: '/scratch' }
    },
  ],
  [
    'the simulated disk',
    async () => {
      const fs = new SimulatedDisk()
      await fs.makeDirectory('/scratch')
      return { fs, dir: '/scratch' }
    },
  ],
])('%s', (_, make) => {
  let fs: FileSystem
  let dir: string
  let path: string
  beforeEach(async () => {
    ;({ fs, dir } = await make())
    path = join(dir, 'file')
  })

  const use = async <T>(mode: 'read' | 'append' | 'create', act: (file: File) => T | Promise<T>): Promise<T> => {
    const file = await fs.open(path, mode)
    try {
      return await act(file)
    } finally {
      await file.close()
    }
  }
  const write = (text: string): Promise<number> => use('append', (file) => file.appendSync(bytes(text)))
  const text = async (): Promise<string> => Buffer.from(await fs.readFile(path)).toString()

  it('opens a file for reading only if it is there', async () => {
    await expect(fs.open(path, 'read')).rejects.toMatchObject({ code: 'ENOENT' })
  })

  it('creates a file only if it is not there', async () => {
    await use('create', (file) => file.appendSync(bytes('a')))
    await expect(fs.open(path, 'create')).rejects.toMatchObject({ code: 'EEXIST' })
    expect(await text()).toBe('a')
  })

  it('makes no file in a directory that is not there', async () => {
    path = join(dir, 'nowhere', 'file')
    await expect(fs.open(path, 'append')).rejects.toMatchObject({ code: 'ENOENT' })
  })

  it('writes at the end, whatever was read or cut off before', async () => {
    await write('hello')
    await use('append', async (file) => {
      expect(await file.read(new Uint8Array(2), 0)).toBe(2)
      expect(file.appendSync(bytes(' world'))).toBe(6)
      await file.truncate(7)
      expect(await file.append(bytes('!'))).toBe(1)
      await file.datasync()
      expect(await file.size()).toBe(8)
    })
    expect(await text()).toBe('hello w!')
  })

  it('reads at any place, as much as there is', async () => {
    await write('0123456789')
    await use('read', async (file) => {
      const buffer = Buffer.alloc(4)
      expect(await file.read(buffer, 3)).toBe(4)
      expect(buffer.toString()).toBe('3456')
      expect(await file.read(buffer, 8)).toBe(2)
      expect(await file.read(buffer, 10)).toBe(0)
    })
  })

  it('lists what is in a directory, sorted by code unit', async () => {
    for (const name of ['b', 'B', 'a', 'é', '10', '9']) {
      path = join(dir, name)
      await write('')
    }
    await fs.makeDirectory(join(dir, 'c'))
    expect(await fs.list(dir)).toEqual([
      ...['10', '9', 'B', 'a', 'b'].map((name) => ({ name, kind: 'file' })),
      { name: 'c', kind: 'directory' },
      { name: 'é', kind: 'file' },
    ])
    expect(await fs.list(join(dir, 'nowhere'))).toEqual([])
  })

  it('makes directories and tells the topmost one it made', async () => {
    const deep = join(dir, 'a', 'b', 'c')
    expect(await fs.makeDirectory(deep)).toBe(join(dir, 'a'))
    expect(await fs.makeDirectory(deep)).toBeUndefined()
    await fs.syncDirectory(deep)
  })

  it('refuses to sync a directory that is not there', async () => {
    await expect(fs.syncDirectory(join(dir, 'nowhere'))).rejects.toMatchObject({ code: 'ENOENT' })
  })

  it('renames over what is there', async () => {
    await write('new')
    const from = path
    path = join(dir, 'other')
    await write('old')
    await fs.rename(from, path)
    expect(await text()).toBe('new')
    expect(await fs.list(dir)).toEqual([{ name: 'other', kind: 'file' }])
    await expect(fs.rename(from, path)).rejects.toMatchObject({ code: 'ENOENT' })
  })

  it('removes files and trees, also those that are not there', async () => {
    await write('x')
    await fs.remove(path)
    await fs.remove(path)
    path = join(dir, 'tree', 'deep', 'file')
    await fs.makeDirectory(dirname(path))
    await write('x')
    await fs.removeTree(join(dir, 'tree'))
    await fs.removeTree(join(dir, 'tree'))
    expect(await fs.list(dir)).toEqual([])
  })
})

it('the file system of the machine tells what is neither file nor directory', async () => {
  const dir = await scratchDirectory()
  await mkdir(join(dir, 'target'))
  await symlink('target', join(dir, 'link'))
  expect(await nodeFileSystem.list(dir)).toContainEqual({ name: 'link', kind: 'other' })
})

describe('a directory that is made to last', () => {
  it('is synced in the one above it, and so is every one that was made on the way', async () => {
    const disk = new MemoryFileSystem()
    await disk.makeDirectory('/data')
    const fs = new FaultyFileSystem(disk)
    await makeDurableDirectory(fs, '/data/a/b/c')
    const synced = fs.operations.filter(({ name }) => name === 'syncDirectory').map(({ path }) => path)
    expect(synced).toEqual(['/data/a/b', '/data/a', '/data'])
  })

  it('costs nothing when it is there', async () => {
    const disk = new MemoryFileSystem()
    await disk.makeDirectory('/data')
    const fs = new FaultyFileSystem(disk)
    await makeDurableDirectory(fs, '/data')
    expect(fs.summary()).toEqual(['makeDirectory data'])
  })
})

describe('the code of a system error', () => {
  it.each<[unknown, string | undefined]>([
    [systemError('ENOSPC', '/x'), 'ENOSPC'],
    [Object.assign(new Error('x'), { code: 'ERR_INVALID_ARG_TYPE' }), undefined],
    [Object.assign(new Error('x'), { code: 5 }), undefined],
    [new Error('ENOSPC'), undefined],
    [{ code: 'ENOSPC' }, undefined],
    [undefined, undefined],
  ])('of %o is %s', (error, code) => {
    expect(systemErrorCode(error)).toBe(code)
  })
})
