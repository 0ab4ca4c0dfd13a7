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
export const entityText = (entity: Entity): string => `${JSON.stringify(sorted(entity), undefined, 2)}\n`

/** The same with sorted keys. A copy, since JSON is written several times faster when it need not ask about every value. */
const sorted = (value: unknown): unknown => {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(sorted)
  const keys = Object.keys(value).sort()
  return Object.fromEntries(keys.map((key) => [key, sorted(Reflect.get(value, key))]))
}

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
  for (const [id, { version }] of state.project.entries()) if (version >= since) yield { kind: 'project', id }
  for (const [id, { version }] of state.task.entries()) if (version >= since) yield { kind: 'task', id }
  for (const [id, { version }] of state.session.entries()) if (version >= since) yield { kind: 'session', id }
}
