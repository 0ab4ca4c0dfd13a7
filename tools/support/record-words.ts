import type { Actor, EventOf, EventRecord, NewEntry, NewSessionEvent, SessionId, TaskId } from '../../events/index.ts'
import { shown, timeText } from './shown.ts'

/** What a record changed, in a few words on one line. */
export const wordsOf = (record: EventRecord): string => {
  switch (record.type) {
    case 'project:created':
      return `created project ${shown(record.data.name)}`
    case 'project:updated':
      return `project: ${changeWords(record.data.changes)}`
    case 'project:deleted':
      return 'deleted the project'
    case 'project:adopted':
      return `took over project ${shown(record.data.entity.name)}`
    case 'task:created':
      return `created ${record.data.taskId} ${shown(record.data.title)}${under(record.data.parentId)}`
    case 'task:updated':
      return taskUpdated(record.data)
    case 'task:timeline_added':
      return `${record.data.taskId}: ${entryWords(record.data.entry)}`
    case 'task:deleted':
      return `deleted ${record.data.taskId}${record.data.cascade ? ' and all below it' : ''}`
    case 'task:adopted':
      return `took over ${record.data.entity.id} ${shown(record.data.entity.title)}`
    case 'subtask:created':
      return `${record.data.taskId}: added ${record.data.subtaskId} ${shown(record.data.title)}`
    case 'subtask:updated':
      return `${record.data.taskId}: ${record.data.subtaskId}: ${changeWords(record.data.changes)}`
    case 'subtask:deleted':
      return `${record.data.taskId}: removed ${record.data.subtaskId}`
    case 'session:created':
      return `created ${record.data.sessionId} ${shown(record.data.name)}${on(record.data.taskIds)}`
    case 'session:spawn_request':
      return `asked for ${record.data.sessionId} ${shown(record.data.name)}${on(record.data.taskIds)}`
    case 'session:updated':
      return sessionUpdated(record.data)
    case 'session:event_added':
      return `${record.data.sessionId}: ${eventWords(record.data.event)}${on([record.data.taskId])}`
    case 'session:task_added':
      return `${record.data.sessionId} works on ${record.data.taskId}`
    case 'session:task_removed':
      return `${record.data.sessionId} no longer works on ${record.data.taskId}`
    case 'session:deleted':
      return `deleted ${record.data.sessionId}`
    case 'session:adopted':
      return `took over ${record.data.entity.id} ${shown(record.data.entity.name)}`
    case 'record:redacted':
      return `redacted ${shown(record.data.pointer)} of record ${record.data.offset}: ${shown(record.data.reason)}`
  }
}

const taskUpdated = ({ taskId, changes, linked, unlinked, entries = [] }: EventOf<'task:updated'>['data']): string =>
  parts(taskId, [changeWords(changes), linkWords(linked, unlinked), ...entries.map(entryWords)])

const sessionUpdated = (data: EventOf<'session:updated'>['data']): string => {
  const { sessionId, changes, linked, unlinked, events = [] } = data
  return parts(sessionId, [changeWords(changes), linkWords(linked, unlinked), ...events.map(eventWords)])
}

const parts = (id: string, words: readonly string[]): string =>
  `${id}: ${words.filter((one) => one !== '').join('; ') || 'no change'}`

const changeWords = (changes: object): string =>
  Object.entries(changes)
    .map(([field, value]) => `${field} → ${valueWords(field, value)}`)
    .join(', ')

/** Times are numbers, and their fields are called so. */
const valueWords = (field: string, value: unknown): string =>
  typeof value === 'number' && field.endsWith('At') ? timeText(value) : shown(value)

const linkWords = (linked: readonly string[] = [], unlinked: readonly string[] = []): string =>
  [...linked.map((id) => `+${id}`), ...unlinked.map((id) => `-${id}`)].join(' ')

const entryWords = ({ type, message, sessionId }: NewEntry): string =>
  [type, ...(message === undefined ? [] : [shown(message)]), ...(sessionId === undefined ? [] : [sessionId])].join(' ')

const eventWords = ({ type, data }: NewSessionEvent): string =>
  [`event ${shown(type)}`, ...(data === undefined ? [] : [shown(data)])].join(' ')

const under = (parentId: TaskId | null | undefined): string =>
  parentId === null || parentId === undefined ? '' : ` under ${parentId}`

const on = (taskIds: ReadonlyArray<TaskId | SessionId | undefined>): string => {
  const named = taskIds.filter((id) => id !== undefined)
  return named.length === 0 ? '' : ` on ${named.join(', ')}`
}

/** Who made a change. */
export const actorText = ({ kind, id }: Actor): string => (id === undefined ? kind : `${kind} ${id}`)
