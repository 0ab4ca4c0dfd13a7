import { describe, expect, it } from 'vitest'
import { cursorOf, type ProjectId, start } from '../../../events/index.ts'
import { CarefulClient } from '../../support/careful-client.ts'
import { createSession, deleteProject, updateProject } from '../../support/commands.ts'
import type { Frame } from '../../support/listener.ts'
import { readText } from '../../support/logs.ts'
import type { StoreFixture } from '../../support/store-fixture.ts'
import { type StreamServer, startStreamServer } from '../../support/stream-server.ts'

/** A project of so many records. */
const givenRecords = async ({ fixture }: StreamServer, records: number): Promise<ProjectId> => {
  const id = await fixture.givenProject()
  for (let i = 1; i < records; i += 1) await fixture.givenTask(id)
  return id
}

const cursorsOf = ({ store }: StoreFixture, ...ids: readonly ProjectId[]) =>
  Object.fromEntries(ids.map((id) => [id, cursorOf(store.positionOf(id))]))

const typesOf = (frames: readonly Frame[]) => frames.map(({ type }) => type)

/** The projects and offsets that frames are of. */
const placesOf = (frames: readonly Frame[]) =>
  frames.filter(({ offset }) => offset !== undefined).map(({ projectId, offset }) => [projectId, offset])

describe('a subscription', () => {
  it('is accepted, brings all from its cursor on, says when it has caught up, and then what happens', async () => {
    const server = await startStreamServer()
    const id = await givenRecords(server, 3)
    const client = await server.connect()
    client.say({ type: 'subscribe', projectId: id, from: 1 })
    await client.upTo('caught_up')
    await server.fixture.givenTask(id)
    const frames = await client.received(5)
    const { hash } = server.fixture.storage.get(id)?.lines[0]?.next ?? start
    expect(frames).toMatchObject([
      { type: 'subscribed', projectId: id, from: `1:${hash}`, head: 3 },
      { type: 'task:created', projectId: id, offset: 1 },
      { type: 'task:created', projectId: id, offset: 2 },
      { type: 'caught_up', cursors: { [id]: expect.stringMatching(/^3:[0-9a-f]{64}$/) } },
      { type: 'task:created', projectId: id, offset: 3 },
    ])
  })

  it.each(['start', 0, '0', 2, '2', 3, 'now', 'long'])('takes every form of a cursor: %s', async (form) => {
    const server = await startStreamServer()
    const id = await givenRecords(server, 3)
    const second = server.fixture.storage.get(id)?.lines[1]?.next ?? start
    const from = form === 'long' ? cursorOf(second) : form
    const client = await server.connect()
    client.say({ type: 'subscribe', projectId: id, from })
    const frames = await client.upTo('caught_up')
    const first = form === 'start' ? 0 : form === 'now' ? 3 : form === 'long' ? 2 : Number(form)
    expect(frames[0]?.from).toMatch(new RegExp(`^${first}:[0-9a-f]{64}$`))
    expect(placesOf(frames)).toEqual([0, 1, 2].slice(first).map((offset) => [id, offset]))
  })

  it('shows entities as they were, by folding from the start or from a snapshot', async () => {
    const server = await startStreamServer()
    const { fixture } = server
    const id = await givenRecords(server, 2)
    const listener = await server.connect()
    await fixture.send(id, updateProject({ name: 'Then' }))
    await fixture.snapshot(id)
    await fixture.send(id, updateProject({ name: 'Now' }))
    const live = await listener.received(2)
    for (const from of ['start', 2, 3]) {
      const client = await server.connect()
      client.say({ type: 'subscribe', projectId: id, from })
      const frames = (await client.upTo('caught_up')).filter(({ type }) => type === 'project:updated')
      expect(frames).toEqual(live.slice(-frames.length))
      expect(frames).toHaveLength(from === 3 ? 1 : 2)
    }
  })

  it('shows records as the lines that are in the log', async () => {
    const server = await startStreamServer()
    const id = await givenRecords(server, 3)
    const client = await server.connect()
    client.say({ type: 'subscribe', projectId: id, view: 'records' })
    await client.upTo('caught_up')
    await server.fixture.givenTask(id)
    const frames = (await client.upTo('records', 2)).filter(({ type }) => type === 'records')
    expect(frames).toMatchObject([
      { projectId: id, from: 0, next: 3 },
      { projectId: id, from: 3, next: 4 },
    ])
    const lines = frames.flatMap((frame) => frame.lines ?? [])
    expect(`${lines.join('\n')}\n`).toBe(await readText(server.fixture.log, 0, undefined, id))
  })

  it('brings together what happens together', async () => {
    const server = await startStreamServer()
    const id = await givenRecords(server, 1)
    const client = await server.connect(`/?projectId=${id}&from=now&view=records`)
    await client.upTo('caught_up')
    await Promise.all(Array.from({ length: 100 }, () => server.fixture.givenTask(id)))
    const frames = await client.until(({ next }) => next === 101)
    expect(frames.length - 2).toBeLessThan(10)
    const careful = new CarefulClient()
    for (const frame of frames) careful.take(frame)
  })

  it('of a deleted project brings what it was', async () => {
    const server = await startStreamServer()
    const id = await givenRecords(server, 1)
    await server.fixture.send(id, deleteProject())
    const client = await server.connect()
    client.say({ type: 'subscribe', projectId: id })
    const frames = await client.upTo('caught_up')
    expect(typesOf(frames)).toEqual(['subscribed', 'project:created', 'project:deleted', 'caught_up'])
  })

  it('may stand in the URL', async () => {
    const server = await startStreamServer()
    const id = await givenRecords(server, 3)
    const one = await server.connect(`/any?projectId=${id}&from=2&view=records&types=task:*&more=yes`)
    expect(await one.upTo('caught_up')).toMatchObject([
      { type: 'subscribed', head: 3 },
      { type: 'records', from: 2, next: 3 },
      { type: 'caught_up' },
    ])
    const all = await server.connect('/?projectId=*&from=now')
    expect(typesOf(await all.upTo('caught_up'))).toEqual(['subscribed', 'caught_up'])
  })
})

