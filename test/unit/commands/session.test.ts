import { describe, it } from 'vitest'
import type { CreateSession } from '../../../src/commands/command.ts'
import { addSessionEvent, createSession, deleteSession, updateSession } from '../../support/commands.ts'
import {
  eventAdded,
  projectCreated,
  sessionAdopted,
  sessionCreated,
  sessionDeleted,
  sessionUpdated,
  taskCreated,
} from '../../support/events.ts'
import { given } from '../../support/given.ts'
import { machine, newSession, now, session, task, timeAt } from '../../support/vocabulary.ts'

const [a, b, missing] = [task('a'), task('b'), task('missing')]
const s = session('s')

describe('creating a session', () => {
  it('names it after its record, and puts it on this machine', () => {
    given(projectCreated())
      .when(createSession({}))
      .emits(sessionCreated(newSession, { taskIds: [], name: newSession, ...machine }))
  })

  it('records the fields that were given', () => {
    const fields = {
      name: 'Worker',
      agentId: 'agent-1',
      env: { PATH: '/bin' },
      status: 'spawning',
      hostname: 'there',
      platform: 'darwin',
      metadata: { nested: { deep: [1, null] }, none: null },
    } satisfies Partial<CreateSession>
    given(projectCreated(), taskCreated(a))
      .when(createSession({ ...fields, taskIds: [a] }))
      .emits(sessionCreated(newSession, { ...fields, taskIds: [a] }))
  })

  it('takes the id that the client chose, also as its name', () => {
    given(projectCreated())
      .when(createSession({ sessionId: s }))
      .emits(sessionCreated(s, { name: s }))
  })

  it('names each task once', () => {
    given(projectCreated(), taskCreated(a), taskCreated(b))
      .when(createSession({ taskIds: [b, a, b] }))
      .emits(sessionCreated(newSession, { name: newSession, taskIds: [b, a] }))
  })

  it('is refused for a task that does not exist', () => {
    given(projectCreated(), taskCreated(a))
      .when(createSession({ taskIds: [a, missing] }))
      .refuses('TASK_NOT_FOUND', 'Task not found', { taskId: missing })
  })

  it('is refused for an id that is taken, here or in another project', () => {
    given(projectCreated(), sessionCreated(s))
      .when(createSession({ sessionId: s }))
      .refuses('SESSION_EXISTS', `Session ${s} already exists`)
    given(projectCreated())
      .andElsewhere(s)
      .when(createSession({ sessionId: s }))
      .refuses('SESSION_EXISTS', `Session ${s} already exists`)
  })

  it('may take the id of a session that was deleted', () => {
    given(projectCreated(), sessionCreated(s), sessionDeleted(s))
      .when(createSession({ sessionId: s }))
      .emits(sessionCreated(s, { name: s }))
  })

  it('looks at the tasks before the id', () => {
    given(projectCreated())
      .andElsewhere(s)
      .when(createSession({ sessionId: s, taskIds: [missing] }))
      .refuses('TASK_NOT_FOUND', 'Task not found', { taskId: missing })
  })
})

describe('updating a session', () => {
  it('is refused for one that does not exist', () => {
    given(projectCreated())
      .when(updateSession(s, { name: 'S' }))
      .refuses('SESSION_NOT_FOUND', 'Session not found')
  })

  it('records what changes only', () => {
    given(projectCreated(), sessionCreated(s, { name: 'S' }))
      .when(updateSession(s, { name: 'S', status: 'spawning', agentId: 'agent-1' }))
      .emits(sessionUpdated(s, { status: 'spawning', agentId: 'agent-1' }))
    given(projectCreated(), sessionCreated(s, { agentId: 'agent-1' }))
      .when(updateSession(s, { agentId: null }))
      .emits(sessionUpdated(s, { agentId: null }))
  })

  it('changes nothing when every field is as it was', () => {
    const past = given(
      projectCreated(),
      taskCreated(a),
      sessionCreated(s, { name: 'S', taskIds: [a], env: { A: '1' }, metadata: { m: { x: 1, y: [2] } } }),
    )
    past
      .when(
        updateSession(s, {
          name: 'S',
          status: 'running',
          agentId: null,
          taskIds: [a, a],
          env: { A: '1', GONE: null },
          metadata: { m: { y: [2], x: 1 }, gone: null },
          events: [],
        }),
      )
      .changesNothing()
    past.when(updateSession(s, {})).changesNothing()
  })

  it('appends events, as they were given', () => {
    given(projectCreated(), sessionCreated(s))
      .when(
        updateSession(s, {
          events: [
            { type: 'note', data: { text: 'x' } },
            { type: 'ping', data: undefined },
            { type: 'nothing', data: null },
          ],
        }),
      )
      .emits(
        sessionUpdated(
          s,
          {},
          { events: [{ type: 'note', data: { text: 'x' } }, { type: 'ping' }, { type: 'nothing', data: null }] },
        ),
      )
  })
})

