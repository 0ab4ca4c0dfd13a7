import { join } from 'node:path'
import type { Entity, ProjectId } from '../../events/index.ts'
import type { ProjectState, Subject } from '../../projections/index.ts'

/** Folders within DATA_DIR, as existing clients of the files know them. */
export const entityFolders = { project: 'projects', task: 'tasks', session: 'sessions' } as const

/** Path of an entity's file within DATA_DIR. Ids match the id pattern, so they are safe as names. */
export const entityPath = (projectId: ProjectId, subject: Subject): string => {
  const name = `${subject.id}.json`
  return subject.kind === 'task' ? join(entityFolders.task, projectId, name) : join(entityFolders[subject.kind], name)
}

/** An entity as people and other programs read it: keys sorted, pretty-printed, a line feed at the end. */
export const entityText = (entity: Entity): string => `${JSON.stringify(entity, sortedKeys, 2)}\n`

const sortedKeys = (_key: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value

export const entityOf = (state: ProjectState, subject: Subject): Entity | undefined => {
  switch (subject.kind) {
    case 'project':
      return state.project.get(subject.id)?.entity
    case 'task':
      return state.task.get(subject.id)?.entity
    case 'session':
      return state.session.get(subject.id)?.entity
  }
}

/** The entities of a project that have changed at or after an offset. */
export function* subjectsOf(state: ProjectState, since = 0): Generator<Subject> {
  for (const { entity, version } of state.project.rows()) if (version >= since) yield { kind: 'project', id: entity.id }
  for (const { entity, version } of state.task.rows()) if (version >= since) yield { kind: 'task', id: entity.id }
  for (const { entity, version } of state.session.rows()) if (version >= since) yield { kind: 'session', id: entity.id }
}
