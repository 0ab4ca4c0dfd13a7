import { describe, expect, it } from 'vitest'
import {
  projectCreated,
  sessionCreated,
  taskAdopted,
  taskCreated,
  taskDeleted,
  taskUpdated,
  timelineAdded,
} from '../../support/events.ts'
import { fold } from '../../support/fold.ts'
import { entryAt, projectId, session, subtask, task, timeAt } from '../../support/vocabulary.ts'

const [a, b, c, d, e] = [task('a'), task('b'), task('c'), task('d'), task('e')]
const [s, t] = [session('s'), session('t')]

describe('a task', () => {
  it('starts with these defaults', () => {
    const history = fold(projectCreated(), taskCreated(a, { title: 'A' }))
    expect(history.task(a)).toEqual({
      id: a,
      projectId,
      parentId: null,
      title: 'A',
      description: '',
      initialPrompt: '',
      status: 'pending',
      priority: 'medium',
      sessionIds: [],
      skillIds: [],
      agentIds: [],
      dependencies: [],
      subtasks: [],
      timeline: [{ ...entryAt(1), type: 'created', message: 'Task created' }],
      createdAt: timeAt(1),
      updatedAt: timeAt(1),
      startedAt: null,
      completedAt: null,
    })
  })

  it('starts with what was given', () => {
    const given = {
      title: 'B',
      description: 'Second',
      initialPrompt: 'Go',
      priority: 'high' as const,
      parentId: a,
      dependencies: [a],
      skillIds: ['x'],
      agentIds: ['y'],
    }
    expect(fold(projectCreated(), taskCreated(a), taskCreated(b, given)).task(b)).toMatchObject(given)
  })

  it('takes changes over and keeps the rest', () => {
    const history = fold(
      projectCreated(),
      taskCreated(a, { title: 'A', skillIds: ['x'] }),
      taskUpdated(a, { status: 'in_progress', startedAt: timeAt(2), priority: 'low' }),
    )
    expect(history.task(a)).toMatchObject({
      title: 'A',
      skillIds: ['x'],
      status: 'in_progress',
      priority: 'low',
      startedAt: timeAt(2),
      completedAt: null,
      createdAt: timeAt(1),
      updatedAt: timeAt(2),
    })
    expect(history.task(a).timeline).toHaveLength(1)
    expect(history.state.task.get(a)).toMatchObject({ created: 1, version: 2 })
  })

  it('gets timeline entries at the end, named and dated by their record', () => {
    const history = fold(
      projectCreated(),
      taskCreated(a),
      timelineAdded(a, { type: 'milestone', message: 'Half way', sessionId: s }),
      taskUpdated(a, {}, { entries: [{ type: 'update' }, { type: 'blocker', message: 'Stuck' }] }),
    )
    expect(history.task(a).timeline.slice(1)).toStrictEqual([
      { ...entryAt(2), type: 'milestone', message: 'Half way', sessionId: s },
      { ...entryAt(3, 0), type: 'update' },
      { ...entryAt(3, 1), type: 'blocker', message: 'Stuck' },
    ])
    expect(history.task(a).updatedAt).toBe(timeAt(3))
  })

  it('is adopted as it is, and goes on from there', () => {
    const subtasks = [
      {
        id: subtask('x'),
        taskId: a,
        title: 'X',
        description: '',
        completed: false,
        order: 0,
        createdAt: 1,
        updatedAt: 1,
        completedAt: null,
      },
    ]
    const adopted = taskAdopted(a, { title: 'Old', subtasks, timeline: [{ ...entryAt(0), type: 'update' }] })
    expect(fold(projectCreated(), adopted).task(a)).toEqual(adopted.data.entity)
    const later = fold(projectCreated(), adopted, timelineAdded(a, { type: 'update', message: 'New' })).task(a)
    expect(later.timeline).toEqual([
      { ...entryAt(0), type: 'update' },
      { ...entryAt(2), type: 'update', message: 'New' },
    ])
  })
})

