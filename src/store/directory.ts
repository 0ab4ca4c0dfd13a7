import type { ProjectId, SessionId, TaskId } from '../../events/index.ts'
import type { Change, ProjectState } from '../../projections/index.ts'
import type { Outcome } from './stage.ts'

/** What has taken a session id and is not durable yet. */
interface Claim {
  readonly projectId: ProjectId
  /** How it ends. */
  readonly outcome: Promise<Outcome>
}

/** Which project each task and session is in, and which session ids are taken by changes that are not durable yet. */
export class Directory {
  readonly #tasks = new Map<TaskId, ProjectId>()
  readonly #sessions = new Map<SessionId, ProjectId>()
  readonly #claims = new Map<SessionId, Claim>()

  projectOfTask(id: TaskId): ProjectId | undefined {
    return this.#tasks.get(id)
  }

  /** Also finds a session that is only reserved: its project decides what is true of it. */
  projectOfSession(id: SessionId): ProjectId | undefined {
    return this.#sessions.get(id) ?? this.#claims.get(id)?.projectId
  }

  claimOn(id: SessionId): Claim | undefined {
    return this.#claims.get(id)
  }

  /** Session ids are unique over all projects, so one that is being created is taken at once. */
  reserve(changes: readonly Change[], projectId: ProjectId, outcome: Promise<Outcome>): void {
    for (const change of changes) if (isNewSession(change)) this.#claims.set(change.id, { projectId, outcome })
  }

  release(changes: readonly Change[]): void {
    for (const change of changes) if (isNewSession(change)) this.#claims.delete(change.id)
  }

  /** Takes over what has become durable. */
  commit(changes: readonly Change[], projectId: ProjectId): void {
    this.release(changes)
    for (const change of changes) {
      if (change.kind === 'task') place(this.#tasks, change, projectId)
      else if (change.kind === 'session') place(this.#sessions, change, projectId)
    }
  }

  /** Takes over a rebuilt project. */
  adopt(state: ProjectState, projectId: ProjectId): void {
    for (const id of state.task.ids()) this.#tasks.set(id, projectId)
    for (const id of state.session.ids()) this.#sessions.set(id, projectId)
  }
}

const isNewSession = (change: Change): change is Extract<Change, { kind: 'session' }> =>
  change.kind === 'session' && change.before === undefined

const place = <Id>(
  places: Map<Id, ProjectId>,
  change: { readonly id: Id; readonly before: unknown; readonly after: unknown },
  projectId: ProjectId,
): void => {
  if (change.after === undefined) places.delete(change.id)
  else if (change.before === undefined) places.set(change.id, projectId)
}
