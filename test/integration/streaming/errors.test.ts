import { describe, expect, it } from 'vitest'
import { cursorOf, type ProjectId } from '../../../events/index.ts'
import type { Log, LogStatus } from '../../../src/log/log.ts'
import { maxSubscriptions } from '../../../src/ws/protocol.ts'
import { MemoryLog, type MemoryLogStorage, prefixOf } from '../../support/memory-log.ts'
import { openStore } from '../../support/store-fixture.ts'
import { startStreamServer } from '../../support/stream-server.ts'

/** A project with so many tasks, in a storage of its own. */
const givenLog = async (
  tasks: number,
  seed = 1,
): Promise<{ id: ProjectId; storage: MemoryLogStorage; cursor: string }> => {
  const fixture = await openStore({ seed })
  const id = await fixture.givenProject()
  for (let i = 0; i < tasks; i += 1) await fixture.givenTask(id)
  return { id, storage: fixture.storage, cursor: cursorOf(fixture.store.positionOf(id)) }
}

/** A log that is damaged behind what it has. */
class DamagedLog extends MemoryLog {
  override status(): LogStatus {
    return { kind: 'quarantined', offset: 3, reason: 'hash does not match' }
  }
}

const healthy = { view: 'records' }

describe('a subscription to a project that is not there', () => {
  it('is answered with PROJECT_NOT_FOUND, and the connection goes on', async () => {
    const server = await startStreamServer()
    const id = await server.fixture.givenProject()
    const client = await server.connect()
    client.say({ type: 'subscribe', projectId: 'proj_none' })
    client.say({ type: 'subscribe', projectId: id, ...healthy })
    expect(await client.upTo('caught_up')).toMatchObject([
      { type: 'error', code: 'PROJECT_NOT_FOUND', projectId: 'proj_none', message: expect.any(String) },
      { type: 'subscribed', projectId: id },
      { type: 'records' },
      { type: 'caught_up', cursors: { [id]: expect.any(String) } },
    ])
  })

  it('is told for each that a subscription to all names', async () => {
    const server = await startStreamServer()
    const id = await server.fixture.givenProject()
    const client = await server.connect()
    client.say({ type: 'subscribe', projectId: '*', cursors: { proj_a: 1, [id]: 1, proj_b: 'start' } })
    const frames = await client.upTo('caught_up')
    expect(frames).toMatchObject([
      { type: 'error', code: 'PROJECT_NOT_FOUND', projectId: 'proj_a' },
      { type: 'error', code: 'PROJECT_NOT_FOUND', projectId: 'proj_b' },
      { type: 'subscribed', projectId: id },
      { type: 'caught_up' },
    ])
    expect(Object.keys(Object(frames.at(-1)?.cursors))).toEqual([id])
  })
})

describe('a cursor beyond the head', () => {
  it('is answered with OFFSET_AHEAD, and ends the subscription that there was', async () => {
    const server = await startStreamServer()
    const id = await server.fixture.givenProject()
    const client = await server.connect()
    client.say({ type: 'subscribe', projectId: id, from: 'now' })
    client.say({ type: 'subscribe', projectId: id, from: 2 })
    await client.upTo('error')
    await server.fixture.givenTask(id)
    const frames = await client.soFar()
    expect(frames.at(-1)).toMatchObject({ type: 'error', code: 'OFFSET_AHEAD', projectId: id })
  })

  it('tells that a log was restored from an older copy', async () => {
    const { id, storage, cursor } = await givenLog(5)
    const server = await startStreamServer({ storage: prefixOf(storage, id, 3) })
    const client = await server.connect()
    client.say({ type: 'subscribe', projectId: '*', cursors: { [id]: cursor } })
    expect(await client.upTo('caught_up')).toMatchObject([
      { type: 'error', code: 'OFFSET_AHEAD', projectId: id, message: expect.stringContaining('ends before offset 3') },
      { type: 'caught_up', cursors: {} },
    ])
  })
})

describe('a cursor of another history', () => {
  it('is answered with HISTORY_DIVERGED where the log was restored and has grown past it, if it has a hash', async () => {
    const { id, storage, cursor } = await givenLog(5)
    const server = await startStreamServer({ storage: prefixOf(storage, id, 3), seed: 7 })
    for (let i = 0; i < 6; i += 1) await server.fixture.givenTask(id)
    const client = await server.connect()
    client.say({ type: 'subscribe', projectId: id, from: cursor })
    expect(await client.soFar()).toMatchObject([{ type: 'error', code: 'HISTORY_DIVERGED', projectId: id }])
    client.say({ type: 'subscribe', projectId: id, from: 6 })
    expect((await client.upTo('subscribed')).at(-1)).toMatchObject({ projectId: id, head: 9 })
  })
})