describe('merging env and metadata', () => {
  const past = () =>
    given(
      projectCreated(),
      sessionCreated(s, { env: { A: '1', B: '2' }, metadata: { m: { x: 1 }, n: 'n', none: null } }),
    )

  it('records the keys that change only', () => {
    past()
      .when(updateSession(s, { env: { A: '1', B: '3', C: '4' } }))
      .emits(sessionUpdated(s, { env: { B: '3', C: '4' } }))
    past()
      .when(updateSession(s, { metadata: { n: 'n', m: { x: 2 } } }))
      .emits(sessionUpdated(s, { metadata: { m: { x: 2 } } }))
  })

  it('takes keys away with null', () => {
    past()
      .when(updateSession(s, { env: { A: null, Z: null } }))
      .emits(sessionUpdated(s, { env: { A: null } }))
    past()
      .when(updateSession(s, { metadata: { m: null, none: null, z: null } }))
      .emits(sessionUpdated(s, { metadata: { m: null, none: null } }))
  })

  it('replaces nested values whole', () => {
    past()
      .when(updateSession(s, { metadata: { m: { y: null } } }))
      .emits(sessionUpdated(s, { metadata: { m: { y: null } } }))
  })

  it('is not misled by names that every object knows', () => {
    past()
      .when(updateSession(s, { env: { constructor: 'x', toString: null }, metadata: { valueOf: {} } }))
      .emits(sessionUpdated(s, { env: { constructor: 'x' }, metadata: { valueOf: {} } }))
  })
})

describe('the end of a session', () => {
  it.each(['completed', 'failed'] as const)('is when it becomes %s', (status) => {
    given(projectCreated(), sessionCreated(s))
      .when(updateSession(s, { status }))
      .emits(sessionUpdated(s, { status, completedAt: now }))
  })

  it('stays when it first was', () => {
    const ended = sessionUpdated(s, { status: 'completed', completedAt: timeAt(2) })
    given(projectCreated(), sessionCreated(s), ended)
      .when(updateSession(s, { status: 'failed' }))
      .emits(sessionUpdated(s, { status: 'failed' }))
    given(projectCreated(), sessionCreated(s), ended)
      .when(updateSession(s, { status: 'running' }))
      .emits(sessionUpdated(s, { status: 'running' }))
    given(projectCreated(), sessionCreated(s), ended, sessionUpdated(s, { status: 'running' }))
      .when(updateSession(s, { status: 'completed' }))
      .emits(sessionUpdated(s, { status: 'completed' }))
  })

  it('is not repeated by a repeated status', () => {
    given(projectCreated(), sessionCreated(s, { status: 'completed' }))
      .when(updateSession(s, { status: 'completed' }))
      .changesNothing()
  })

  it('is set where an adopted session lacks it', () => {
    given(projectCreated(), sessionAdopted(s, { status: 'completed', completedAt: null }))
      .when(updateSession(s, { status: 'failed' }))
      .emits(sessionUpdated(s, { status: 'failed', completedAt: now }))
  })
})

describe('adding a session event', () => {
  it('is recorded as it was given', () => {
    given(projectCreated(), sessionCreated(s))
      .when(addSessionEvent({ sessionId: s, event: { type: 'note', data: [1, 'two'] } }))
      .emits(eventAdded(s, { type: 'note', data: [1, 'two'] }))
    given(projectCreated(), sessionCreated(s))
      .when(addSessionEvent({ sessionId: s, event: { type: 'ping', data: undefined }, taskId: undefined }))
      .emits(eventAdded(s, { type: 'ping' }))
  })

  it('may also be about a task, linked or not', () => {
    const event = { type: 'progress', data: { message: 'Half way', taskId: a } }
    given(projectCreated(), taskCreated(a), sessionCreated(s))
      .when(addSessionEvent({ sessionId: s, event, taskId: a }))
      .emits(eventAdded(s, event, { taskId: a }))
  })

  it('is refused for a session or a task that does not exist', () => {
    const event = { type: 'note' }
    given(projectCreated(), taskCreated(a))
      .when(addSessionEvent({ sessionId: s, event, taskId: a }))
      .refuses('SESSION_NOT_FOUND', 'Session not found')
    given(projectCreated(), sessionCreated(s))
      .when(addSessionEvent({ sessionId: s, event, taskId: missing }))
      .refuses('TASK_NOT_FOUND', 'Task not found')
  })
})

describe('deleting a session', () => {
  it('is recorded, whatever it works on', () => {
    given(projectCreated(), taskCreated(a), sessionCreated(s, { taskIds: [a] }))
      .when(deleteSession(s))
      .emits(sessionDeleted(s))
  })

  it('is refused for one that does not exist', () => {
    given(projectCreated(), sessionCreated(s), sessionDeleted(s))
      .when(deleteSession(s))
      .refuses('SESSION_NOT_FOUND', 'Session not found')
  })
})
