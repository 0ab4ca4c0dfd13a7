import { describe, it } from 'vitest'
import { addTimelineEntry, createTask, deleteTask, updateTask } from '../../support/commands.ts'
import { projectCreated, taskCreated, taskDeleted, taskUpdated, timelineAdded } from '../../support/events.ts'
import { given } from '../../support/given.ts'
import { newTask, session, task } from '../../support/vocabulary.ts'

const [a, b, c, missing] = [task('a'), task('b'), task('c'), task('missing')]

describe('creating a task', () => {
  it('names it after its record and records the fields that were given', () => {
    given(projectCreated())
      .when(createTask({ title: 'A' }))
      .emits(taskCreated(newTask, { title: 'A' }))
    given(projectCreated(), taskCreated(a), taskCreated(b))
      .when(
        createTask({
          title: 'C',
          description: 'Third',
          initialPrompt: 'Go',
          priority: 'high',
          parentId: a,
          dependencies: [b],
          skillIds: ['maestro-worker'],
          agentIds: ['agent-1'],
        }),
      )
      .emits(
        taskCreated(newTask, {
          title: 'C',
          description: 'Third',
          initialPrompt: 'Go',
          priority: 'high',
          parentId: a,
          dependencies: [b],
          skillIds: ['maestro-worker'],
          agentIds: ['agent-1'],
        }),
      )
  })

  it('takes fields that a parser left undefined as not given', () => {
    given(projectCreated())
      .when(createTask({ title: 'A', parentId: undefined, dependencies: undefined, skillIds: undefined }))
      .emits(taskCreated(newTask, { title: 'A' }))
  })

  it('takes a null parent as a root', () => {
    given(projectCreated())
      .when(createTask({ title: 'A', parentId: null }))
      .emits(taskCreated(newTask, { title: 'A', parentId: null }))
  })

  it('names each dependency once', () => {
    given(projectCreated(), taskCreated(a), taskCreated(b))
      .when(createTask({ title: 'C', dependencies: [b, a, b] }))
      .emits(taskCreated(newTask, { title: 'C', dependencies: [b, a] }))
  })

  it('is refused for a parent that does not exist', () => {
    given(projectCreated())
      .when(createTask({ title: 'A', parentId: missing }))
      .refuses('TASK_NOT_FOUND', 'Task not found', { taskId: missing })
  })

  it('is refused for a parent that was deleted', () => {
    given(projectCreated(), taskCreated(a), taskDeleted(a))
      .when(createTask({ title: 'B', parentId: a }))
      .refuses('TASK_NOT_FOUND', 'Task not found', { taskId: a })
  })

  it('is refused for a dependency that does not exist', () => {
    given(projectCreated(), taskCreated(a))
      .when(createTask({ title: 'B', dependencies: [a, missing] }))
      .refuses('TASK_NOT_FOUND', 'Task not found', { taskId: missing })
  })
})

