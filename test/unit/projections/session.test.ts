import { describe, expect, it } from 'vitest'
import { TimelineType } from '../../../events/index.ts'
import {
  eventAdded,
  projectCreated,
  sessionAdopted,
  sessionCreated,
  sessionDeleted,
  sessionUpdated,
  spawnRequested,
  taskAdded,
  taskCreated,
  taskRemoved,
} from '../../support/events.ts'
import { fold } from '../../support/fold.ts'
import { entryAt, machine, projectId, session, task, timeAt } from '../../support/vocabulary.ts'

const [a, b] = [task('a'), task('b')]
const s = session('s')
const past = [projectCreated(), taskCreated(a), taskCreated(b)]

describe('a session', () => {
  it('starts with these defaults', () => {
    expect(fold(...past, sessionCreated(s, { name: 'S' })).session(s)).toEqual({
      id: s,
      projectId,
      taskIds: [],
      name: 'S',
      agentId: null,
      env: {},
      status: 'running',
      startedAt: timeAt(3),
      lastActivity: timeAt(3),
      completedAt: null,
      ...machine,
      events: [],
      metadata: {},
    })
  })

  it('starts with what was given', () => {
    const given = {
      agentId: 'agent-1',
      env: { A: '1' },
      status: 'spawning' as const,
      hostname: 'there',
      platform: 'darwin',
      metadata: { deep: { er: [1] } },
    }
    expect(fold(...past, sessionCreated(s, given)).session(s)).toMatchObject({ ...given, completedAt: null })
  })

  it.each(['completed', 'failed'] as const)('that starts as %s ends as it starts', (status) => {
    expect(fold(...past, sessionCreated(s, { status })).session(s).completedAt).toBe(timeAt(3))
  })

  it('that was asked for is spawning', () => {
    const asked = spawnRequested(s, { env: { MAESTRO_SKILLS: 'x' }, metadata: { role: 'worker' }, skillIds: ['x'] })
    expect(fold(...past, asked).session(s)).toMatchObject({
      status: 'spawning',
      env: { MAESTRO_SKILLS: 'x' },
      metadata: { role: 'worker' },
    })
  })

  it.each([sessionCreated(s, { taskIds: [b, a] }), spawnRequested(s, { taskIds: [b, a] })])(
    'is added to its tasks by $type',
    (event) => {
      const history = fold(...past, event)
      expect(history.session(s).taskIds).toEqual([b, a])
      expect(history.task(b)).toMatchObject({ sessionIds: [s], updatedAt: timeAt(3) })
      expect(history.task(b).timeline[1]).toStrictEqual({ ...entryAt(3, 0), type: 'session_started', sessionId: s })
      expect(history.task(a).timeline[1]).toStrictEqual({ ...entryAt(3, 1), type: 'session_started', sessionId: s })
      expect(history.changes.at(-1)?.map(({ id }) => id)).toEqual([s, b, a])
    },
  )

  it('takes changes over and keeps the rest', () => {
    const history = fold(
      ...past,
      sessionCreated(s, { name: 'S', agentId: 'agent-1' }),
      sessionUpdated(s, { status: 'completed', completedAt: timeAt(4) }),
    )
    expect(history.session(s)).toMatchObject({
      name: 'S',
      agentId: 'agent-1',
      status: 'completed',
      startedAt: timeAt(3),
      lastActivity: timeAt(4),
      completedAt: timeAt(4),
    })
  })

  it('merges env and metadata one level deep, null taking keys away', () => {
    const history = fold(
      ...past,
      sessionCreated(s, { env: { A: '1', B: '2' }, metadata: { m: { x: 1 }, n: { y: 2 }, o: null } }),
      sessionUpdated(s, { env: { A: null, C: '3' }, metadata: { m: { z: null }, o: null } }),
    )
    expect(history.session(s).env).toStrictEqual({ B: '2', C: '3' })
    expect(history.session(s).metadata).toStrictEqual({ m: { z: null }, n: { y: 2 } })
  })

  it('gets events at the end, named and dated by their record', () => {
    const history = fold(
      ...past,
      sessionCreated(s),
      eventAdded(s, { type: 'note', data: { text: 'x' } }),
      sessionUpdated(s, {}, { events: [{ type: 'ping' }, { type: 'nothing', data: null }] }),
    )
    expect(history.session(s).events).toStrictEqual([
      { ...entryAt(4), type: 'note', data: { text: 'x' } },
      { ...entryAt(5, 0), type: 'ping' },
      { ...entryAt(5, 1), type: 'nothing', data: null },
    ])
    expect(history.session(s).lastActivity).toBe(timeAt(5))
  })

  it('is adopted as it is, and goes on from there', () => {
    const adopted = sessionAdopted(s, { name: 'Old', events: [{ ...entryAt(0), type: 'note' }], taskIds: [a] })
    expect(fold(...past, adopted).session(s)).toEqual(adopted.data.entity)
    expect(fold(...past, adopted).task(a).sessionIds).toEqual([])
    const later = fold(...past, adopted, eventAdded(s, { type: 'ping' })).session(s)
    expect(later.events.map(({ type }) => type)).toEqual(['note', 'ping'])
  })
})

