import fc from 'fast-check'
import { expect, it } from 'vitest'
import {
  type DomainEvent,
  type NewEntry,
  type Session,
  SessionStatus,
  type SubtaskChanges,
  type Task,
  TaskStatus,
  TimelineType,
} from '../../../events/index.ts'
import {
  eventAdded,
  projectAdopted,
  projectCreated,
  projectDeleted,
  projectUpdated,
  sessionAdopted,
  sessionCreated,
  sessionDeleted,
  sessionUpdated,
  spawnRequested,
  subtaskCreated,
  subtaskDeleted,
  subtaskUpdated,
  taskAdded,
  taskAdopted,
  taskCreated,
  taskDeleted,
  taskRemoved,
  taskUpdated,
  timelineAdded,
} from '../../support/events.ts'
import { Fold, readBack } from '../../support/fold.ts'
import { session, subtask, task } from '../../support/vocabulary.ts'

/** Events that no command leads to: about things that are not there, there already, or named twice. */
const taskId = fc.constantFrom(...['a', 'b', 'c', 'd'].map(task))
const sessionId = fc.constantFrom(...['s', 't', 'u'].map(session))
const subtaskId = fc.constantFrom(...['x', 'y'].map(subtask))
const tasks = fc.array(taskId, { maxLength: 4 })
const sessions = fc.array(sessionId, { maxLength: 4 })
const text = fc.constantFrom('', 'x', '\u2028')
const status = fc.constantFrom(...TaskStatus.options)
const sessionStatus = fc.constantFrom(...SessionStatus.options)

const some = <T extends object>(fields: { [K in keyof T]: fc.Arbitrary<T[K]> }) =>
  fc.record<T, never>(fields, { requiredKeys: [] })

const entry = fc.record<NewEntry, 'type'>(
  { type: fc.constantFrom(...TimelineType.options), message: text, sessionId },
  { requiredKeys: ['type'] },
)
const event = fc.record({ type: text, data: fc.constantFrom(null, 'x', { message: 'm' }, { message: 1 }, ['m']) })
const patch = fc.dictionary(fc.constantFrom('A', 'B', '__proto__'), fc.constantFrom('1', null), { maxKeys: 2 })

const anyEvent: fc.Arbitrary<DomainEvent> = fc.oneof(
  fc.constantFrom<DomainEvent>(projectCreated(), projectAdopted(), projectDeleted(), projectUpdated({ name: 'x' })),
  fc.constant<DomainEvent>({
    type: 'record:redacted',
    data: { offset: 0, digest: '0'.repeat(64), pointer: '/name', reason: 'secret' },
  }),
  fc
    .tuple(taskId, some({ parentId: fc.option(taskId), dependencies: tasks }))
    .map(([id, fields]) => taskCreated(id, fields)),
  fc
    .tuple(
      taskId,
      some({ title: text, status, parentId: fc.option(taskId), dependencies: tasks, sessionIds: sessions }),
      some({ linked: sessions, unlinked: sessions, entries: fc.array(entry, { maxLength: 2 }) }),
    )
    .map(([id, changes, rest]) => taskUpdated(id, changes, rest)),
  fc.tuple(taskId, entry).map(([id, added]) => timelineAdded(id, added)),
  fc.tuple(taskId, fc.boolean()).map(([id, cascade]) => taskDeleted(id, cascade)),
  fc
    .tuple(taskId, some<Partial<Task>>({ parentId: fc.option(taskId), dependencies: tasks, sessionIds: sessions }))
    .map(([id, fields]) => taskAdopted(id, fields)),
  fc.tuple(taskId, subtaskId).map(([id, own]) => subtaskCreated(id, own)),
  fc
    .tuple(taskId, subtaskId, some<SubtaskChanges>({ title: text, completed: fc.boolean() }))
    .map(([id, own, changes]) => subtaskUpdated(id, own, changes)),
  fc.tuple(taskId, subtaskId).map(([id, own]) => subtaskDeleted(id, own)),
  fc
    .tuple(sessionId, some({ taskIds: tasks, status: sessionStatus, env: fc.constant({ A: '1' }) }))
    .map(([id, fields]) => sessionCreated(id, fields)),
  fc.tuple(sessionId, tasks).map(([id, taskIds]) => spawnRequested(id, { taskIds })),
  fc
    .tuple(
      sessionId,
      some({ name: text, status: sessionStatus, taskIds: tasks, env: patch, metadata: patch }),
      some({ linked: tasks, unlinked: tasks, events: fc.array(event, { maxLength: 2 }) }),
    )
    .map(([id, changes, rest]) => sessionUpdated(id, changes, rest)),
  fc.tuple(sessionId, event, some({ taskId })).map(([id, added, rest]) => eventAdded(id, added, rest)),
  fc.tuple(sessionId, taskId).map(([id, other]) => taskAdded(id, other)),
  fc.tuple(sessionId, taskId).map(([id, other]) => taskRemoved(id, other)),
  fc.tuple(sessionId).map(([id]) => sessionDeleted(id)),
  fc
    .tuple(sessionId, some<Partial<Session>>({ taskIds: tasks, status: sessionStatus }))
    .map(([id, fields]) => sessionAdopted(id, fields)),
)

it('whatever a log holds, it is folded, and every fold of it gives the same state', () => {
  fc.assert(
    fc.property(fc.array(anyEvent, { maxLength: 40, size: 'max' }), (events) => {
      const history = new Fold()
      for (const next of events) history.add(readBack(next))
      expect(history.changes).toHaveLength(events.length)
    }),
    { numRuns: 100 },
  )
})