describe('replacing the sessions of a task', () => {
  const past = [
    projectCreated(),
    taskCreated(a),
    sessionCreated(s, { taskIds: [a] }),
    sessionCreated(t),
    taskUpdated(
      a,
      { title: 'A' },
      { linked: [t], unlinked: [s], entries: [{ type: 'update', message: 'Handed over' }] },
    ),
  ]

  it('keeps both sides in step', () => {
    const history = fold(...past)
    expect(history.task(a)).toMatchObject({ title: 'A', sessionIds: [t] })
    expect(history.session(t)).toMatchObject({ taskIds: [a], lastActivity: timeAt(4) })
    expect(history.session(s)).toMatchObject({ taskIds: [], lastActivity: timeAt(4) })
  })

  it('leaves an entry for each link, before those that were given', () => {
    expect(
      fold(...past)
        .task(a)
        .timeline.slice(-3),
    ).toStrictEqual([
      { ...entryAt(4, 0), type: 'session_started', sessionId: t },
      { ...entryAt(4, 1), type: 'session_ended', sessionId: s },
      { ...entryAt(4, 2), type: 'update', message: 'Handed over' },
    ])
  })

  it('takes the order that the event gives', () => {
    const history = fold(...past.slice(0, -1), taskUpdated(a, { sessionIds: [t, s] }, { linked: [t] }))
    expect(history.task(a).sessionIds).toEqual([t, s])
  })

  it('counts a link once, however often an event names it', () => {
    const history = fold(...past.slice(0, -1), taskUpdated(a, {}, { linked: [t, t], unlinked: [s, t, s] }))
    expect(history.changes.at(-1)?.map(({ id }) => id)).toEqual([a, t, s])
    expect(history.task(a).sessionIds).toEqual([t])
    expect(history.session(t).taskIds).toEqual([a])
    expect(history.task(a).timeline.slice(-2)).toMatchObject([{ type: 'session_started' }, { type: 'session_ended' }])
  })
})

describe('deleting a task', () => {
  const tree = [
    projectCreated(),
    taskCreated(a),
    taskCreated(b, { parentId: a }),
    taskCreated(c, { parentId: b }),
    taskCreated(d, { parentId: a }),
    taskCreated(e, { dependencies: [a, c] }),
    sessionCreated(s, { taskIds: [c, e] }),
    sessionCreated(t, { taskIds: [e] }),
  ]

  it('takes it out of sessions and dependencies', () => {
    const history = fold(...tree, taskDeleted(c))
    expect(history.state.task.get(c)).toBeUndefined()
    expect(history.session(s)).toMatchObject({ taskIds: [e], lastActivity: timeAt(8) })
    expect(history.task(e)).toMatchObject({ dependencies: [a], updatedAt: timeAt(8) })
    expect(history.changes.at(-1)?.map(({ kind, id }) => [kind, id])).toEqual([
      ['task', c],
      ['session', s],
      ['task', e],
    ])
  })

  it('leaves no timeline entries behind', () => {
    expect(fold(...tree, taskDeleted(c)).task(e).timeline).toHaveLength(3)
  })

  it('takes the subtree with it when it cascades, deepest first', () => {
    const history = fold(...tree, taskDeleted(a, true))
    expect(history.changes.at(-1)?.map(({ kind, id, after }) => [kind, id, after === undefined])).toEqual([
      ['task', c, true],
      ['task', b, true],
      ['task', d, true],
      ['task', a, true],
      ['session', s, false],
      ['task', e, false],
    ])
    expect(history.task(e).dependencies).toEqual([])
    expect(history.session(s).taskIds).toEqual([e])
    expect(history.session(t)).toMatchObject({ taskIds: [e], lastActivity: timeAt(7) })
  })

  it('leaves children alone when it does not cascade', () => {
    const history = fold(...tree, taskDeleted(b))
    expect(history.task(c).parentId).toBe(b)
  })

  it('ends on an adopted cycle, and takes each task once', () => {
    const history = fold(
      projectCreated(),
      taskAdopted(a, { parentId: c }),
      taskAdopted(b, { parentId: a }),
      taskAdopted(c, { parentId: b }),
      taskDeleted(a, true),
    )
    expect(history.changes.at(-1)?.map(({ id }) => id)).toEqual([c, b, a])
  })
})
