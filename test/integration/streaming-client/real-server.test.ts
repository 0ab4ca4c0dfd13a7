import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { browserEnvironment } from '../../../src/client/browser.ts'
import { clientIn } from '../../../src/client/client.ts'
import { type Client, createClient, type MirrorEvent, memoryCursors, unwrap } from '../../../src/client/node/index.ts'
import { connectWith } from '../../../src/client/socket.ts'
import { scratchDirectory } from '../../support/scratch.ts'
import { type ServerProcess, startServerProcess } from '../../support/server-process.ts'

/** A server that a test may stop, and start again on the same data. */
const startSite = async (env: Readonly<Record<string, string>> = {}) => {
  const dataDir = await scratchDirectory()
  let server: ServerProcess = await startServerProcess({ dataDir, env })
  onTestFinished(async () => void (await server.kill()))
  return {
    dataDir,
    url: () => server.url,
    stop: () => server.stop(),
    start: async () => {
      server = await startServerProcess({ dataDir, env })
    },
  }
}

const createTasks = async (client: Client, projectId: string, count: number): Promise<void> => {
  for (let n = 0; n < count; n += 1) unwrap(await client.createTask({ projectId, title: `Task ${n}` }))
}

/** The offsets of all records of a project that there are now. */
const offsetsNow = async (client: Client, projects: string, options: object = {}): Promise<number[]> => {
  const offsets: number[] = []
  for await (const item of client.follow({ projects, view: 'records', ...options })) {
    if (item.kind === 'record') offsets.push(item.offset)
    if (item.kind === 'caught_up') break
  }
  return offsets
}

describe('a mirror', () => {
  it('of a server that has no project yet is live, and follows the first one', async () => {
    const site = await startSite()
    const client = createClient({ url: site.url })
    const mirror = client.mirror()
    await mirror.live()
    expect(mirror.projectIds).toEqual([])
    const { id } = unwrap(await client.createProject({ name: 'First' }))
    await mirror.reached(id, 0)
    expect(mirror.projectIds).toEqual([id])
    await mirror.close()
  })
})

describe('a server with a token', () => {
  it('is used with it, in a header or in the URL, and not without it', async () => {
    const site = await startSite({ MAESTRO_TOKEN: 'secret&sure' })
    const token = 'secret&sure'
    const node = createClient({ url: site.url, token })
    const browser = clientIn({ ...browserEnvironment(), connect: connectWith(WebSocket) }, { url: site.url, token })
    const { id } = unwrap(await node.createProject({ name: 'P' }))
    expect(await offsetsNow(node, id)).toEqual([0])
    expect(await offsetsNow(browser, id)).toEqual([0])

    for (const stranger of [createClient({ url: site.url }), createClient({ url: site.url, token: 'guess' })]) {
      expect(await stranger.listProjects()).toMatchObject({ ok: false, error: { code: 'UNAUTHORIZED', status: 401 } })
      await expect(offsetsNow(stranger, id)).rejects.toMatchObject({ code: 'UNAUTHORIZED', status: 401 })
    }
  })
})

describe('a log that was restored from an older copy', () => {
  /** A project with twenty records, of which the first ten were kept and come back. */
  const restored = async () => {
    const site = await startSite()
    const client = createClient({ url: site.url })
    const { id } = unwrap(await client.createProject({ name: 'P' }))
    await createTasks(client, id, 9)
    await site.stop()
    const [log, copy] = [join(site.dataDir, 'log'), await scratchDirectory()]
    await cp(log, copy, { recursive: true })
    await site.start()
    await createTasks(client, id, 10)
    const storage = memoryCursors()
    expect(await offsetsNow(client, id, { storage })).toHaveLength(20)
    const mirror = client.mirror()
    const events: MirrorEvent[] = []
    mirror.subscribe((event) => events.push(event))
    onTestFinished(() => mirror.close())
    await mirror.live()
    await site.stop()
    await rm(log, { recursive: true })
    await cp(copy, log, { recursive: true })
    return { site, client, id, storage, mirror, events }
  }

  it('is noticed while it is shorter', async () => {
    const { site, client, id, storage, mirror, events } = await restored()
    await site.start()
    await expect(offsetsNow(client, id, { storage })).rejects.toMatchObject({ code: 'OFFSET_AHEAD', projectId: id })
    await mirror.live()
    expect(mirror.positionOf(id)?.offset).toBe(10)
    expect(events).toContainEqual(
      expect.objectContaining({
        kind: 'reset',
        projectId: id,
        error: expect.objectContaining({ code: 'OFFSET_AHEAD' }),
      }),
    )
  })

  it('is noticed when it has grown again', async () => {
    const { site, client, id, storage, mirror, events } = await restored()
    const other = createClient({ url: site.url })
    // The mirror has not come back yet when the log is longer than it was.
    const back = mirror.live()
    await site.start()
    await createTasks(other, id, 15)
    await expect(offsetsNow(client, id, { storage })).rejects.toMatchObject({ code: 'HISTORY_DIVERGED', projectId: id })
    expect(await offsetsNow(client, id, { storage, recover: true })).toHaveLength(25)
    await back
    await mirror.reached(id, 24)
    expect(events.some(({ kind }) => kind === 'reset')).toBe(true)
  })
})

describe('a log that is damaged', () => {
  it('is followed up to the damage, and no further', async () => {
    const site = await startSite()
    const client = createClient({ url: site.url })
    const { id } = unwrap(await client.createProject({ name: 'P' }))
    await createTasks(client, id, 20)
    await site.stop()
    const dir = join(site.dataDir, 'log', id)
    for (const name of await readdir(dir)) if (name.startsWith('snapshot')) await rm(join(dir, name))
    const segment = join(dir, '00000000000000000000.jsonl')
    await writeFile(segment, (await readFile(segment, 'utf8')).replace('Task 7', 'Task X'))
    await site.start()

    const seen: number[] = []
    const follow = async (): Promise<void> => {
      for await (const item of client.follow({ projects: id, view: 'records' })) {
        if (item.kind === 'record') seen.push(item.offset)
      }
    }
    await expect(follow()).rejects.toMatchObject({ code: 'PROJECT_QUARANTINED', projectId: id })
    expect(seen).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
    expect(await client.createTask({ projectId: id, title: 'T' })).toMatchObject({
      ...{ ok: false, error: { code: 'PROJECT_QUARANTINED', status: 503 } },
    })
  })
})

describe('a consumer that stops', () => {
  it('holds up nothing but itself, and gets everything when it goes on', async () => {
    const site = await startSite()
    const client = createClient({ url: site.url })
    const { id } = unwrap(await client.createProject({ name: 'P' }))
    const items = client.follow({ projects: id, view: 'records', else: 'start' })
    const next = async (): Promise<number | undefined> => {
      for (;;) {
        const { value, done } = await items.next()
        if (done === true) return undefined
        if (value.kind === 'record') return value.offset
      }
    }
    expect(await next()).toBe(0)
    // More than fits into the client, the network and the server's bound together.
    const description = 'x'.repeat(900_000)
    for (let n = 0; n < 12; n += 1)
      unwrap(await client.createTask.minimal({ projectId: id, title: 'Long', description }))
    const { clients } = unwrap(await client.getWebSocketStatus())
    expect(clients).toMatchObject([{ follows: [{ projectId: id, view: 'records' }] }])
    for (let offset = 1; offset <= 12; offset += 1) expect(await next()).toBe(offset)
    await items.return()
  })
})
