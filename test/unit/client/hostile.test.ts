import { describe, expect, it } from 'vitest'
import { canonical, type Position, sealLine } from '../../../events/index.ts'
import type { Message } from '../../../src/client/environment.ts'
import { sha256 } from '../../../src/platform/hash.ts'
import { taskUpdated } from '../../support/events.ts'
import { draftOf } from '../../support/logs.ts'
import { projectId, task } from '../../support/vocabulary.ts'
import { connected, following, followingEvents, reconnected } from './support/following.ts'
import { type History, historyOf } from './support/history.ts'

type Said = Message | object

/** Offsets 0 and 1 are good; what comes then is not. The server says it on every connection. */
const expectRefusal = async (reason: RegExp, said: (history: History) => readonly Said[]): Promise<void> => {
  const history = historyOf(4)
  const followed = following({ projects: projectId })
  const { items } = followed
  let peer = await connected(followed.world)
  peer.say(history.subscribed(), history.batch(0, 2), ...said(history))
  for (const attempt of [2, 3]) {
    peer = await reconnected(followed, attempt)
    expect(peer.said).toMatchObject([{ from: history.cursorAt(2) }])
    peer.say(history.subscribed(2), ...said(history))
  }
  expect(await items.ended).toMatchObject({
    name: 'MaestroError',
    code: 'BAD_STREAM',
    message: expect.stringMatching(reason),
  })
  expect(items.of('record').map(({ offset }) => offset)).toEqual([0, 1])
  expect(items.of('connecting').slice(1)).toMatchObject(Array(2).fill({ reason: expect.stringMatching(reason) }))
  expect(peer.isLeft).toBe(true)
  expect(followed.world.time.pending).toEqual([])
}

const change = (line = '', from: string | RegExp, to: string): string => line.replace(from, to)

describe('a server that breaks the protocol is left, tried again twice, and then given up, when it sends', () => {
  it.each<[string, RegExp, (history: History) => readonly Said[]]>([
    ['what is not JSON', /not JSON/, () => ['{"type":']],
    ['bytes that are not UTF-8', /not UTF-8/, () => [Buffer.from('7b22ff227d', 'hex')]],
    ['JSON that is no message', /not understood/, () => ['[1]']],
    ['a known message with bad fields', /not understood/, () => [{ type: 'caught_up', cursors: { proj_p: 1 } }]],
    ['a short cursor', /long form/, () => [{ type: 'caught_up', cursors: { proj_p: '2' } }]],
    ['a header that is cut short', /not understood/, () => [{ type: 'records', projectId }]],
    ['records that it has sent already', /from 1 where 2/, (history) => [history.batch(1, 3)]],
    ['records after a gap', /from 3 where 2/, (history) => [history.batch(3, 4)]],
    [
      'records out of order',
      /offset 3 where 2 belongs/,
      ({ lines, batch, ...history }) => [batch.call({ lines, ...history }, 2, 4, lines.slice(2).reverse())],
    ],
    [
      'a record of another project',
      /not the hash of the record before|among those of/,
      (history) => [history.batch(2, 3, historyOf(3, 'proj_other').lines.slice(2))],
    ],
    [
      'a line that was changed',
      /digest of data does not match/,
      (history) => [history.batch(2, 3, [change(history.lines[2], '"task_1"', '"task_X"')])],
    ],
    [
      'a header that was changed',
      /hash does not match/,
      (history) => [history.batch(2, 3, [change(history.lines[2], '"user"', '"system"')])],
    ],
    ['a line without a hash', /no hash/, (history) => [history.batch(2, 3, ['{}'])]],
    ['another history', /not the hash of the record before/, (history) => [history.batch(2, 3, [another(2)])]],
    [
      'that it has sent what never came',
      /up to 4 is said to be sent, but 2 never came/,
      (history) => [history.caughtUp()],
    ],
    ['the same in a heartbeat', /but 2 never came/, (history) => [history.heartbeat(3)]],
    [
      'another record at the cursor',
      /another record at offset 1/,
      () => [{ type: 'heartbeat', cursors: { proj_p: `2:${sha256('')}` } }],
    ],
    ['plain frames', /plain frame where records/, (history) => [...history.frames.flat()]],
  ])('%s', (_, reason, said) => expectRefusal(reason, said))

  it.each([
    ['fewer', 3, 4, 3],
    ['more', 4, 3, 3],
  ])('%s records than it says, of which it keeps those that are good', async (_, sent, said, kept) => {
    const history = historyOf(4)
    const followed = following({ projects: projectId })
    const peer = await connected(followed.world)
    peer.say(history.subscribed(), history.batch(0, said, history.lines.slice(0, sent)))
    expect((await reconnected(followed, 2)).said).toMatchObject([{ from: history.cursorAt(kept) }])
    expect(followed.items.of('record')).toHaveLength(kept)
    followed.stop()
  })

  it('a start elsewhere than it was asked for', async () => {
    const history = historyOf(4)
    const followed = following({ projects: projectId, cursors: { [projectId]: history.cursorAt(2) } })
    let peer = await connected(followed.world)
    peer.say(history.subscribed(3))
    for (const attempt of [2, 3]) {
      peer = await reconnected(followed, attempt)
      peer.say(history.subscribed(0))
    }
    expect(await followed.items.ended).toMatchObject({
      code: 'BAD_STREAM',
      message: expect.stringContaining('a start at'),
    })
  })

  it('records where plain frames were asked for', async () => {
    const history = historyOf(4)
    const followed = followingEvents({ projects: projectId })
    let peer = await connected(followed.world)
    peer.say(history.subscribed(), history.batch(0, 1))
    for (const attempt of [2, 3]) {
      peer = await reconnected(followed, attempt)
      peer.say(history.subscribed(), history.batch(0, 1))
    }
    expect(await followed.items.ended).toMatchObject({ code: 'BAD_STREAM' })
  })
})

