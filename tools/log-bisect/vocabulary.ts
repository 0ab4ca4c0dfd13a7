import { Environment, EvaluationError } from '@marcbachmann/cel-js'
import { SessionId, SessionStatus, TaskId, TaskStatus } from '../../events/index.ts'
import { childrenOf, type ProjectState } from '../../projections/index.ts'
import { projectView, sessionView, taskView, types } from './views.ts'

/** A moment of a project: what is true right after a record. */
export interface Moment {
  readonly state: ProjectState
  /** Of the record. */
  readonly offset: number
  /** When it was written, ms. */
  readonly at: number
}

/** The moment that an expression is about; moved from one to the next between evaluations. */
export interface World {
  moment: Moment
}

/** What a condition may call, for messages. */
export const names = [
  ...['offset', 'now', 'project', 'tasks', 'sessions', 'task(id)', 'session(id)', 'exists(id)', 'children(id)'],
  ...['countTasks(status)', 'countSessions(status)'],
]

const limits = { maxAstNodes: 500, maxDepth: 32, maxListElements: 100, maxMapEntries: 0, maxCallArguments: 4 }

/** The language: CEL with the types, variables and functions of a project. */
export const languageOf = (world: World): Environment => {
  const environment = new Environment({ limits })
  for (const { name, ctor, fields } of types) environment.registerType(name, { ctor, fields: { ...fields } })
  const sync = { async: false }
  return environment
    .registerVariable('offset', 'int')
    .registerVariable('now', 'google.protobuf.Timestamp')
    .registerVariable('project', 'Project')
    .registerVariable('tasks', 'list<Task>')
    .registerVariable('sessions', 'list<Session>')
    .registerFunction('task(string): Task', (id: string) => taskOf(world.moment, id), sync)
    .registerFunction('session(string): Session', (id: string) => sessionOf(world.moment, id), sync)
    .registerFunction('exists(string): bool', (id: string) => isThere(world.moment, id), sync)
    .registerFunction('children(string): list<Task>', (id: string) => childrenIn(world.moment, id), sync)
    .registerFunction('countTasks(string): int', (status: string) => tasksWith(world.moment, status), sync)
    .registerFunction('countSessions(string): int', (status: string) => sessionsWith(world.moment, status), sync)
}

/** The values of the variables. Lists are made when they are asked for. */
export const variablesAt = ({ state, offset, at }: Moment): object => {
  let tasks: object[] | undefined
  let sessions: object[] | undefined
  return {
    offset: BigInt(offset),
    now: new Date(at),
    get project() {
      for (const { entity } of state.project.rows()) return projectView.of(entity)
      throw new EvaluationError('there is no project')
    },
    get tasks() {
      tasks ??= Array.from(state.task.rows(), ({ entity }) => taskView.of(entity))
      return tasks
    },
    get sessions() {
      sessions ??= Array.from(state.session.rows(), ({ entity }) => sessionView.of(entity))
      return sessions
    },
  }
}

const taskOf = ({ state }: Moment, text: string): object => {
  const id = TaskId.safeParse(text)
  const row = id.success ? state.task.get(id.data) : undefined
  if (row === undefined) throw new EvaluationError(`there is no task ${text}`)
  return taskView.of(row.entity)
}

const sessionOf = ({ state }: Moment, text: string): object => {
  const id = SessionId.safeParse(text)
  const row = id.success ? state.session.get(id.data) : undefined
  if (row === undefined) throw new EvaluationError(`there is no session ${text}`)
  return sessionView.of(row.entity)
}

const isThere = ({ state }: Moment, text: string): boolean => {
  const [task, session] = [TaskId.safeParse(text), SessionId.safeParse(text)]
  return (
    (task.success && state.task.get(task.data) !== undefined) ||
    (session.success && state.session.get(session.data) !== undefined)
  )
}

const childrenIn = ({ state }: Moment, text: string): object[] => {
  const id = TaskId.safeParse(text)
  const ids = id.success ? childrenOf(state, id.data) : []
  return ids.flatMap((child) => {
    const row = state.task.get(child)
    return row === undefined ? [] : [taskView.of(row.entity)]
  })
}

const tasksWith = ({ state }: Moment, status: string): bigint => {
  if (!TaskStatus.safeParse(status).success) throw new EvaluationError(`there is no status ${status} of tasks`)
  return BigInt(state.task.count('status', status))
}

const sessionsWith = ({ state }: Moment, status: string): bigint => {
  if (!SessionStatus.safeParse(status).success) throw new EvaluationError(`there is no status ${status} of sessions`)
  return BigInt(state.session.count('status', status))
}
