import { describe, expect, it, vi } from 'vitest'
import type { Fetch } from '../../../src/client/environment.ts'
import { listTasks, type Mirror } from '../../../src/client/index.ts'
import type { MirrorEvent } from '../../../src/client/mirror/status.ts'
import { taskCreated, taskUpdated } from '../../support/events.ts'
import { projectId, task } from '../../support/vocabulary.ts'
import { longestPause } from './support/following.ts'
import { type History, historyOf } from './support/history.ts'
import { type Peer, World } from './support/world.ts'

const mirroring = (projects?: string) => {
  const world = new World()
  const mirror = world.client().mirror({ ...(projects !== undefined && { projects }) })
  const events: MirrorEvent[] = []
  mirror.subscribe((event) => events.push(event))
  return { world, mirror, events }
}

/** A mirror of one project, of which the server answers a state. */
const beginningWithState = (answer: object) => {
  const world = new World()
  const project = { ...historyOf(1).stateAnswer.project, id: projectId }
  const fetch: Fetch = async (url) => ({
    status: 200,
    headers: { get: () => null },
    text: async () => JSON.stringify(url.endsWith('/state') ? answer : [project]),
  })
  return { world, mirror: world.client({ environment: { fetch } }).mirror({ begin: 'state' }) }
}

const connected = async (world: World): Promise<Peer> => (await world.connections.next()).open()

const reconnected = async (world: World): Promise<Peer> => {
  while (world.connections.count === 0) {
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve()
    world.time.pass(longestPause)
  }
  return connected(world)
}

/** Resolves when the mirror tells something that fits. */
const told = (mirror: Mirror, fits: (event: MirrorEvent) => boolean): Promise<void> =>
  new Promise((resolve) => {
    const stop = mirror.subscribe((event) => {
      if (!fits(event)) return
      stop()
      resolve()
    })
  })

