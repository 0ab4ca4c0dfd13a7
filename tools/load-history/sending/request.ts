import type { Action, Handle, TaskFields } from '../mapping/step.ts'

/** A write as it goes over the wire. */
export interface WriteRequest {
  readonly method: 'POST' | 'PATCH' | 'DELETE'
  /** From the root of the server, query included. */
  readonly path: string
  readonly body?: object
}

/** What must be known to say an action in the server's terms. */
export interface Names {
  readonly projectId: string
  /** The id that the server gave to a task or session. */
  readonly idOf: (handle: Handle) => string
}

export const requestOf = (action: Action, { projectId, idOf }: Names): WriteRequest => {
  switch (action.kind) {
    case 'create-task':
      return { method: 'POST', path: '/api/tasks', body: { projectId, ...bodyOf(action.fields, idOf) } }
    case 'update-task':
      return { method: 'PATCH', path: `/api/tasks/${idOf(action.task)}`, body: bodyOf(action.changes, idOf) }
    case 'delete-task': {
      const cascade = action.gone.length > 1 ? '?cascade=true' : ''
      return { method: 'DELETE', path: `/api/tasks/${idOf(action.task)}${cascade}` }
    }
    case 'add-entry': {
      const { type, message } = action
      return { method: 'POST', path: `/api/tasks/${idOf(action.task)}/timeline`, body: { type, message } }
    }
    case 'create-session':
      return { method: 'POST', path: '/api/sessions', body: { projectId, name: action.name, taskIds: [] } }
    case 'link-session':
      return { method: 'POST', path: linkPath(action, idOf) }
    case 'unlink-session':
      return { method: 'DELETE', path: linkPath(action, idOf) }
  }
}

const linkPath = (
  { session, task }: { readonly session: Handle; readonly task: Handle },
  idOf: Names['idOf'],
): string => `/api/sessions/${idOf(session)}/tasks/${idOf(task)}`

const bodyOf = ({ parent, dependencies, ...plain }: Partial<TaskFields>, idOf: Names['idOf']): object => ({
  ...plain,
  ...(parent === undefined ? {} : { parentId: parent === null ? null : idOf(parent) }),
  ...(dependencies === undefined ? {} : { dependencies: dependencies.map(idOf) }),
})
