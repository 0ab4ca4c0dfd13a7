import { entryIdOf, TimelineType } from '../../events/index.ts'
import { createdAtOf, each, instantOf, type Stamp, said, spelled, taskStatusOf, timeInId, unique } from './fields.ts'
import { isObject, type OldEntity } from './old-entity.ts'

/** A task with all that its file leaves out. Whether it is one is for the schema to say. */
export const oldTask = (old: OldEntity, stamp: Stamp): object => {
  const given = said(old.fields)
  const createdAt = createdAtOf(old, stamp.at)
  return {
    ...{ projectId: old.folder, parentId: null, description: '', initialPrompt: '' },
    ...{ skillIds: [], agentIds: [] },
    ...given,
    status: taskStatusOf(given.status ?? 'pending'),
    priority: spelled(given.priority ?? 'medium'),
    sessionIds: unique(given.sessionIds ?? []),
    dependencies: unique(given.dependencies ?? []),
    subtasks: each(given.subtasks ?? [], (subtask, index) => oldSubtask(subtask, index, old.id, createdAt)),
    timeline: each(given.timeline ?? [], (entry, index) => oldEntry(entry, index, stamp, createdAt)),
    createdAt,
    updatedAt: instantOf(given.updatedAt) ?? createdAt,
    startedAt: instantOf(given.startedAt) ?? null,
    completedAt: instantOf(given.completedAt) ?? null,
  }
}

const oldSubtask = (value: unknown, index: number, taskId: string, taskCreated: unknown): unknown => {
  if (!isObject(value)) return value
  const given = said(value)
  const createdAt = instantOf(given.createdAt) ?? timeInId(given.id) ?? taskCreated
  return {
    ...{ taskId, description: '', completed: false, order: index },
    ...given,
    ...{ createdAt, updatedAt: instantOf(given.updatedAt) ?? createdAt },
    completedAt: instantOf(given.completedAt) ?? null,
  }
}

/** A type that a timeline does not know becomes `update`, as it does for whoever reports such a one today. */
const oldEntry = (value: unknown, index: number, stamp: Stamp, taskCreated: unknown): unknown => {
  if (!isObject(value)) return value
  const { type = 'update', ...given } = said(value)
  const known = TimelineType.safeParse(type).data
  return {
    ...given,
    id: given.id ?? entryIdOf(stamp.id, stamp.at, index),
    type: known ?? (typeof type === 'string' ? 'update' : type),
    timestamp: instantOf(given.timestamp) ?? timeInId(given.id) ?? taskCreated,
  }
}