describe('a server that breaks the protocol now and then', () => {
  it('is borne as long as it catches up in between', async () => {
    const history = historyOf(3)
    const followed = following({ projects: projectId })
    let peer = await connected(followed.world)
    peer.say(history.subscribed(), history.batch(0, 3), history.caughtUp(), 'garbage')
    for (const attempt of [2, 3, 4, 5]) {
      peer = await reconnected(followed, attempt)
      peer.say(history.subscribed(3), history.caughtUp(), 'garbage')
    }
    await followed.items.until('connecting', 6)
    expect(followed.items.of('record')).toHaveLength(3)
    followed.stop()
    expect(await followed.items.ended).toBeUndefined()
  })

  it('may say what only newer clients know, and what concerns nobody', async () => {
    const history = historyOf(2)
    const { world, items, stop } = following({ projects: projectId })
    const peer = await connected(world)
    peer.say({ type: 'notice', text: 'hello' }, { type: 'pong', timestamp: 1 }, history.subscribed())
    peer.say(historyOf(2, 'proj_other').subscribed(), historyOf(2, 'proj_other').batch(0, 2))
    peer.say({ type: 'heartbeat', cursors: { proj_other: historyOf(2, 'proj_other').cursorAt(2) } })
    peer.say(history.batch(0, 2), history.caughtUp())
    await items.until('caught_up')
    expect(items.of('record').map((item) => item.projectId)).toEqual([projectId, projectId])
    expect(items.of('following')).toHaveLength(1)
    stop()
  })
})

describe('records', () => {
  it('of a newer version end it, with a word about why', async () => {
    const history = historyOf(2)
    const { world, items } = following({ projects: projectId })
    const peer = await connected(world)
    peer.say(history.subscribed(), history.batch(0, 2), history.batch(2, 3, [newerLine(history.positionAt(2))]))
    expect(await items.ended).toMatchObject({
      code: 'NEWER_RECORD',
      projectId,
      message: expect.stringContaining('task:split'),
    })
    expect(items.of('record')).toHaveLength(2)
  })

  it('the data of which was replaced are good when a later one says so', async () => {
    const { history, lines } = redacted({ isAnnounced: true })
    const { world, items, stop } = following({ projects: projectId })
    const peer = await connected(world)
    peer.say(history.subscribed(), history.batch(0, 3, lines), history.caughtUp())
    await items.until('caught_up')
    expect(items.of('record').map(({ record }) => record.type)).toEqual([
      'project:created',
      'task:created',
      'record:redacted',
    ])
    stop()
  })

  it('the data of which was replaced end it when no later one says so', async () => {
    const { history, lines } = redacted({ isAnnounced: false })
    const { world, items } = following({ projects: projectId })
    const peer = await connected(world)
    peer.say(history.subscribed(), history.batch(0, 2, lines), history.caughtUp())
    expect(await items.ended).toMatchObject({
      code: 'BAD_STREAM',
      projectId,
      message: expect.stringContaining('record 1'),
    })
  })
})

/** A well-sealed line at an offset, of a history that nobody else knows. */
const another = (offset: number): string => {
  const place = { offset, hash: sha256('another history') }
  return sealLine(draftOf(taskUpdated(task('a'), {}), offset), place, offset, sha256).text.trimEnd()
}

/** A line with an event that nobody knows yet. */
const newerLine = (place: Position): string => {
  const { text } = sealLine(draftOf(taskUpdated(task('a'), {}), place.offset), place, place.offset, sha256)
  const [header = '', rest = ''] = text.trimEnd().split(/,"hash":"[0-9a-f]{64}"/)
  const newer = header.replace('task:updated', 'task:split')
  return `${newer},"hash":"${sha256(newer)}"${rest}`
}

/** A history in which the data of record 1 was replaced. */
const redacted = ({ isAnnounced }: { readonly isAnnounced: boolean }) => {
  const history = historyOf(2)
  const data = canonical({ taskId: 'task_0', title: '[redacted]' })
  const digest = sha256(data)
  if (isAnnounced) {
    history.add({ type: 'record:redacted', data: { offset: 1, digest, pointer: '/title', reason: 'leaked' } })
  }
  const [first = '', second = '', ...rest] = history.lines
  return { history, lines: [first, second.replace(/,"data":.*$/, `,"redacted":"${digest}","data":${data}}`), ...rest] }
}
