import { describe, expect, it } from 'vitest'
import { projectCreated, sessionCreated, taskCreated } from '../../support/events.ts'
import { projectId, session, task } from '../../support/vocabulary.ts'
import { connected, following, followingEvents, reconnected } from './support/following.ts'
import { History } from './support/history.ts'

/** Tasks at the offsets 1 and 4, sessions at 2 and 3, and one more at 5. */
const history = (): History =>
  new History([
    projectCreated(),
    taskCreated(task('a')),
    sessionCreated(session('a')),
    sessionCreated(session('b')),
    taskCreated(task('b')),
    sessionCreated(session('c')),
  ])

/** A message with only the lines at these offsets. */
const filtered = (log: History, from: number, next: number, ...offsets: readonly number[]): string =>
  log.batch(
    from,
    next,
    offsets.map((offset) => log.lines[offset] ?? ''),
  )

describe('records behind a filter', () => {
  it('are those that are let through, and the cursor is always one with a hash', async () => {
    const log = history()
    const followed = following({ projects: projectId, types: ['task:*'] })
    const { items } = followed
    const first = await connected(followed.world)
    expect(first.said).toMatchObject([{ types: ['task:*'] }])
    first.say(log.subscribed(), filtered(log, 0, 3, 1), filtered(log, 3, 6, 4))
    const records = await items.until('record', 2)
    expect(records.map(({ offset, cursor }) => [offset, cursor])).toEqual([
      [1, log.cursorAt(2)],
      [4, log.cursorAt(5)],
    ])
    first.end()
    // It has heard of offset 5, but not of its hash: the server looks at it once more.
    const second = await reconnected(followed, 2)
    expect(second.said).toMatchObject([{ from: log.cursorAt(5) }])
    second.say(log.subscribed(5), log.heartbeat())
    expect(await items.until('progress')).toMatchObject([{ cursors: { [projectId]: log.cursorAt(6) } }])
    second.end()
    const third = await reconnected(followed, 3)
    expect(third.said).toMatchObject([{ from: log.cursorAt(6) }])
    followed.stop()
  })

  it('go on from where the server said that it is', async () => {
    const log = history()
    const { world, items, stop } = following({ projects: projectId, types: ['task:*'] })
    const peer = await connected(world)
    peer.say(log.subscribed(), filtered(log, 0, 2, 1), log.heartbeat(4), filtered(log, 4, 6, 4), log.caughtUp())
    await items.until('caught_up')
    expect(items.of('record').map(({ offset }) => offset)).toEqual([1, 4])
    stop()
  })

  it.each<[string, (log: History) => string]>([
    ['twice', (log) => filtered(log, 3, 6, 1)],
    ['out of order', (log) => filtered(log, 3, 6, 4, 3)],
    ['beyond the end of their message', (log) => filtered(log, 3, 4, 4)],
    ['from somewhere else', (log) => filtered(log, 4, 6, 4)],
    [
      'from another history',
      (log) => filtered(log, 3, 6, 3).replace(/"prev":"[0-9a-f]{64}"/, `"prev":"${'0'.repeat(64)}"`),
    ],
  ])('are not given %s', async (_, said) => {
    const log = history()
    const followed = following({ projects: projectId, types: ['task:*'] })
    const peer = await connected(followed.world)
    peer.say(log.subscribed(), filtered(log, 0, 3, 1), said(log))
    const [, again] = await followed.items.until('connecting', 2)
    expect(again?.reason).toMatch(/^The server sent /)
    expect(followed.items.of('record').filter(({ offset }) => offset < 3)).toHaveLength(1)
    followed.stop()
  })
})

describe('events behind a filter', () => {
  it('leave the cursor behind until the server tells more', async () => {
    const log = history()
    const followed = followingEvents({ projects: projectId, types: ['task:*'] })
    const first = await connected(followed.world)
    first.say(log.subscribed(), ...(log.frames[4] ?? []))
    expect(await followed.items.until('event')).toMatchObject([{ offset: 4, cursor: log.cursorAt(5) }])
    first.say(log.heartbeat())
    expect(await followed.items.until('progress')).toMatchObject([{ cursors: { [projectId]: log.cursorAt(6) } }])
    first.end()
    const second = await reconnected(followed, 2)
    expect(second.said).toMatchObject([{ from: log.cursorAt(6) }])
    followed.stop()
  })
})
