import {
  entryIdOf,
  type NewEntry,
  type Session,
  type Task,
  type TimelineEntry,
  type UnsealedRecord,
} from '../events/index.ts'

/**
 * The two sides of the many-to-many relation between tasks and sessions, as lists without repetition. They are replaced,
 * never pushed to, because an entity may share a list with the record that gave it.
 */
export const addTo = <Id extends string>(ids: readonly Id[], more: Id | readonly Id[]): Id[] => [
  ...new Set(ids.concat(more)),
]

export const removeFrom = <Id extends string>(ids: readonly Id[], gone: Id | ReadonlySet<Id>): Id[] =>
  ids.filter((id) => (typeof gone === 'string' ? id !== gone : !gone.has(id)))

/** The links that one event makes and ends, each named once, since an event has at most one effect on an entity. */
export const relinked = <Id extends string>({
  linked = [],
  unlinked = [],
}: {
  readonly linked?: readonly Id[] | undefined
  readonly unlinked?: readonly Id[] | undefined
}): { linked: readonly Id[]; unlinked: readonly Id[] } => {
  // So it is with most events, and there are many when a log is read.
  if (linked.length === 0 && unlinked.length === 0) return { linked, unlinked }
  const made = new Set(linked)
  return { linked: [...made], unlinked: [...new Set(unlinked)].filter((id) => !made.has(id)) }
}

/** A timeline entry with the id and time that its record gives it; `index` counts what the record makes. */
export const entryOf = (
  { id, at }: Pick<UnsealedRecord, 'id' | 'at'>,
  { type, message, sessionId }: NewEntry,
  index: number,
): TimelineEntry => {
  const entry: TimelineEntry = { id: entryIdOf(id, at, index), type, timestamp: at }
  if (message !== undefined) entry.message = message
  if (sessionId !== undefined) entry.sessionId = sessionId
  return entry
}

type Stamp = Pick<UnsealedRecord, 'id' | 'at'>

/** What a task shows of a session that begins or ends its work on it. */
export const taskLinked = (record: Stamp, task: Task['id'], session: Session['id'], index: number) =>
  ({
    kind: 'task',
    op: 'update',
    id: task,
    recipe: (draft: Task) => {
      draft.sessionIds = addTo(draft.sessionIds, session)
      draft.updatedAt = record.at
    },
    append: [entryOf(record, { type: 'session_started', sessionId: session }, index)],
  }) as const

export const taskUnlinked = (record: Stamp, task: Task['id'], session: Session['id'], index: number) =>
  ({
    kind: 'task',
    op: 'update',
    id: task,
    recipe: (draft: Task) => {
      draft.sessionIds = removeFrom(draft.sessionIds, session)
      draft.updatedAt = record.at
    },
    append: [entryOf(record, { type: 'session_ended', sessionId: session }, index)],
  }) as const