describe('subscriptions', () => {
  it('add up, and one vector tells that all have caught up', async () => {
    const server = await startStreamServer()
    const [one, other, third] = [
      await givenRecords(server, 2),
      await givenRecords(server, 2),
      await givenRecords(server, 1),
    ]
    const client = await server.connect()
    client.say({ type: 'subscribe', projectId: one })
    client.say({ type: 'subscribe', projectId: other, from: 'now' })
    const frames = await client.until(({ cursors }) => Object.keys(Object(cursors)).length === 2)
    expect(frames.at(-1)).toEqual({ type: 'caught_up', cursors: cursorsOf(server.fixture, one, other) })
    await server.fixture.givenTask(third)
    await server.fixture.givenTask(other)
    await server.fixture.givenTask(one)
    expect(placesOf(await client.soFar()).slice(2)).toEqual([
      [other, 2],
      [one, 2],
    ])
  })

  it('for a project replace the one before', async () => {
    const server = await startStreamServer()
    const id = await givenRecords(server, 2)
    const client = await server.connect()
    client.say({ type: 'subscribe', projectId: id, from: 'now' })
    client.say({ type: 'subscribe', projectId: id, from: 1, view: 'records' })
    await client.upTo('records')
    await server.fixture.givenTask(id)
    const frames = (await client.soFar()).filter(({ type }) => type !== 'caught_up')
    expect(frames).toMatchObject([
      { type: 'subscribed' },
      { type: 'subscribed' },
      { type: 'records', from: 1, next: 2 },
      { type: 'records', from: 2, next: 3 },
    ])
  })

  it('end when the client says so, and what was said before has been sent by then', async () => {
    const server = await startStreamServer()
    const [one, other] = [await givenRecords(server, 1), await givenRecords(server, 1)]
    const client = await server.connect()
    client.say({ type: 'subscribe', projectId: '*', else: 'now' })
    await client.upTo('caught_up')
    client.say({ type: 'unsubscribe', projectId: one })
    await client.soFar()
    await server.fixture.givenTask(one)
    await server.fixture.givenTask(other)
    expect(placesOf(await client.soFar())).toEqual([[other, 1]])
    client.say({ type: 'unsubscribe', projectId: '*' })
    await client.soFar()
    await server.fixture.givenTask(other)
    await server.fixture.givenProject()
    expect(placesOf(await client.soFar())).toEqual([[other, 1]])
  })

  it('are carried out in the order in which they are said, however long each takes', async () => {
    const server = await startStreamServer()
    const id = await givenRecords(server, 5)
    const client = await server.connect()
    for (const from of [4, 'now', 3, 0, 2]) client.say({ type: 'subscribe', projectId: id, from })
    const frames = await client.soFar()
    const starts = frames.filter(({ type }) => type === 'subscribed').map(({ from }) => String(from).split(':')[0])
    expect(starts.map(Number)).toEqual([4, 5, 3, 0, 2])
    const careful = new CarefulClient()
    for (const frame of await client.upTo('caught_up')) careful.take(frame)
  })
})

