import { describe, expect, it } from 'vitest'
import type { DomainEvent } from '../../../events/index.ts'
import { linkTask, unlinkTask, updateSession, updateTask } from '../../support/commands.ts'
import {
  projectCreated,
  sessionAdopted,
  sessionCreated,
  sessionUpdated,
  taskAdded,
  taskAdopted,
  taskCreated,
  taskRemoved,
  taskUpdated,
} from '../../support/events.ts'
import { given } from '../../support/given.ts'
import { session, task } from '../../support/vocabulary.ts'

const [a, b, c, d, missing] = [task('a'), task('b'), task('c'), task('d'), task('missing')]
const [s, t, u, v, gone] = [session('s'), session('t'), session('u'), session('v'), session('gone')]

describe('linking a task to a session', () => {
  it('is recorded', () => {
    const after = given(projectCreated(), taskCreated(a), sessionCreated(s)).when(linkTask(s, a)).emits(taskAdded(s, a))
    expect(after.session(s).taskIds).toEqual([a])
    expect(after.task(a).sessionIds).toEqual([s])
  })

  it('twice changes nothing', () => {
    given(projectCreated(), taskCreated(a), sessionCreated(s), taskAdded(s, a)).when(linkTask(s, a)).changesNothing()
    given(projectCreated(), taskCreated(a), sessionCreated(s, { taskIds: [a] }))
      .when(linkTask(s, a))
      .changesNothing()
  })

  it('is refused for a session, then for a task, that does not exist', () => {
    given(projectCreated()).when(linkTask(gone, missing)).refuses('SESSION_NOT_FOUND', 'Session not found')
    given(projectCreated(), sessionCreated(s)).when(linkTask(s, missing)).refuses('TASK_NOT_FOUND', 'Task not found')
  })

  it.each([
    { side: 'the session', past: [taskAdopted(a), sessionAdopted(s, { taskIds: [a] })] },
    { side: 'the task', past: [taskAdopted(a, { sessionIds: [s] }), sessionAdopted(s)] },
  ])('makes an adopted link whole that only $side knows of', ({ past }) => {
    const after = given(projectCreated(), ...past)
      .when(linkTask(s, a))
      .emits(taskAdded(s, a))
    expect(after.session(s).taskIds).toEqual([a])
    expect(after.task(a).sessionIds).toEqual([s])
  })
})

describe('unlinking a task from a session', () => {
  it('is recorded', () => {
    const after = given(projectCreated(), taskCreated(a), sessionCreated(s, { taskIds: [a] }))
      .when(unlinkTask(s, a))
      .emits(taskRemoved(s, a))
    expect(after.session(s).taskIds).toEqual([])
    expect(after.task(a).sessionIds).toEqual([])
  })

  it('changes nothing where there is no link', () => {
    given(projectCreated(), taskCreated(a), sessionCreated(s)).when(unlinkTask(s, a)).changesNothing()
    given(projectCreated(), taskCreated(a), sessionCreated(s), taskAdded(s, a), taskRemoved(s, a))
      .when(unlinkTask(s, a))
      .changesNothing()
  })

  it('is refused for a session, then for a task, that does not exist', () => {
    given(projectCreated()).when(unlinkTask(gone, missing)).refuses('SESSION_NOT_FOUND', 'Session not found')
    given(projectCreated(), sessionCreated(s)).when(unlinkTask(s, missing)).refuses('TASK_NOT_FOUND', 'Task not found')
  })

  it.each([
    { side: 'the session', past: [taskAdopted(a), sessionAdopted(s, { taskIds: [a] })] },
    { side: 'the task', past: [taskAdopted(a, { sessionIds: [s] }), sessionAdopted(s)] },
  ])('takes an adopted link away that only $side knows of', ({ past }) => {
    const after = given(projectCreated(), ...past)
      .when(unlinkTask(s, a))
      .emits(taskRemoved(s, a))
    expect(after.session(s).taskIds).toEqual([])
    expect(after.task(a).sessionIds).toEqual([])
  })
})

