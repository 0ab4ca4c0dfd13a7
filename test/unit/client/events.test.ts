import { describe, expect, it } from 'vitest'
import { projectCreated, sessionCreated, taskCreated, taskUpdated } from '../../support/events.ts'
import { projectId, session, task } from '../../support/vocabulary.ts'
import { connected, followingEvents, reconnected } from './support/following.ts'
import { History } from './support/history.ts'

/** An event of three frames at offset 3: a session on two tasks. */
const history = (): History =>
  new History([
    projectCreated(),
    taskCreated(task('a')),
    taskCreated(task('b')),
    sessionCreated(session('s'), { taskIds: [task('a'), task('b')] }),
    taskUpdated(task('a'), { title: 'A' }),
  ])

describe('events', () => {
  it('are given with all their frames, entities included', async () => {
    const log = history()
    const { world, items, stop } = followingEvents({ projects: projectId })
    const peer = await connected(world)
    expect(peer.said).toEqual([{ type: 'subscribe', projectId, from: 'start', view: 'entities' }])
    peer.say(log.subscribed(), ...log.frames.flat(), log.caughtUp())
    await items.until('caught_up')
    expect(
      items.of('event').map(({ offset, cursor, frames }) => [offset, cursor, frames.map(({ type }) => type)]),
    ).toEqual([
      [0, log.cursorAt(1), ['project:created']],
      [1, log.cursorAt(2), ['task:created']],
      [2, log.cursorAt(3), ['task:created']],
      [3, log.cursorAt(4), ['session:created', 'task:session_added', 'task:session_added']],
      [4, log.cursorAt(5), ['task:updated']],
    ])
    const [frame] = items.of('event')[4]?.frames ?? []
    expect(frame?.type === 'task:updated' && frame.data.title).toBe('A')
    stop()
  })

  it.each([1, 2])('cut off after %i of three frames come again, whole and once', async (parts) => {
    const log = history()
    const followed = followingEvents({ projects: projectId })
    const first = await connected(followed.world)
    first.say(log.subscribed(), ...log.frames.slice(0, 3).flat(), ...(log.frames[3]?.slice(0, parts) ?? [])).end()
    const second = await reconnected(followed, 2)
    expect(second.said).toMatchObject([{ from: log.cursorAt(3) }])
    second.say(log.subscribed(3), ...log.frames.slice(3).flat(), log.caughtUp())
    await followed.items.until('caught_up')
    expect(followed.items.of('event').map(({ offset, frames }) => [offset, frames.length])).toEqual([
      ...[
        [0, 1],
        [1, 1],
        [2, 1],
        [3, 3],
        [4, 1],
      ],
    ])
    followed.stop()
  })

  it('that it has are not given again', async () => {
    const log = history()
    const { world, items, stop } = followingEvents({ projects: projectId })
    const peer = await connected(world)
    peer.say(log.subscribed(), ...log.frames.flat(), ...log.frames.flat(), log.caughtUp())
    await items.until('caught_up')
    expect(items.of('event').map(({ offset }) => offset)).toEqual([0, 1, 2, 3, 4])
    stop()
  })

  it('without frames move the cursor with the next word of the server', async () => {
    const log = history()
    log.add({ type: 'record:redacted', data: { offset: 1, digest: log.cursorAt(1).slice(2), pointer: '', reason: '' } })
    const { world, items, stop } = followingEvents({ projects: projectId })
    const peer = await connected(world)
    peer.say(log.subscribed(), ...log.frames.flat(), log.heartbeat(), log.heartbeat(), log.caughtUp())
    await items.until('caught_up')
    expect(items.of('progress')).toEqual([{ kind: 'progress', cursors: { [projectId]: log.cursorAt(6) } }])
    stop()
  })

  it('of types that only newer clients know are passed over', async () => {
    const log = history()
    const { world, items, stop } = followingEvents({ projects: projectId })
    const peer = await connected(world)
    const split = (log.frames[4]?.[0] ?? '').replaceAll('task:updated', 'task:split')
    peer.say(log.subscribed(), ...log.frames.slice(0, 4).flat(), split, log.caughtUp())
    await items.until('caught_up')
    expect(items.of('event').at(-1)).toMatchObject({ offset: 4, frames: [], cursor: log.cursorAt(5) })
    stop()
  })

  it.each([
    ['a part that is missing', (frames: readonly string[]) => frames.slice(1)],
    ['a part twice', (frames: readonly string[]) => frames.slice(0, 1).concat(frames)],
    [
      'another number of parts',
      ([first = '', second = '']: readonly string[]) => [first, second.replace('"parts":3', '"parts":4')],
    ],
    [
      'an entity that is none',
      ([, ...rest]: readonly string[]) => [
        '{"type":"session:created","event":"session:created","data":{},"timestamp":1,"projectId":"proj_p","offset":3,"hash":"HASH","part":1,"parts":3}'.replace(
          'HASH',
          history().cursorAt(4).slice(2),
        ),
        ...rest,
      ],
    ],
  ])('with %s are not given', async (_, change) => {
    const log = history()
    const followed = followingEvents({ projects: projectId })
    let peer = await connected(followed.world)
    peer.say(log.subscribed(), ...log.frames.slice(0, 3).flat(), ...change(log.frames[3] ?? []))
    for (const attempt of [2, 3]) {
      peer = await reconnected(followed, attempt)
      peer.say(log.subscribed(3), ...change(log.frames[3] ?? []))
    }
    expect(await followed.items.ended).toMatchObject({ code: 'BAD_STREAM' })
    expect(followed.items.of('event').map(({ offset }) => offset)).toEqual([0, 1, 2])
  })

  it('of which only a part has come are not said to be all there', async () => {
    const log = history()
    const followed = followingEvents({ projects: projectId })
    const peer = await connected(followed.world)
    peer.say(log.subscribed(), ...log.frames.slice(0, 3).flat(), log.frames[3]?.[0] ?? '', log.caughtUp(3))
    const [, again] = await followed.items.until('connecting', 2)
    expect(again?.reason).toContain('not all there')
    followed.stop()
  })
})
