import { describe, expect, it } from 'vitest'
import { type Position, type ProjectId, start } from '../../../events/index.ts'
import { type Batch, batchBytes, batchRecords, SharedBatches } from '../../../src/ws/feed/batch.ts'
import { createFeed, type Feed } from '../../../src/ws/feed/feed.ts'
import { type Manner, mannerOf } from '../../../src/ws/feed/manner.ts'
import { openStore, type StoreFixture } from '../../support/store-fixture.ts'
import { messagesIn } from '../../support/wire-messages.ts'

const manners = [mannerOf('records'), mannerOf('entities')]

/** What is read of the past of a project from a position on, in batches. */
const readPast = async (feed: Feed, projectId: ProjectId, manner: Manner): Promise<Batch[]> => {
  const place = { projectId, position: start, told: () => place.position.offset }
  const batches: Batch[] = []
  for await (const batch of feed.past(place, manner)) {
    batches.push(batch)
    place.position = batch.next
  }
  return batches
}

const givenProject = async (tasks: number, size = 1): Promise<{ fixture: StoreFixture; id: ProjectId }> => {
  const fixture = await openStore()
  const id = await fixture.givenProject()
  for (let i = 0; i < tasks; i += 1) await fixture.givenTask(id, 'x'.repeat(size))
  return { fixture, id }
}

/** A feed of a store that has not taken in all that the log has. */
const feedBehindLog = ({ store }: StoreFixture, head: Position): Feed =>
  createFeed({
    positionOf: () => head,
    recent: store.recent,
    history: store.history,
    read: (id, from, limit) => store.read(id, from, limit),
    logs: () => store.logs(),
    statusOf: (id) => store.statusOf(id),
  })

describe.each(manners)('batches in the view $view', (manner) => {
  it('go on where the one before ended, are about as long as batches are, and end at the head', async () => {
    const { fixture, id } = await givenProject(100, 5_000)
    const batches = await readPast(createFeed(fixture.store), id, manner)
    expect(batches.length).toBeGreaterThan(3)
    for (const { bytes } of batches) expect(bytes).toBeLessThan(batchBytes + 7_000)
    expect(batches.at(-1)?.next).toEqual(fixture.store.positionOf(id))
    const offsets = batches
      .flatMap(({ chunks }) => chunks.flatMap(messagesIn))
      .flatMap(({ lines, offset }) => lines?.map((line) => JSON.parse(line).offset) ?? [offset])
    expect(offsets).toEqual(Array.from({ length: 101 }, (_, i) => i))
  })

  it('end after so many records that a filter does not let through', async () => {
    const { fixture, id } = await givenProject(batchRecords * 2)
    const none = mannerOf(manner.view, ['session:*'])
    const batches = await readPast(createFeed(fixture.store), id, none)
    expect(batches.map(({ next, chunks }) => [next.offset, chunks])).toEqual([
      [batchRecords, []],
      [batchRecords * 2, []],
      [batchRecords * 2 + 1, []],
    ])
  })

  it('hold nothing that the store has not told of', async () => {
    const { fixture, id } = await givenProject(5)
    const head = fixture.storage.get(id)?.lines[2]?.next ?? start
    const [batch] = await readPast(feedBehindLog(fixture, head), id, manner)
    expect(batch?.next).toEqual(head)
  })
})

describe('batches from memory', () => {
  const near = (feed: Feed, projectId: ProjectId, manner: Manner) =>
    feed.near({ projectId, position: start, told: () => 0 }, manner)

  it('are shared by all who are shown the same, and by nobody else, and grow with what there is', async () => {
    const fixture = await openStore()
    fixture.store.recent.follow()
    const feed = createFeed(fixture.store)
    const id = await fixture.givenProject()
    const others = [...manners, ...manners.map(({ view }) => mannerOf(view, ['project:*', 'task:*']))]
    const batches = others.map((manner) => near(feed, id, manner))
    expect(new Set(batches).size).toBe(others.length)
    expect(near(feed, id, mannerOf('entities', ['task:*', 'project:*']))).toBe(batches[3])
    expect(near(feed, id, mannerOf('records'))).toBe(batches[0])
    await fixture.givenTask(id)
    expect(near(feed, id, mannerOf('records'))?.next.offset).toBe(2)
  })

  it('are kept within a budget', () => {
    const shared = new SharedBatches()
    const batch = { next: { offset: 1, hash: '' }, chunks: [], bytes: 300_000, isFull: true }
    for (const name of ['a', 'b', 'c', 'd']) shared.add(name, batch)
    expect(['a', 'b', 'c', 'd'].map((name) => shared.get(name, 1) !== undefined)).toEqual([false, true, true, true])
    shared.add('huge', { ...batch, bytes: 10_000_000 })
    expect(['d', 'huge'].map((name) => shared.get(name, 1) !== undefined)).toEqual([false, true])
  })
})
