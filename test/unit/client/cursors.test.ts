import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { memoryCursors } from '../../../src/client/cursors/memory.ts'
import type { CursorStorage } from '../../../src/client/cursors/storage.ts'
import { type WebStorage, webStorageCursors } from '../../../src/client/cursors/web-storage.ts'
import { fileCursors } from '../../../src/client/node/file-cursors.ts'
import { scratchDirectory } from '../../support/scratch.ts'
import { projectId } from '../../support/vocabulary.ts'
import { connected, following } from './support/following.ts'
import { historyOf } from './support/history.ts'
import { World } from './support/world.ts'

/** A storage, and everything that was ever saved in it. */
const watched = (kept: Readonly<Record<string, string>> = {}) => {
  const saves: Array<Readonly<Record<string, string>>> = []
  const storage: CursorStorage = {
    load: async () => kept,
    save: async (cursors) => {
      saves.push(cursors)
    },
  }
  return { storage, saves }
}

describe('kept cursors', () => {
  it('are where the next run begins, before those that it is given', async () => {
    const history = historyOf(9)
    const { storage } = watched({ [projectId]: history.cursorAt(4) })
    const { world, stop } = following({ storage, cursors: { [projectId]: 2, proj_two: 3 } })
    const peer = await connected(world)
    expect(peer.said).toMatchObject([{ cursors: { [projectId]: history.cursorAt(4), proj_two: '3' } }])
    stop()
  })

  it('are saved for what was dealt with: an item has been when the next one is asked for', async () => {
    const history = historyOf(5)
    const { storage, saves } = watched()
    const world = new World()
    const items = world.client().follow({ view: 'records', projects: projectId, storage })
    await items.next()
    const next = items.next()
    const peer = await connected(world)
    peer.say(history.subscribed(), history.batch(0, 5))
    await next
    expect(await items.next()).toMatchObject({ value: { offset: 0 } })
    expect(saves).toEqual([])
    expect(await items.next()).toMatchObject({ value: { offset: 1 } })
    expect(saves).toEqual([{ [projectId]: history.cursorAt(1) }])
    // One save a second is enough while there is more to do.
    await items.next()
    expect(saves).toHaveLength(1)
    world.time.pass(1_000)
    await items.next()
    expect(saves).toHaveLength(2)
    expect(saves.at(-1)).toEqual({ [projectId]: history.cursorAt(3) })
    // In the end, that of the last one that was dealt with.
    await items.next()
    await items.return()
    expect(saves.at(-1)).toEqual({ [projectId]: history.cursorAt(4) })
    expect(world.time.pending).toEqual([])
  })

  it('are saved when all there was is dealt with', async () => {
    const history = historyOf(3)
    const { storage, saves } = watched()
    const { world, items, stop } = following({ projects: projectId, storage })
    const peer = await connected(world)
    peer.say(history.subscribed(), history.batch(0, 3), history.caughtUp())
    await items.until('caught_up')
    stop()
    await items.ended
    expect(saves.at(-1)).toEqual({ [projectId]: history.cursorAt(3) })
  })

  it('begin anew where the log does', async () => {
    const history = historyOf(1)
    const { storage, saves } = watched({ [projectId]: history.cursorAt(1) })
    const { world, items, stop } = following({ projects: projectId, storage, recover: true })
    const peer = await connected(world)
    peer.say({ type: 'error', code: 'OFFSET_AHEAD', message: '', projectId })
    await items.until('reset')
    stop()
    await items.ended
    expect(saves.at(-1)).toEqual({ [projectId]: 'start' })
  })

  it('are saved before a reset is dealt with, so that a run that ends there leads to another reset', async () => {
    const history = historyOf(3)
    const { storage, saves } = watched()
    const world = new World()
    const items = world.client().follow({ view: 'records', projects: projectId, storage, recover: true })
    await items.next()
    const next = items.next()
    const peer = await connected(world)
    peer.say(history.subscribed(), history.batch(0, 3))
    await next
    for (let offset = 0; offset < 3; offset += 1) await items.next()
    peer.say({ type: 'error', code: 'HISTORY_DIVERGED', message: '', projectId })
    expect(await items.next()).toMatchObject({ value: { kind: 'reset' } })
    expect(saves.at(-1)).toEqual({ [projectId]: history.cursorAt(3) })
    await items.return()
  })

  it('that cannot be saved end it', async () => {
    const history = historyOf(2)
    const broken = new Error('disk full')
    const { world, items } = following({
      ...{ projects: projectId, storage: { load: async () => ({}), save: () => Promise.reject(broken) } },
    })
    const peer = await connected(world)
    peer.say(history.subscribed(), history.batch(0, 2))
    expect(await items.ended).toBe(broken)
  })

  it('that cannot be read end it before it begins', async () => {
    const broken = new Error('no access')
    const { items } = following({ storage: { load: () => Promise.reject(broken), save: async () => {} } })
    expect(await items.ended).toBe(broken)
  })
})

describe('a storage of cursors', () => {
  const webStorage = (): WebStorage => {
    const items = new Map<string, string>()
    return { getItem: (key) => items.get(key) ?? null, setItem: (key, value) => items.set(key, value) }
  }

  it.each<[string, () => Promise<() => CursorStorage>]>([
    [
      'in memory',
      async () => {
        const storage = memoryCursors()
        return () => storage
      },
    ],
    [
      'of a browser',
      async () => {
        const items = webStorage()
        return () => webStorageCursors(items, 'cursors')
      },
    ],
    [
      'in a file',
      async () => {
        const path = join(await scratchDirectory(), 'cursors.json')
        return () => fileCursors(path)
      },
    ],
  ])('%s is empty at first, and then has what was saved last', async (_, create) => {
    const open = await create()
    expect(await open().load()).toEqual({})
    await open().save({ [projectId]: '1:a', proj_two: 'start' })
    await open().save({ [projectId]: '2:b' })
    expect(await open().load()).toEqual({ [projectId]: '2:b' })
  })

  it('that holds something else is not begun anew unasked', async () => {
    const path = join(await scratchDirectory(), 'cursors.json')
    for (const text of ['', '{', '[]', '{"proj_p":1}']) {
      await writeFile(path, text)
      await expect(fileCursors(path).load()).rejects.toMatchObject({
        code: 'VALIDATION_ERROR',
        message: expect.stringContaining(path),
      })
      expect(await readFile(path, 'utf8')).toBe(text)
    }
    const items = webStorage()
    items.setItem('cursors', 'null')
    await expect(webStorageCursors(items, 'cursors').load()).rejects.toMatchObject({ code: 'VALIDATION_ERROR' })
  })

  it('in a directory that is not there rejects', async () => {
    const path = join(await scratchDirectory(), 'missing', 'cursors.json')
    expect(await fileCursors(path).load()).toEqual({})
    await expect(fileCursors(path).save({})).rejects.toMatchObject({ code: 'ENOENT' })
  })
})
