import type {
  Project,
  ProjectId,
  Session,
  SessionId,
  SessionStatus,
  Task,
  TaskId,
  TaskStatus,
} from '../events/index.ts'
import type { Change } from './change.ts'
import { type Indexes, Table } from './table.ts'

/** Key of the index `group`: the tasks under one parent that have one status. */
export const taskGroup = (parentId: TaskId | null, status: TaskStatus): string => `${parentId ?? ''}/${status}`
/** Key of the index `group`: the sessions on one task that have one status. */
export const sessionGroup = (taskId: TaskId, status: SessionStatus): string => `${taskId}/${status}`

/** What indexes are made of: all of an entity that its table has to know before somebody looks at it. */
export interface Indexed {
  project: Pick<Project, never>
  task: Pick<Task, 'parentId' | 'status' | 'dependencies'>
  session: Pick<Session, 'taskIds' | 'status'>
}

type TaskIndex = 'group' | 'status' | 'dependency'
const taskIndexes: Indexes<Indexed['task'], TaskIndex> = {
  names: ['group', 'status', 'dependency'],
  keys: {
    group: (task) => [taskGroup(task.parentId, task.status)],
    status: (task) => [task.status],
    dependency: (task) => task.dependencies,
  },
  pick: ({ parentId, status, dependencies }) => ({ parentId, status, dependencies }),
}

type SessionIndex = 'group' | 'status'
const sessionIndexes: Indexes<Indexed['session'], SessionIndex> = {
  names: ['group', 'status'],
  keys: {
    group: (session) => session.taskIds.map((taskId) => sessionGroup(taskId, session.status)),
    status: (session) => [session.status],
  },
  pick: ({ taskIds, status }) => ({ taskIds, status }),
}

const noIndexes: Indexes<Indexed['project'], never> = { names: [], keys: {}, pick: () => ({}) }

/** What the indexes of each kind are made of, of an entity. */
export const indexedOf = { task: taskIndexes.pick, session: sessionIndexes.pick } as const

export type ProjectTable = Table<ProjectId, Project, never, Indexed['project']>
export type TaskTable = Table<TaskId, Task, TaskIndex, Indexed['task']>
export type SessionTable = Table<SessionId, Session, SessionIndex, Indexed['session']>

/**
 * All that is true in one project: the project itself, its tasks, its sessions. A state lies over nothing, or is a layer
 * of changes over another one.
 */
export class ProjectState {
  readonly project: ProjectTable
  readonly task: TaskTable
  readonly session: SessionTable

  constructor(below?: ProjectState) {
    this.project = below?.project.layer() ?? new Table(noIndexes)
    this.task = below?.task.layer() ?? new Table(taskIndexes)
    this.session = below?.session.layer() ?? new Table(sessionIndexes)
  }

  /** An empty layer of changes over this state. */
  layer(): ProjectState {
    return new ProjectState(this)
  }

  /** Takes over what the event at `offset` changed. */
  apply(changes: readonly Change[], offset: number): void {
    for (const change of changes) {
      switch (change.kind) {
        case 'project':
          put(this.project, change, offset)
          break
        case 'task':
          put(this.task, change, offset)
          break
        case 'session':
          put(this.session, change, offset)
          break
        default:
          change satisfies never
      }
    }
  }

  /** For a layer: what the event at `offset` changed is now true below; only later changes stay. */
  settle(changes: readonly Change[], offset: number): void {
    for (const change of changes) {
      switch (change.kind) {
        case 'project':
          this.project.settle(change.id, offset)
          break
        case 'task':
          this.task.settle(change.id, offset)
          break
        case 'session':
          this.session.settle(change.id, offset)
          break
        default:
          change satisfies never
      }
    }
  }
}

const put = <Id extends string, T extends object, Name extends string>(
  table: Table<Id, T, Name>,
  { id, after }: { readonly id: Id; readonly after: T | undefined },
  offset: number,
): void => {
  if (after === undefined) table.delete(id, offset)
  else table.set(id, after, offset)
}
