import { beforeEach, describe, expect, it } from 'vitest'
import { allowing, cursorOf, type Position, type ProjectId, type TypeFilter } from '../../../events/index.ts'
import { eventsOf, heartbeatEvery } from '../../../src/http/sse.ts'
import { ManualPauses } from '../../support/manual-pauses.ts'
import { openStore, type StoreFixture } from '../../support/store-fixture.ts'

let fixture: StoreFixture
let id: ProjectId
let pauses: ManualPauses
let now: number
let leaving: AbortController
beforeEach(async () => {
  fixture = await openStore()
  id = await fixture.givenProject()
  pauses = new ManualPauses()
  now = 0
  leaving = new AbortController()
})

const stream = (from: Position, types?: readonly TypeFilter[]): AsyncGenerator<Buffer> =>
  eventsOf({
    store: fixture.store,
    pause: pauses.pause,
    stopwatch: () => now,
    projectId: id,
    from,
    selection: { allows: allowing(types), entity: undefined },
    signal: leaving.signal,
  })

const next = async (events: AsyncGenerator<Buffer>): Promise<string | undefined> => {
  const { value } = await events.next()
  return value instanceof Buffer ? value.toString() : undefined
}

describe('a stream of events to which nothing happens', () => {
  it('has a heartbeat every 15 s, which is no event and moves the cursor past what was filtered', async () => {
    const events = stream(fixture.store.positionOf(id), ['project:*'])
    expect(await next(events)).toBe('retry: 1000\n\n')
    for (let beat = 1; beat <= 3; beat += 1) {
      const beaten = next(events)
      const pause = await pauses.begun.next()
      expect(pause.ms).toBe(heartbeatEvery)
      now += heartbeatEvery
      pause.end()
      expect(await beaten).toBe(`: heartbeat\nid: ${cursorOf(fixture.store.positionOf(id))}\n\n`)
      await fixture.givenTask(id)
    }
  })

  it('keeps to its heartbeat when things happen that are filtered', async () => {
    const events = stream(fixture.store.positionOf(id), ['project:*'])
    await next(events)
    const beaten = next(events)
    expect((await pauses.begun.next()).ms).toBe(heartbeatEvery)
    now += 9_000
    await fixture.givenTask(id)
    const second = await pauses.begun.next()
    expect(second.ms).toBe(heartbeatEvery - 9_000)
    now += heartbeatEvery
    second.end()
    expect(await beaten).toContain('heartbeat')
  })

  it('ends when its client leaves, and keeps nothing in memory any more', async () => {
    const events = stream(fixture.store.positionOf(id))
    await next(events)
    const over = next(events)
    await pauses.begun.next()
    leaving.abort()
    expect(await over).toBeUndefined()
    await fixture.givenTask(id)
    expect(fixture.store.recent.at(id, 1)).toBeUndefined()
  })
})

describe('a stream of events', () => {
  it('is served from memory once it is at the head', async () => {
    const events = stream(fixture.store.positionOf(id))
    await next(events)
    const coming = next(events)
    await pauses.begun.next()
    await fixture.givenTask(id)
    expect(fixture.store.recent.at(id, 1)).toBeDefined()
    expect(await coming).toMatch(/^id: 2:[0-9a-f]{64}\nevent: task:created\ndata: \{"v":1,"offset":1,.*\}\n\n$/)
    await events.return(undefined)
    expect(fixture.store.recent.at(id, 1)).toBeUndefined()
  })
})