describe('replacing the tasks of a session', () => {
  const past: DomainEvent[] = [
    projectCreated(),
    ...[a, b, c, d].map((id) => taskCreated(id)),
    sessionCreated(s, { taskIds: [a, b, c] }),
  ]

  it.each([
    { why: 'one more at the end', asked: [a, b, c, d], changes: {}, links: { linked: [d] } },
    { why: 'one fewer', asked: [a, c], changes: {}, links: { unlinked: [b] } },
    { why: 'one for another', asked: [b, c, d], changes: {}, links: { linked: [d], unlinked: [a] } },
    { why: 'none', asked: [], changes: {}, links: { unlinked: [a, b, c] } },
    { why: 'another order', asked: [c, a, b], changes: { taskIds: [c, a, b] }, links: {} },
    { why: 'one more in front', asked: [d, a, b, c], changes: { taskIds: [d, a, b, c] }, links: { linked: [d] } },
    {
      why: 'each named once',
      asked: [d, d, a],
      changes: { taskIds: [d, a] },
      links: { linked: [d], unlinked: [b, c] },
    },
  ])('$why', ({ asked, changes, links }) => {
    const after = given(...past)
      .when(updateSession(s, { taskIds: asked }))
      .emits(sessionUpdated(s, changes, links))
    const wanted = [...new Set(asked)]
    expect(after.session(s).taskIds).toEqual(wanted)
    for (const id of [a, b, c, d]) expect(after.task(id).sessionIds).toEqual(wanted.includes(id) ? [s] : [])
  })

  it('is refused for a task that does not exist', () => {
    given(...past)
      .when(updateSession(s, { taskIds: [a, missing] }))
      .refuses('TASK_NOT_FOUND', 'Task not found', { taskId: missing })
  })

  it('goes with other changes in one event', () => {
    given(...past)
      .when(updateSession(s, { name: 'S', taskIds: [a, b], events: [{ type: 'note' }] }))
      .emits(sessionUpdated(s, { name: 'S' }, { unlinked: [c], events: [{ type: 'note' }] }))
  })

  it('names tasks once that an adopted session names twice', () => {
    given(projectCreated(), taskAdopted(a, { sessionIds: [s] }), sessionAdopted(s, { taskIds: [a, a] }))
      .when(updateSession(s, { taskIds: [a] }))
      .emits(sessionUpdated(s, { taskIds: [a] }))
  })
})

describe('replacing the sessions of a task', () => {
  const past: DomainEvent[] = [
    projectCreated(),
    taskCreated(a),
    ...[s, t, u].map((id) => sessionCreated(id, { taskIds: [a] })),
    sessionCreated(v),
  ]

  it.each([
    { why: 'one more at the end', asked: [s, t, u, v], changes: {}, links: { linked: [v] } },
    { why: 'one fewer', asked: [s, u], changes: {}, links: { unlinked: [t] } },
    { why: 'one for another', asked: [t, u, v], changes: {}, links: { linked: [v], unlinked: [s] } },
    { why: 'none', asked: [], changes: {}, links: { unlinked: [s, t, u] } },
    { why: 'another order', asked: [u, s, t], changes: { sessionIds: [u, s, t] }, links: {} },
    { why: 'one more in front', asked: [v, s, t, u], changes: { sessionIds: [v, s, t, u] }, links: { linked: [v] } },
    {
      why: 'each named once',
      asked: [v, v, s],
      changes: { sessionIds: [v, s] },
      links: { linked: [v], unlinked: [t, u] },
    },
  ])('$why', ({ asked, changes, links }) => {
    const after = given(...past)
      .when(updateTask(a, { sessionIds: asked }))
      .emits(taskUpdated(a, changes, links))
    const wanted = [...new Set(asked)]
    expect(after.task(a).sessionIds).toEqual(wanted)
    for (const id of [s, t, u, v]) expect(after.session(id).taskIds).toEqual(wanted.includes(id) ? [a] : [])
  })

  it('is refused for a session that does not exist', () => {
    given(...past)
      .when(updateTask(a, { sessionIds: [s, gone] }))
      .refuses('SESSION_NOT_FOUND', 'Session not found', { sessionId: gone })
  })

  it('goes with other changes in one event', () => {
    given(...past)
      .when(updateTask(a, { title: 'A', sessionIds: [s, t], timeline: [{ type: 'update', message: 'Less' }] }))
      .emits(taskUpdated(a, { title: 'A' }, { unlinked: [u], entries: [{ type: 'update', message: 'Less' }] }))
  })
})
