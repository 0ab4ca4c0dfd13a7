import fc from 'fast-check'
import {
  type DomainEvent,
  type JsonObject,
  Priority,
  type SessionId,
  SessionStatus,
  type SubtaskId,
  type TaskId,
  TaskStatus,
  TimelineType,
} from '../../events/index.ts'
import type { ProjectState } from '../../projections/index.ts'
import type { Command, Moment } from '../../src/commands/command.ts'
import { decide } from '../../src/commands/decide.ts'
import { AppError } from '../../src/errors.ts'
import { machine, projectId, recordIdAt, session, subtask, task, timeAt } from './vocabulary.ts'

/** A command before it is known what there is to command: numbers pick from what exists, or something that does not. */
export interface Intent {
  readonly type: Exclude<Command['type'], 'create-project'>
  readonly pick: number
  readonly other: number
  readonly list: readonly number[] | undefined
  readonly flag: boolean
  readonly text: string | undefined
  readonly status: TaskStatus | undefined
  readonly sessionStatus: SessionStatus | undefined
  readonly priority: Priority | undefined
  readonly entry: TimelineType
  readonly patch: Record<string, string | null> | undefined
  readonly metadata: JsonObject | undefined
}

const weights: Record<Intent['type'], number> = {
  'update-project': 1,
  'delete-project': 1,
  'create-task': 8,
  'update-task': 16,
  'delete-task': 3,
  'add-timeline-entry': 2,
  'create-subtask': 3,
  'update-subtask': 3,
  'delete-subtask': 1,
  'create-session': 5,
  'spawn-session': 2,
  'update-session': 8,
  'add-session-event': 3,
  'delete-session': 2,
  'link-task': 5,
  'unlink-task': 3,
}
const isType = (type: string): type is Intent['type'] => type in weights
const types = Object.entries(weights).flatMap(([type, weight]) =>
  isType(type) ? [{ arbitrary: fc.constant(type), weight }] : [],
)

const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined })
const key = fc.constantFrom('A', 'B', 'C', 'toString')
const small = fc.nat({ max: 12 })

export const intents = (maxLength: number): fc.Arbitrary<Intent[]> =>
  fc.array(
    fc.record<Intent>({
      type: fc.oneof(...types),
      pick: small,
      other: small,
      list: maybe(fc.array(small, { maxLength: 4 })),
      flag: fc.boolean(),
      text: maybe(fc.constantFrom('', 'a', 'b', '\u2028"\\')),
      status: maybe(fc.constantFrom(...TaskStatus.options)),
      sessionStatus: maybe(fc.constantFrom(...SessionStatus.options)),
      priority: maybe(fc.constantFrom(...Priority.options)),
      entry: fc.constantFrom(...TimelineType.options),
      patch: maybe(fc.dictionary(key, fc.constantFrom('1', '2', null), { maxKeys: 3 })),
      metadata: maybe(fc.dictionary(key, fc.constantFrom(null, 1, 'x', { deep: [1, { er: null }] }), { maxKeys: 3 })),
    }),
    { maxLength, size: 'max' },
  )

/** One of what exists, or, one time in so many, something that does not. */
const picked = <Id>(ids: readonly Id[], n: number, missing: Id): Id => ids[n % (ids.length + 1)] ?? missing

class Pick {
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
  const pick = new Pick(state)
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
      const chosen = flag ? session(`s${other}`) : undefined
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