describe('an event about a task', () => {
  const add = (event: { type: string; data?: { message?: string } | string }) =>
    fold(...past, sessionCreated(s), eventAdded(s, event, { taskId: a }))

  it('lands on the session and, as an entry with its message, on the task', () => {
    const history = add({ type: 'milestone', data: { message: 'Half way' } })
    expect(history.session(s).events).toStrictEqual([
      { ...entryAt(4, 0), type: 'milestone', data: { message: 'Half way' } },
    ])
    expect(history.task(a).timeline.slice(1)).toStrictEqual([
      { ...entryAt(4, 1), type: 'milestone', message: 'Half way', sessionId: s },
    ])
    expect(history.task(a)).toMatchObject({ sessionIds: [], updatedAt: timeAt(4) })
    expect(history.changes.at(-1)?.map(({ id }) => id)).toEqual([s, a])
  })

  it.each(TimelineType.options)('keeps the type %s', (type) => {
    expect(add({ type, data: { message: 'x' } }).task(a).timeline[1]?.type).toBe(type)
  })

  it('becomes an update when the timeline does not know its type', () => {
    expect(add({ type: 'progress', data: { message: 'x' } }).task(a).timeline[1]?.type).toBe('update')
  })

  it.each([{ type: 'note' }, { type: 'note', data: 'text' }, { type: 'note', data: {} }])(
    'has no message where the event has none: %j',
    (event) => {
      expect(add(event).task(a).timeline[1]).toStrictEqual({ ...entryAt(4, 1), type: 'update', sessionId: s })
    },
  )
})

describe('the links of a session', () => {
  it('are made on both sides, with an entry', () => {
    const history = fold(...past, sessionCreated(s), taskAdded(s, a))
    expect(history.session(s)).toMatchObject({ taskIds: [a], lastActivity: timeAt(4) })
    expect(history.task(a)).toMatchObject({ sessionIds: [s], updatedAt: timeAt(4) })
    expect(history.task(a).timeline[1]).toStrictEqual({ ...entryAt(4), type: 'session_started', sessionId: s })
    expect(history.changes.at(-1)?.map(({ id }) => id)).toEqual([s, a])
  })

  it('are ended on both sides, with an entry', () => {
    const history = fold(...past, sessionCreated(s, { taskIds: [a, b] }), taskRemoved(s, a))
    expect(history.session(s)).toMatchObject({ taskIds: [b], lastActivity: timeAt(4) })
    expect(history.task(a)).toMatchObject({ sessionIds: [], updatedAt: timeAt(4) })
    expect(history.task(a).timeline[2]).toStrictEqual({ ...entryAt(4), type: 'session_ended', sessionId: s })
    expect(history.task(b).sessionIds).toEqual([s])
  })

  it('are replaced on both sides, with entries numbered behind the events', () => {
    const history = fold(
      ...past,
      sessionCreated(s, { taskIds: [a] }),
      sessionUpdated(s, { name: 'S' }, { linked: [b], unlinked: [a], events: [{ type: 'note' }] }),
    )
    expect(history.session(s)).toMatchObject({ name: 'S', taskIds: [b], events: [entryAt(4, 0)] })
    expect(history.task(b).timeline[1]).toStrictEqual({ ...entryAt(4, 1), type: 'session_started', sessionId: s })
    expect(history.task(a).timeline[2]).toStrictEqual({ ...entryAt(4, 2), type: 'session_ended', sessionId: s })
    expect(history.task(a).sessionIds).toEqual([])
  })

  it('take the order that the event gives', () => {
    const history = fold(
      ...past,
      sessionCreated(s, { taskIds: [a] }),
      sessionUpdated(s, { taskIds: [b, a] }, { linked: [b] }),
    )
    expect(history.session(s).taskIds).toEqual([b, a])
  })

  it('count once, however often an event names them', () => {
    const history = fold(
      ...past,
      sessionCreated(s, { taskIds: [a, a] }),
      sessionUpdated(s, {}, { linked: [b, b], unlinked: [a, b, a] }),
    )
    expect(history.changes.slice(-2).map((changes) => changes.map(({ id }) => id))).toEqual([
      [s, a],
      [s, b, a],
    ])
    expect(history.session(s).taskIds).toEqual([b])
    expect(history.task(b).sessionIds).toEqual([s])
  })

  it('stay when the session is over', () => {
    const ended = sessionUpdated(s, { status: 'completed', completedAt: timeAt(4) })
    const history = fold(...past, sessionCreated(s, { taskIds: [a] }), ended)
    expect(history.task(a).sessionIds).toEqual([s])
    expect(history.task(a).timeline).toHaveLength(2)
  })

  it('end when the session is deleted', () => {
    const history = fold(...past, sessionCreated(s, { taskIds: [a, b] }), sessionDeleted(s))
    expect(history.state.session.get(s)).toBeUndefined()
    expect(history.changes.at(-1)?.map(({ id }) => id)).toEqual([s, a, b])
    for (const [index, id] of [a, b].entries()) {
      expect(history.task(id)).toMatchObject({ sessionIds: [], updatedAt: timeAt(4) })
      expect(history.task(id).timeline[2]).toStrictEqual({ ...entryAt(4, index), type: 'session_ended', sessionId: s })
    }
  })
})
