import { entryIdOf } from '../../events/index.ts'
import { each, instantOf, type Stamp, said, spelled, startedAtOf, timeInId, unique } from './fields.ts'
import { isObject, type OldEntity } from './old-entity.ts'

/**
 * A session with all that its file leaves out. Whether it is one is for the schema to say. A machine that is not named is
 * not taken to be this one.
 */
export const oldSession = (old: OldEntity, stamp: Stamp): object => {
  const given = said(old.fields)
  const startedAt = startedAtOf(old, stamp.at)
  return {
    ...{ name: old.id, agentId: null, env: {}, hostname: '', platform: '', metadata: {} },
    ...given,
    taskIds: unique(given.taskIds ?? []),
    status: spelled(given.status ?? 'running'),
    startedAt,
    lastActivity: instantOf(given.lastActivity) ?? startedAt,
    completedAt: instantOf(given.completedAt) ?? null,
    events: each(given.events ?? [], (event, index) => oldEvent(event, index, stamp, startedAt)),
  }
}

/** Unlike other fields, `data` may well be null. */
const oldEvent = (value: unknown, index: number, stamp: Stamp, sessionStarted: unknown): unknown =>
  isObject(value)
    ? {
        ...value,
        id: value.id ?? entryIdOf(stamp.id, stamp.at, index),
        timestamp: instantOf(value.timestamp) ?? timeInId(value.id) ?? sessionStarted,
      }
    : value
