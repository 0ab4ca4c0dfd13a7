import { describe, expect, it } from 'vitest'
import { projectId } from '../../support/vocabulary.ts'
import { connected, following, reconnected } from './support/following.ts'
import { historyOf } from './support/history.ts'

const refusal = (code: string, id: string = projectId): object => ({
  type: 'error',
  code,
  message: `${code}!`,
  projectId: id,
})

describe('a project that cannot be followed', () => {
  it.each(['OFFSET_AHEAD', 'HISTORY_DIVERGED', 'PROJECT_QUARANTINED', 'PROJECT_NOT_FOUND', 'LIMIT'])(
    'is told, and ends a follower that has no other: %s',
    async (code) => {
      const { world, items } = following({ projects: projectId, cursors: { [projectId]: 7 } })
      const peer = await connected(world)
      peer.say(refusal(code))
      const error = await items.ended
      expect(error).toMatchObject({ name: 'MaestroError', code, message: `${code}!`, projectId })
      expect(items.of('lost')).toEqual([{ kind: 'lost', projectId, error }])
      expect(peer.isLeft).toBe(true)
    },
  )

  it('is told after all that could be given', async () => {
    const history = historyOf(3)
    const { world, items } = following({ projects: projectId })
    const peer = await connected(world)
    peer.say(history.subscribed(), history.batch(0, 3), refusal('PROJECT_QUARANTINED'))
    await items.ended
    expect(items.items.map(({ kind }) => kind)).toEqual(['connecting', 'following', ...Array(3).fill('record'), 'lost'])
  })

  it('leaves the others as they are', async () => {
    const [one, two] = [historyOf(2), historyOf(2, 'proj_two')]
    const { world, items, stop } = following({ projects: [projectId, 'proj_two'] })
    const peer = await connected(world)
    peer.say(one.subscribed(), refusal('PROJECT_NOT_FOUND', 'proj_two'), one.batch(0, 2), one.caughtUp())
    await items.until('caught_up')
    expect(items.of('lost')).toMatchObject([{ projectId: 'proj_two' }])
    // What is said of it afterwards was under way, or is a mistake.
    peer.say(two.batch(0, 2), one.heartbeat())
    expect(items.of('record').map((item) => item.projectId)).toEqual([projectId, projectId])
    peer.say(refusal('PROJECT_QUARANTINED'))
    expect(await items.ended).toMatchObject({ code: 'PROJECT_QUARANTINED' })
    stop()
  })

  it('is told also of a project that nobody knew of', async () => {
    const { world, items, stop } = following({ else: 7 })
    const peer = await connected(world)
    peer.say(refusal('OFFSET_AHEAD', 'proj_short'), { type: 'caught_up', cursors: {} })
    await items.until('caught_up')
    expect(items.of('lost')).toMatchObject([{ projectId: 'proj_short', error: { code: 'OFFSET_AHEAD' } }])
    stop()
  })

  it('does not end a follower of all projects, which asks again from the same place', async () => {
    const history = historyOf(3)
    const followed = following({ cursors: { [projectId]: history.cursorAt(2) } })
    const peer = await connected(followed.world)
    peer.say(refusal('OFFSET_AHEAD'), { type: 'caught_up', cursors: {} })
    await followed.items.until('caught_up')
    peer.end()
    const again = await reconnected(followed, 2)
    expect(again.said).toMatchObject([{ projectId: '*', cursors: { [projectId]: history.cursorAt(2) } }])
    followed.stop()
    expect(await followed.items.ended).toBeUndefined()
  })
})

describe('with recover', () => {
  it.each(['OFFSET_AHEAD', 'HISTORY_DIVERGED'])(
    'a log that was replaced is followed from its start: %s',
    async (code) => {
      const history = historyOf(2)
      const { world, items, stop } = following({ projects: projectId, cursors: { [projectId]: 7 }, recover: true })
      const peer = await connected(world)
      peer.say(refusal(code))
      expect(await items.until('reset')).toMatchObject([{ projectId, error: { code } }])
      expect(peer.said.at(-1)).toEqual({ type: 'subscribe', projectId, from: 'start', view: 'records' })
      // Said before the server has heard that it is to begin again.
      peer.say({ type: 'caught_up', cursors: {} })
      peer.say(history.subscribed(), history.batch(0, 2), history.caughtUp())
      await items.until('caught_up')
      expect(items.items.map(({ kind }) => kind)).toEqual([
        ...['connecting', 'reset', 'following', 'record', 'record', 'caught_up'],
      ])
      stop()
    },
  )

  it.each(['PROJECT_QUARANTINED', 'PROJECT_NOT_FOUND'])(
    'a project is tried again with the next connection: %s',
    async (code) => {
      const history = historyOf(2)
      const followed = following({ projects: projectId, recover: true })
      const first = await connected(followed.world)
      first.say(history.subscribed(), history.batch(0, 1), refusal(code))
      expect(await followed.items.until('lost')).toMatchObject([{ projectId, error: { code } }])
      first.end()
      const second = await reconnected(followed, 2)
      expect(second.said).toMatchObject([{ from: history.cursorAt(1) }])
      second.say(history.subscribed(1), history.batch(1, 2))
      expect(await followed.items.until('record', 2)).toHaveLength(2)
      followed.stop()
    },
  )
})

describe('a connection that cannot go on', () => {
  it.each([
    ['UNAUTHORIZED', 1006, 401],
    ['FORBIDDEN', 1006, 403],
    ['UNAUTHORIZED', 4401, undefined],
    ['BAD_MESSAGE', 4400, undefined],
    ['BAD_MESSAGE', 1009, undefined],
  ])('ends it, with or without recover: %s after %i, status %s', async (code, closing, refused) => {
    const { world, items } = following({ recover: true })
    const peer = await world.connections.next()
    peer.end(closing, '', refused)
    expect(await items.ended).toMatchObject({ name: 'MaestroError', code, status: refused })
  })

  it.each(['LIMIT', 'BAD_MESSAGE'])('ends it when the server says so of all of it: %s', async (code) => {
    const { world, items } = following({ recover: true })
    const peer = await connected(world)
    peer.say({ type: 'error', code, message: 'too much' })
    expect(await items.ended).toMatchObject({ code, message: 'too much' })
  })

  it.each([1001, 1006, 1011, 1012, 4408, 4413])('is none that was closed with %i', async (code) => {
    const { world, items, stop } = following()
    const peer = await world.connections.next()
    peer.end(code, 'why')
    const [, again] = await items.until('connecting', 2)
    expect(again?.reason).toBe(`closed with ${code} why`)
    stop()
  })

  it('is none that was refused for now', async () => {
    const { world, items, stop } = following()
    ;(await world.connections.next()).end(1006, 'the upgrade was refused', 503)
    const [, again] = await items.until('connecting', 2)
    expect(again?.reason).toBe('refused with status 503')
    stop()
  })
})