describe('a mirror', () => {
  it('shows a project as soon as it has caught up, and is then live', async () => {
    const history = historyOf(5)
    const { world, mirror, events } = mirroring()
    expect(mirror.status).toEqual({ kind: 'catching_up' })
    const peer = await connected(world)
    peer.say(history.subscribed(), history.batch(0, 4))
    expect(mirror.stateOf(projectId)).toBeUndefined()
    expect(mirror.stateHashOf(projectId)).toBeUndefined()
    peer.say(history.batch(4, 5), history.caughtUp())
    await mirror.live()
    expect(events).toEqual([
      { kind: 'shown', projectId },
      { kind: 'status', status: { kind: 'live' } },
    ])
    expect(mirror.projectIds).toEqual([projectId])
    expect(mirror.positionOf(projectId)).toEqual(history.positionAt(5))
    expect(mirror.stateHashOf(projectId)).toBe(history.stateHash)
    const state = mirror.stateOf(projectId)
    expect(state && listTasks(state, {}).map(({ entity }) => entity.id)).toEqual([0, 1, 2, 3].map((n) => task(`${n}`)))
    await mirror.close()
  })

  it('tells what each record changes, and never writes to what it has shown', async () => {
    const history = historyOf(2)
    const { world, mirror, events } = mirroring()
    const peer = await connected(world)
    peer.say(history.subscribed(), history.batch(0, 2), history.caughtUp())
    await mirror.live()
    const before = mirror.stateOf(projectId)?.task.get(task('0'))?.entity
    history.add(taskUpdated(task('0'), { title: 'New' }))
    peer.say(history.batch(2, 3))
    await mirror.reached(projectId, 2)
    expect(before?.title).toBe('Task')
    expect(mirror.stateOf(projectId)?.task.get(task('0'))?.entity.title).toBe('New')
    expect(events.at(-1)).toMatchObject({
      ...{ kind: 'changed', projectId, record: { offset: 2, type: 'task:updated' } },
      changes: [{ kind: 'task', id: task('0'), before: { title: 'Task' }, after: { title: 'New' } }],
    })
    await mirror.close()
  })

  it('is stale without a connection, goes on with the next, and is live again', async () => {
    const history = historyOf(3)
    const { world, mirror, events } = mirroring()
    const first = await connected(world)
    first.say(history.subscribed(), history.batch(0, 3), history.caughtUp())
    await mirror.live()
    history.add(taskCreated(task('new')))
    first.end(1001)
    const second = await reconnected(world)
    expect(mirror.status).toMatchObject({ kind: 'stale', reason: 'closed with 1001' })
    expect(mirror.positionOf(projectId)?.offset).toBe(3)
    expect(second.said).toMatchObject([{ cursors: { [projectId]: history.cursorAt(3) } }])
    second.say(history.subscribed(3))
    await told(mirror, (event) => event.kind === 'status' && event.status.kind === 'catching_up')
    second.say(history.batch(3, 4), history.caughtUp())
    await mirror.live()
    expect(mirror.stateHashOf(projectId)).toBe(history.stateHash)
    expect(
      events.filter(({ kind }) => kind === 'status').map((event) => event.kind === 'status' && event.status.kind),
    ).toEqual([...['live', 'stale', 'catching_up', 'live']])
    await mirror.close()
  })

  it('of a log that was replaced shows the old state until it has caught up with the new one', async () => {
    const [old, restored] = [historyOf(9), historyOf(2)]
    restored.add(taskCreated(task('other')))
    const { world, mirror, events } = mirroring()
    const first = await connected(world)
    first.say(old.subscribed(), old.batch(0, 9), old.caughtUp())
    await mirror.live()
    first.end()
    const second = await reconnected(world)
    second.say({ type: 'error', code: 'OFFSET_AHEAD', message: 'shorter', projectId })
    second.say(restored.subscribed(), restored.batch(0, 2))
    await told(mirror, ({ kind }) => kind === 'reset')
    expect(mirror.stateHashOf(projectId)).toBe(old.stateHash)
    second.say(restored.batch(2, 3), restored.caughtUp())
    await mirror.live()
    expect(mirror.stateHashOf(projectId)).toBe(restored.stateHash)
    expect(mirror.positionOf(projectId)).toEqual(restored.positionAt(3))
    expect(events.map(({ kind }) => kind)).toEqual(['shown', 'status', 'status', 'reset', 'status', 'shown', 'status'])
    await mirror.close()
  })

  it('keeps what was true of a project that is lost, and says why', async () => {
    const history = historyOf(2)
    const { world, mirror, events } = mirroring(projectId)
    const first = await connected(world)
    first.say(history.subscribed(), history.batch(0, 2), history.caughtUp())
    await mirror.live()
    first.say({ type: 'error', code: 'PROJECT_QUARANTINED', message: 'damaged', projectId })
    await told(mirror, ({ kind }) => kind === 'lost')
    expect(mirror.errorOf(projectId)).toMatchObject({ code: 'PROJECT_QUARANTINED', message: 'damaged' })
    expect(events.at(-1)).toMatchObject({ kind: 'lost', projectId })
    expect(mirror.stateHashOf(projectId)).toBe(history.stateHash)
    first.end()
    const second = await reconnected(world)
    second.say(history.subscribed(2), history.caughtUp())
    await mirror.live()
    expect(mirror.errorOf(projectId)).toBeUndefined()
    await mirror.close()
  })

  it('follows projects that are created later', async () => {
    const [one, two] = [historyOf(1), historyOf(2, 'proj_two')]
    const { world, mirror } = mirroring()
    const peer = await connected(world)
    peer.say(one.subscribed(), one.batch(0, 1), one.caughtUp())
    await mirror.live()
    peer.say(two.subscribed(), two.batch(0, 2))
    await mirror.reached('proj_two', 1)
    expect(mirror.stateHashOf('proj_two')).toBe(two.stateHash)
    await mirror.close()
  })

  it('may begin with what the server says is true, and go on from there', async () => {
    const history = historyOf(5)
    const { world, mirror } = beginningWithState(history.stateAnswer)
    const peer = await connected(world)
    expect(mirror.stateHashOf(projectId)).toBe(history.stateHash)
    expect(peer.said).toMatchObject([{ projectId: '*', cursors: { [projectId]: history.cursorAt(5) }, else: 'start' }])
    history.add(taskUpdated(task('0'), { title: 'New' }))
    history.add(taskCreated(task('later')))
    peer.say(history.subscribed(5), history.batch(5, 7), history.caughtUp())
    await mirror.live()
    expect(mirror.stateHashOf(projectId)).toBe(history.stateHash)
    const state = mirror.stateOf(projectId)
    const titles = state && listTasks(state, {}).map(({ entity, version }) => [entity.id, version])
    expect(titles).toEqual([
      [task('0'), 5],
      [task('1'), 4],
      [task('2'), 4],
      [task('3'), 4],
      [task('later'), 6],
    ])
    await mirror.close()
  })

  it.each<[string, (answer: History['stateAnswer']) => object]>([
    ['does not have the hash that it is said to have', (answer) => ({ ...answer, tasks: answer.tasks.slice(1) })],
    ['cannot be had', () => ({ nothing: true })],
  ])('that would begin with a state that %s begins at the start', async (_, change) => {
    const history = historyOf(3)
    const { world, mirror } = beginningWithState(change(history.stateAnswer))
    const peer = await connected(world)
    expect(peer.said).toMatchObject([{ projectId: '*', cursors: {}, else: 'start' }])
    peer.say(history.subscribed(), history.batch(0, 3), history.caughtUp())
    await mirror.live()
    expect(mirror.stateHashOf(projectId)).toBe(history.stateHash)
    await mirror.close()
  })

  it('of nothing is live too', async () => {
    const { world, mirror } = mirroring()
    const peer = await connected(world)
    peer.say({ type: 'caught_up', cursors: {} })
    await mirror.live()
    expect(mirror.projectIds).toEqual([])
    expect(mirror.stateOf('not/an/id')).toBeUndefined()
    await mirror.close()
  })

  it('ends when it is closed, and tells those who wait', async () => {
    const { world, mirror, events } = mirroring()
    const peer = await connected(world)
    const live = mirror.live()
    const reached = mirror.reached(projectId, 7)
    const closed = mirror.close()
    await expect(live).rejects.toMatchObject({ name: 'MaestroError', code: 'ABORTED' })
    await expect(reached).rejects.toMatchObject({ code: 'ABORTED' })
    await expect(mirror.live()).rejects.toMatchObject({ code: 'ABORTED' })
    await closed
    expect(mirror.status).toMatchObject({ kind: 'ended', error: { code: 'ABORTED' } })
    expect(events).toMatchObject([{ kind: 'status', status: { kind: 'ended' } }])
    expect(peer.isLeft).toBe(true)
    expect(world.time.pending).toEqual([])
  })

  it('ends by a signal, and when there is no point in going on', async () => {
    const stopping = new AbortController()
    const world = new World()
    const mirror = world.client().mirror({ signal: stopping.signal })
    await connected(world)
    stopping.abort()
    await mirror.ended
    expect(mirror.status).toMatchObject({ kind: 'ended', error: { code: 'ABORTED' } })

    const refused = mirroring()
    ;(await refused.world.connections.next()).end(1006, '', 401)
    await refused.mirror.ended
    expect(refused.mirror.status).toMatchObject({ kind: 'ended', error: { code: 'UNAUTHORIZED' } })
  })

  it('is not stopped by a listener that throws, whose error comes up elsewhere', async () => {
    const history = historyOf(1)
    const { world, mirror, events } = mirroring()
    const thrown: unknown[] = []
    const queue = vi.spyOn(globalThis, 'queueMicrotask').mockImplementation((run) => {
      try {
        run()
      } catch (error) {
        thrown.push(error)
      }
    })
    const broken = new Error('a mistake in a listener')
    const stop = mirror.subscribe(() => {
      throw broken
    })
    const peer = await connected(world)
    peer.say(history.subscribed(), history.batch(0, 1), history.caughtUp())
    await mirror.live()
    stop()
    await mirror.close()
    queue.mockRestore()
    expect(thrown).toEqual([broken, broken])
    expect(events.map(({ kind }) => kind)).toEqual(['shown', 'status', 'status'])
  })
})
