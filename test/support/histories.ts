import type { DomainEvent, SessionId, SubtaskId, TaskId } from '../../events/index.ts'
import type { ProjectState } from '../../projections/index.ts'
import type { Command, Moment } from '../../src/commands/command.ts'
import { decide } from '../../src/commands/decide.ts'
import { AppError } from '../../src/errors.ts'
import { projectCreated, sessionCreated, subtaskCreated, taskCreated } from './events.ts'
import type { Intent } from './intents.ts'
import { machine, projectId, recordIdAt, session, subtask, task, timeAt } from './vocabulary.ts'

/** One of what exists; one number in forty, or all where nothing exists, picks something that does not. */
const picked = <Id>(ids: readonly Id[], n: number, missing: Id): Id =>
  (n === 17 ? undefined : ids[n % ids.length]) ?? missing

class Choice {
  readonly #tasks: TaskId[]
  readonly #sessions: SessionId[]
  readonly #state: ProjectState

  constructor(state: ProjectState) {
    this.#state = state
    this.#tasks = [...state.task.rows()].map(({ entity }) => entity.id)
    this.#sessions = [...state.session.rows()].map(({ entity }) => entity.id)
  }
  task(n: number): TaskId {
    return picked(this.#tasks, n, task('missing'))
  }
  session(n: number): SessionId {
    return picked(this.#sessions, n, session('missing'))
  }
  subtask(taskId: TaskId, n: number): SubtaskId {
    const subtasks = this.#state.task.get(taskId)?.entity.subtasks ?? []
    return picked(
      subtasks.map(({ id }) => id),
      n,
      subtask('missing'),
    )
  }
}

/** Turns an intent into a command to what there is. */
export const commandOf = (intent: Intent, state: ProjectState): Command => {
  const { pick: n, other, flag, text, list } = intent
  const pick = new Choice(state)
  const taskId = pick.task(n)
  const sessionId = pick.session(n)
  const subtaskId = pick.subtask(taskId, other)
  const tasks = list?.map((i) => pick.task(i))
  const sessions = list?.map((i) => pick.session(i))
  switch (intent.type) {
    case 'update-project':
      return { type: intent.type, description: text, lifecycle: flag ? 'strict' : 'open' }
    case 'delete-project':
      return { type: intent.type }
    case 'create-task': {
      const parentId = flag ? taskId : undefined
      return { type: intent.type, title: text ?? 'Task', parentId, dependencies: tasks, priority: intent.priority }
    }
    case 'update-task': {
      const entry = { type: intent.entry, message: text }
      return {
        type: intent.type,
        taskId,
        title: text,
        status: intent.status,
        priority: intent.priority,
        parentId: flag ? pick.task(other) : other === 0 ? null : undefined,
        dependencies: other % 3 === 0 ? tasks : undefined,
        sessionIds: other % 3 === 1 ? sessions : undefined,
        skillIds: other % 5 === 0 ? ['x'] : undefined,
        timeline: flag ? [entry, entry] : undefined,
      }
    }
    case 'delete-task':
      return { type: intent.type, taskId, cascade: flag }
    case 'add-timeline-entry':
      return { type: intent.type, taskId, entry: { type: intent.entry, message: text, sessionId } }
    case 'create-subtask':
      return { type: intent.type, taskId, title: text ?? 'Subtask', completed: flag, order: flag ? other : undefined }
    case 'update-subtask':
      return { type: intent.type, taskId, subtaskId, title: text, completed: flag }
    case 'delete-subtask':
      return { type: intent.type, taskId, subtaskId }
    case 'create-session': {
      const chosen = flag ? session(`s${other % 4}`) : undefined
      const { sessionStatus: status, metadata } = intent
      return { type: intent.type, sessionId: chosen, taskIds: tasks ?? [], status, metadata }
    }
    case 'spawn-session':
      return { type: intent.type, taskIds: tasks ?? [taskId], skills: ['x'], serverUrl: 'http://127.0.0.1', name: text }
    case 'update-session': {
      const { sessionStatus: status, patch: env, metadata } = intent
      const events = flag ? [{ type: 'note', data: text }] : undefined
      return { type: intent.type, sessionId, name: text, status, env, metadata, taskIds: tasks, events }
    }
    case 'add-session-event': {
      const event = { type: intent.entry, data: { message: text ?? null } }
      return { type: intent.type, sessionId, event, taskId: flag ? pick.task(other) : undefined }
    }
    case 'delete-session':
      return { type: intent.type, sessionId }
    case 'link-task':
    case 'unlink-task':
      return { type: intent.type, sessionId, taskId: pick.task(other) }
  }
}

export const momentAt = (offset: number, state: ProjectState): Moment => ({
  projectId,
  recordId: recordIdAt(offset),
  now: timeAt(offset),
  machine,
  sessionExists: (id) => state.session.get(id) !== undefined,
})

/** The event that follows from a command at an offset; undefined when it changes nothing or is refused. */
export const eventOf = (command: Command, state: ProjectState, offset: number): DomainEvent | undefined => {
  try {
    return decide(command, state, momentAt(offset, state))
  } catch (error) {
    if (error instanceof AppError) return undefined
    throw error
  }
}

/** Where random histories begin: enough tasks and sessions for most commands to find something. */
export const opening: readonly DomainEvent[] = [
  projectCreated(),
  ...['a', 'b', 'c', 'd'].map((name) => taskCreated(task(name))),
  taskCreated(task('e'), { parentId: task('a'), dependencies: [task('b')] }),
  sessionCreated(session('x')),
  sessionCreated(session('y'), { taskIds: [task('a'), task('e')] }),
  subtaskCreated(task('a'), subtask('i')),
]