describe('updating a task', () => {
  it('is refused for one that does not exist', () => {
    given(projectCreated())
      .when(updateTask(missing, { title: 'B' }))
      .refuses('TASK_NOT_FOUND', 'Task not found')
  })

  it('records what changes only', () => {
    given(projectCreated(), taskCreated(a, { title: 'A', skillIds: ['x', 'y'], agentIds: ['z'] }))
      .when(
        updateTask(a, {
          title: 'A',
          description: 'First',
          initialPrompt: 'Go',
          priority: 'low',
          skillIds: ['x', 'y'],
          agentIds: [],
        }),
      )
      .emits(taskUpdated(a, { description: 'First', initialPrompt: 'Go', priority: 'low', agentIds: [] }))
  })

  it('changes nothing when every field is as it was', () => {
    const past = given(
      projectCreated(),
      taskCreated(a),
      taskCreated(b, { title: 'B', parentId: a, dependencies: [a], skillIds: ['x'] }),
    )
    past
      .when(
        updateTask(b, {
          title: 'B',
          description: '',
          initialPrompt: '',
          priority: 'medium',
          status: 'pending',
          parentId: a,
          dependencies: [a, a],
          skillIds: ['x'],
          agentIds: [],
          sessionIds: [],
          timeline: [],
        }),
      )
      .changesNothing()
    past.when(updateTask(b, {})).changesNothing()
  })

  it('takes another order of a list as a change', () => {
    given(projectCreated(), taskCreated(a, { skillIds: ['x', 'y'] }))
      .when(updateTask(a, { skillIds: ['y', 'x'] }))
      .emits(taskUpdated(a, { skillIds: ['y', 'x'] }))
  })

  it('makes a child a root', () => {
    given(projectCreated(), taskCreated(a), taskCreated(b, { parentId: a }))
      .when(updateTask(b, { parentId: null }))
      .emits(taskUpdated(b, { parentId: null }))
  })

  it('appends timeline entries, as they were given', () => {
    given(projectCreated(), taskCreated(a))
      .when(
        updateTask(a, {
          timeline: [
            { type: 'milestone', message: 'Half way', sessionId: session('s') },
            { type: 'blocker', message: undefined, sessionId: undefined },
          ],
        }),
      )
      .emits(
        taskUpdated(
          a,
          {},
          { entries: [{ type: 'milestone', message: 'Half way', sessionId: session('s') }, { type: 'blocker' }] },
        ),
      )
  })

  it('checks that everything exists before cycles and the lifecycle', () => {
    const past = given(projectCreated({ lifecycle: 'strict' }), taskCreated(a))
    past
      .when(updateTask(a, { parentId: a, dependencies: [missing], status: 'completed' }))
      .refuses('TASK_NOT_FOUND', 'Task not found', { taskId: missing })
    past
      .when(updateTask(a, { parentId: a, sessionIds: [session('missing')], status: 'completed' }))
      .refuses('SESSION_NOT_FOUND', 'Session not found', { sessionId: session('missing') })
    const reason = 'must not be the task itself or one of its descendants'
    past
      .when(updateTask(a, { parentId: a, status: 'completed' }))
      .refuses('VALIDATION_ERROR', `parentId ${reason}`, [{ path: 'parentId', reason }])
  })
})

describe('deleting a task', () => {
  it('is recorded', () => {
    given(projectCreated(), taskCreated(a)).when(deleteTask(a)).emits(taskDeleted(a))
  })

  it('is refused for one that does not exist', () => {
    given(projectCreated()).when(deleteTask(missing)).refuses('TASK_NOT_FOUND', 'Task not found')
    given(projectCreated(), taskCreated(a), taskDeleted(a))
      .when(deleteTask(a, true))
      .refuses('TASK_NOT_FOUND', 'Task not found')
  })

  it('is refused for one with children, with their number', () => {
    given(
      projectCreated(),
      taskCreated(a),
      taskCreated(b, { parentId: a }),
      taskCreated(c, { parentId: a }),
      taskUpdated(c, { status: 'completed' }),
    )
      .when(deleteTask(a))
      .refuses('TASK_HAS_CHILDREN', 'Cannot delete task with 2 existing child task(s)')
  })

  it('takes the children with it when asked to cascade', () => {
    given(projectCreated(), taskCreated(a), taskCreated(b, { parentId: a }))
      .when(deleteTask(a, true))
      .emits(taskDeleted(a, true))
  })

  it('is not hindered by tasks that depend on it', () => {
    given(projectCreated(), taskCreated(a), taskCreated(b, { dependencies: [a] }))
      .when(deleteTask(a))
      .emits(taskDeleted(a))
  })
})

describe('adding a timeline entry', () => {
  it('is recorded as it was given', () => {
    given(projectCreated(), taskCreated(a))
      .when(addTimelineEntry({ taskId: a, entry: { type: 'update', message: 'Done so far', sessionId: undefined } }))
      .emits(timelineAdded(a, { type: 'update', message: 'Done so far' }))
  })

  it('is never taken for a repetition', () => {
    const entry = { type: 'update', message: 'Still here' } as const
    given(projectCreated(), taskCreated(a), timelineAdded(a, entry))
      .when(addTimelineEntry({ taskId: a, entry }))
      .emits(timelineAdded(a, entry))
  })

  it('is refused for a task that does not exist', () => {
    given(projectCreated())
      .when(addTimelineEntry({ taskId: missing, entry: { type: 'update', message: 'Lost' } }))
      .refuses('TASK_NOT_FOUND', 'Task not found')
  })
})
