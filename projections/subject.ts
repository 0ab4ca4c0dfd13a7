import type { Entities, EntityKind, ProjectId, SessionId, TaskId, UnsealedRecord } from '../events/index.ts'
import type { Change, Ids } from './change.ts'
import type { ProjectState } from './state.ts'

/** Names one entity. */
export type Subject = { [K in EntityKind]: { readonly kind: K; readonly id: Ids[K] } }[EntityKind]

/** An entity as it is, or was, right after the event at `version`; undefined when it is no more. */
export type Sight = {
  [K in EntityKind]: {
    readonly kind: K
    readonly id: Ids[K]
    readonly entity: Entities[K] | undefined
    readonly version: number
  }
}[EntityKind]

/** The entity that a record is first of all about, and that the answer to its command shows. */
export const subjectOf = (record: UnsealedRecord): Subject => {
  switch (record.type) {
    case 'project:created':
    case 'project:updated':
    case 'project:deleted':
    case 'project:adopted':
    case 'record:redacted':
      return { kind: 'project', id: record.projectId }
    case 'task:adopted':
      return { kind: 'task', id: record.data.entity.id }
    case 'session:adopted':
      return { kind: 'session', id: record.data.entity.id }
    default:
      return subjectNamedBy(record.data, record.projectId)
  }
}

interface Named {
  readonly sessionId?: SessionId | undefined
  readonly taskId?: TaskId | undefined
}

/** What names a session is about the session, else what names a task about the task, else it is about the project. */
export const subjectNamedBy = (names: Named, projectId: ProjectId): Subject => {
  if (names.sessionId !== undefined) return { kind: 'session', id: names.sessionId }
  if (names.taskId !== undefined) return { kind: 'task', id: names.taskId }
  return { kind: 'project', id: projectId }
}

/** The subject as the state has it; `version` is that of the entity, or `otherwise` where there is none. */
export const sightOf = (state: ProjectState, subject: Subject, otherwise: number): Sight => {
  switch (subject.kind) {
    case 'project': {
      const row = state.project.get(subject.id)
      return { ...subject, entity: row?.entity, version: row?.version ?? otherwise }
    }
    case 'task': {
      const row = state.task.get(subject.id)
      return { ...subject, entity: row?.entity, version: row?.version ?? otherwise }
    }
    case 'session': {
      const row = state.session.get(subject.id)
      return { ...subject, entity: row?.entity, version: row?.version ?? otherwise }
    }
  }
}

/** The entity of a change as it is right after the event at `version`. */
export const sightAfter = (change: Change, version: number): Sight => {
  switch (change.kind) {
    case 'project':
      return { kind: change.kind, id: change.id, entity: change.after, version }
    case 'task':
      return { kind: change.kind, id: change.id, entity: change.after, version }
    case 'session':
      return { kind: change.kind, id: change.id, entity: change.after, version }
  }
}

/** Just the name of what more is known of. */
export const nameOf = (subject: Subject): Subject => {
  switch (subject.kind) {
    case 'project':
      return { kind: subject.kind, id: subject.id }
    case 'task':
      return { kind: subject.kind, id: subject.id }
    case 'session':
      return { kind: subject.kind, id: subject.id }
  }
}