describe('a subscription to all projects', () => {
  it('follows each from its cursor, and the others from where `else` says', async () => {
    const server = await startStreamServer()
    const ids = [await givenRecords(server, 3), await givenRecords(server, 3), await givenRecords(server, 3)]
    const [one = '', other = '', third = ''] = ids
    const client = await server.connect()
    client.say({ type: 'subscribe', projectId: '*', cursors: { [one]: 2, [other]: 'start' }, else: 'now' })
    const frames = await client.upTo('caught_up')
    expect(new Set(placesOf(frames).map(String))).toEqual(
      new Set(
        [
          [one, 2],
          [other, 0],
          [other, 1],
          [other, 2],
        ].map(String),
      ),
    )
    expect(frames.at(-1)?.cursors).toEqual(cursorsOf(server.fixture, ...ids))
    expect(frames.filter(({ type }) => type === 'subscribed').map(({ projectId }) => projectId)).toEqual(
      expect.arrayContaining([one, other, third]),
    )
  })

  it.each(['start', 'now', 7])(
    'follows those created later from their first record on, also when else is %s',
    async (from) => {
      const server = await startStreamServer()
      const client = await server.connect()
      client.say({ type: 'subscribe', projectId: '*', else: from, view: 'records' })
      expect(await client.upTo('caught_up')).toEqual([{ type: 'caught_up', cursors: {} }])
      const id = await givenRecords(server, 2)
      const frames = (await client.soFar()).slice(1)
      expect(frames[0]).toMatchObject({ type: 'subscribed', projectId: id, from: cursorOf(start) })
      const careful = new CarefulClient()
      for (const frame of frames) careful.take(frame)
      expect(careful.cursor(id)).toBe(cursorOf(server.fixture.store.positionOf(id)))
    },
  )

  it('leaves those alone that have a subscription of their own, unless it names them', async () => {
    const server = await startStreamServer()
    const [own, named] = [await givenRecords(server, 2), await givenRecords(server, 2)]
    const client = await server.connect()
    client.say({ type: 'subscribe', projectId: own, from: 'now', view: 'records' })
    client.say({ type: 'subscribe', projectId: named, from: 'now', view: 'records' })
    client.say({ type: 'subscribe', projectId: '*', cursors: { [named]: 1 } })
    await client.until((frame) => frame.projectId === named && frame.offset === 1)
    await server.fixture.givenTask(own)
    await server.fixture.givenTask(named)
    const frames = (await client.soFar()).filter(({ type }) => type !== 'caught_up' && type !== 'subscribed')
    expect(frames).toMatchObject([
      { type: 'task:created', projectId: named, offset: 1 },
      { type: 'records', projectId: own, from: 2 },
      { type: 'task:created', projectId: named, offset: 2 },
    ])
  })

  it('takes the place of the one before', async () => {
    const server = await startStreamServer()
    const id = await givenRecords(server, 1)
    const client = await server.connect()
    client.say({ type: 'subscribe', projectId: '*', else: 'now' })
    client.say({ type: 'subscribe', projectId: '*', else: 'now', view: 'records' })
    await client.soFar()
    await server.fixture.givenTask(id)
    const frames = (await client.soFar()).filter(({ type }) => type !== 'caught_up' && type !== 'subscribed')
    expect(frames).toMatchObject([{ type: 'records', from: 1, next: 2 }])
  })
})

describe('a plain listener', () => {
  it('hears nothing but changes, until it subscribes: then only of what it subscribes to', async () => {
    const server = await startStreamServer()
    const [one, other] = [await givenRecords(server, 1), await givenRecords(server, 1)]
    const client = await server.connect()
    await server.fixture.givenTask(one)
    await server.fixture.givenTask(other)
    server.time.pass(60_000)
    expect(typesOf(await client.soFar())).toEqual(['task:created', 'task:created'])
    client.say({ type: 'subscribe', projectId: one, from: 'now' })
    await client.upTo('caught_up')
    await server.fixture.givenTask(other)
    await server.fixture.givenTask(one)
    expect(placesOf(await client.soFar()).slice(2)).toEqual([[one, 2]])
  })
})

describe('an event with several frames', () => {
  it('numbers those that a filter lets through', async () => {
    const server = await startStreamServer()
    const id = await server.fixture.givenProject()
    const tasks = [await server.fixture.givenTask(id), await server.fixture.givenTask(id)]
    const [all, some, one] = [
      await server.connect(`/?projectId=${id}&from=now`),
      await server.connect(`/?projectId=${id}&from=now&types=task:*`),
      await server.connect(`/?projectId=${id}&from=now&types=session:*`),
    ]
    for (const client of [all, some, one]) await client.upTo('caught_up')
    await server.fixture.send(id, createSession({ taskIds: tasks }))
    const parts = async (client: typeof all) =>
      (await client.soFar()).slice(2).map(({ type, part, parts }) => [type, part, parts])
    expect(await parts(all)).toEqual([
      ['session:created', 1, 3],
      ['task:session_added', 2, 3],
      ['task:session_added', 3, 3],
    ])
    expect(await parts(some)).toEqual([
      ['task:session_added', 1, 2],
      ['task:session_added', 2, 2],
    ])
    expect(await parts(one)).toEqual([['session:created', undefined, undefined]])
  })
})