describe('a damaged log', () => {
  it.each(['records', 'entities'])('is sent up to the damage, then comes PROJECT_QUARANTINED: %s', async (view) => {
    const { id, storage } = await givenLog(2)
    const server = await startStreamServer({ log: new DamagedLog(storage) })
    const client = await server.connect()
    client.say({ type: 'subscribe', projectId: id, from: 1, view })
    const frames = await client.upTo('error')
    expect(frames[0]).toMatchObject({ type: 'subscribed', head: 3 })
    const offsets = frames.flatMap(({ offset, lines }) => lines?.map((line) => JSON.parse(line).offset) ?? offset ?? [])
    expect(offsets).toEqual([1, 2])
    expect(frames.at(-1)).toMatchObject({
      code: 'PROJECT_QUARANTINED',
      projectId: id,
      message: expect.stringContaining('from offset 3 on: hash does not match'),
    })
    expect(await client.soFar()).toHaveLength(frames.length)
  })

  it('is told to those at its end at once, and does not keep the others from being followed', async () => {
    const { id, storage } = await givenLog(2)
    const { id: other, storage: good } = await givenLog(1, 2)
    const healthy = good.get(other)
    if (healthy !== undefined) storage.set(other, healthy)
    const log: Log = new MemoryLog(storage)
    const damaged = new DamagedLog(storage)
    log.status = (projectId) => (projectId === id ? damaged.status() : { kind: 'open' })
    const server = await startStreamServer({ log })
    const client = await server.connect('/?projectId=*&from=now')
    const frames = await client.upTo('caught_up')
    expect(frames.filter(({ type }) => type === 'error')).toMatchObject([
      { code: 'PROJECT_QUARANTINED', projectId: id },
    ])
    expect(Object.keys(Object(frames.at(-1)?.cursors))).toEqual([other])
  })
})

describe('more than a connection may have', () => {
  it('is answered with LIMIT: projects followed one by one', async () => {
    const server = await startStreamServer()
    const ids: ProjectId[] = []
    for (let i = 0; i <= maxSubscriptions; i += 1) ids.push(await server.fixture.givenProject())
    const client = await server.connect()
    for (const projectId of ids) client.say({ type: 'subscribe', projectId, from: 'now' })
    client.say({ type: 'subscribe', projectId: ids[0], from: 'now' })
    const frames = await client.soFar()
    const errors = frames.filter(({ type }) => type === 'error')
    expect(errors).toMatchObject([{ code: 'LIMIT', projectId: ids.at(-1), message: expect.stringContaining('"*"') }])
    expect(frames.filter(({ type }) => type === 'subscribed')).toHaveLength(maxSubscriptions + 1)
    client.say({ type: 'subscribe', projectId: '*', else: 'now' })
    await client.until((frame) => frame.type === 'subscribed' && frame.projectId === ids.at(-1))
  })

  it('is answered with LIMIT: cursors in a message', async () => {
    const server = await startStreamServer()
    const client = await server.connect()
    const names = Array.from({ length: maxSubscriptions + 1 }, (_, i) => [`p${i}`, 0])
    client.say({ type: 'subscribe', projectId: '*', cursors: Object.fromEntries(names) })
    expect(await client.soFar()).toMatchObject([{ type: 'error', code: 'LIMIT' }])
  })
})

describe('a message that is wrong', () => {
  it('is answered with BAD_MESSAGE, changes nothing, and the tenth ends the connection with 4400', async () => {
    const server = await startStreamServer()
    const id = await server.fixture.givenProject()
    const client = await server.connect()
    client.say({ type: 'subscribe', projectId: id, from: 'now' })
    client.say({ type: 'subscribe', projectId: id, from: -1 })
    await client.soFar()
    await server.fixture.givenTask(id)
    const frames = await client.soFar()
    expect(frames.filter(({ type }) => type === 'error')).toMatchObject([
      { code: 'BAD_MESSAGE', message: expect.stringContaining('from') },
    ])
    expect(frames.at(-1)).toMatchObject({ type: 'task:created' })
    for (let i = 0; i < 9; i += 1) client.say({ type: 'unsubscribe' })
    expect(await client.closed).toEqual({ code: 4400, reason: 'bad message' })
  })

  it('in the URL of an upgrade is answered with 400 and the names of the parameters', async () => {
    const server = await startStreamServer()
    await expect(server.connect('/?projectId=p&from=-1')).rejects.toThrow('400')
  })
})
