import type { Actor, NewEntry, NewSessionEvent, TaskStatus, UnsealedOf, UnsealedRecord } from '../../events/index.ts'
import { quoted, shown } from '../support/shown.ts'
import { called, calledAll, calledSession, calledSubtask, type Scene } from './names.ts'

/** Who made a record, as the beginning of a sentence. */
export const whoOf = ({ kind, id }: Actor, scene: Scene): string => {
  switch (kind) {
    case 'system':
      return 'the server'
    case 'user':
      return id ?? 'somebody'
    case 'session':
      return id === undefined ? 'a session' : calledSession(id, scene)
  }
}

/**
 * What a record did, as the rest of the sentence: in the words of people, with names in place of ids. The scene is that before
 * the record, which still knows the name of what it deletes.
 */
export const deedOf = (record: UnsealedRecord, scene: Scene): string => {
  switch (record.type) {
    case 'project:created':
      return `created the project ${quoted(record.data.name)}`
    case 'project:updated':
      return `changed ${listed(Object.keys(record.data.changes))} of the project`
    case 'project:deleted':
      return 'deleted the project'
    case 'project:adopted':
      return `took over the project ${quoted(record.data.entity.name)}`
    case 'record:redacted':
      return `took ${shown(record.data.pointer)} out of record ${record.data.offset}: ${quoted(record.data.reason)}`
    case 'subtask:created':
      return `added the subtask ${quoted(record.data.title)} to ${called(record.data.taskId, scene)}`
    case 'subtask:updated':
      return subtaskUpdated(record, scene)
    case 'subtask:deleted':
      return `removed ${subtaskOf(record.data, scene)}`
    case 'task:created':
    case 'task:adopted':
    case 'task:updated':
    case 'task:timeline_added':
    case 'task:deleted':
      return taskDeed(record, scene)
    default:
      return sessionDeed(record, scene)
  }
}

type TaskRecord = Extract<UnsealedRecord, { type: `task:${string}` }>

const taskDeed = (record: TaskRecord, scene: Scene): string => {
  switch (record.type) {
    case 'task:created': {
      const { title, parentId = null } = record.data
      return `created ${quoted(title)}${parentId === null ? '' : ` under ${called(parentId, scene)}`}`
    }
    case 'task:adopted':
      return `took over ${quoted(record.data.entity.title)}`
    case 'task:updated':
      return taskUpdated(record, scene)
    case 'task:timeline_added':
      return entryWords(record.data.entry, `on ${called(record.data.taskId, scene)}`, scene)
    case 'task:deleted':
      return `deleted ${called(record.data.taskId, scene)}${record.data.cascade ? ' and all below it' : ''}`
  }
}

const taskUpdated = ({ data }: UnsealedOf<'task:updated'>, scene: Scene): string => {
  const { taskId, changes, linked = [], unlinked = [], entries = [] } = data
  const { status, title, priority, parentId, startedAt: _, completedAt: __, ...fields } = changes
  const before = scene.state.task.get(taskId)?.entity.status
  const rest = Object.keys(fields)
  const deeds: readonly Deed[] = [
    ...(status === undefined ? [] : [(it: string) => statusWords(status, before, it)]),
    ...(title === undefined ? [] : [(it: string) => `renamed ${it} to ${quoted(title)}`]),
    ...(priority === undefined ? [] : [(it: string) => `gave ${it} ${priority} priority`]),
    ...(parentId === undefined ? [] : [(it: string) => `moved ${it} ${whereTo(parentId, scene)}`]),
    ...(linked.length === 0 ? [] : [(it: string) => `put ${calledAll(linked, scene, 'session')} on ${it}`]),
    ...(unlinked.length === 0 ? [] : [(it: string) => `took ${calledAll(unlinked, scene, 'session')} off ${it}`]),
    ...(rest.length === 0 ? [] : [(it: string) => `changed ${partsOf(rest, it)}`]),
    ...entries.map((entry) => (it: string) => entryWords(entry, `on ${it}`, scene)),
  ]
  return joined(deeds, called(taskId, scene))
}

const statusWords = (status: TaskStatus, before: TaskStatus | undefined, it: string): string => {
  const again = before === 'completed' ? ' again' : ''
  switch (status) {
    case 'pending':
      return before === 'completed' ? `reopened ${it}` : `put ${it} back to pending`
    case 'in_progress':
      return `started ${it}${again}`
    case 'blocked':
      return `marked ${it} as blocked${again}`
    case 'completed':
      return `completed ${it}`
  }
}

const whereTo = (parentId: string | null, scene: Scene): string =>
  parentId === null ? 'to the top' : `under ${called(parentId, scene)}`

/** What was done to something, whatever that is called. */
type Deed = (it: string) => string

/** What all deeds were done to is named once. */
const joined = (deeds: readonly Deed[], object: string): string =>
  deeds.map((deed, i) => deed(i === 0 ? object : 'it')).join(', ') || `changed nothing of ${object}`

const subtaskUpdated = ({ data }: UnsealedOf<'subtask:updated'>, scene: Scene): string => {
  const { completed, ...fields } = data.changes
  const done = completed === undefined ? [] : [completed ? 'ticked off' : 'took back']
  const changed = Object.keys(fields).length === 0 ? [] : ['changed']
  return `${[...done, ...changed].join(' and ')} ${subtaskOf(data, scene)}`
}

const subtaskOf = ({ taskId, subtaskId }: UnsealedOf<'subtask:deleted'>['data'], scene: Scene): string =>
  `the subtask ${calledSubtask(taskId, subtaskId, scene)} of ${called(taskId, scene)}`

type SessionRecord = Extract<UnsealedRecord, { type: `session:${string}` }>

const sessionDeed = (record: SessionRecord, scene: Scene): string => {
  switch (record.type) {
    case 'session:created':
      return `began session ${quoted(record.data.name)}${onTasks(record.data.taskIds, scene)}`
    case 'session:spawn_request':
      return `asked for session ${quoted(record.data.name)}${onTasks(record.data.taskIds, scene)}`
    case 'session:adopted':
      return `took over session ${quoted(record.data.entity.name)}`
    case 'session:updated':
      return sessionUpdated(record, scene)
    case 'session:event_added':
      return sessionReported(record, scene)
    case 'session:task_added':
      return `put ${calledSession(record.data.sessionId, scene)} on ${called(record.data.taskId, scene)}`
    case 'session:task_removed':
      return `took ${calledSession(record.data.sessionId, scene)} off ${called(record.data.taskId, scene)}`
    case 'session:deleted':
      return `deleted ${calledSession(record.data.sessionId, scene)}`
  }
}

/** Whose event it is goes without saying where the session itself reports it, or the story is about that session. */
const sessionReported = ({ actor, data }: UnsealedOf<'session:event_added'>, scene: Scene): string => {
  const { sessionId, taskId, event } = data
  const where = taskId === undefined ? '' : ` on ${called(taskId, scene)}`
  const goesWithoutSaying = scene.self === sessionId || (actor.kind === 'session' && actor.id === sessionId)
  return eventWords(event, goesWithoutSaying ? where : `${where} in ${calledSession(sessionId, scene)}`, scene)
}

const sessionUpdated = ({ data }: UnsealedOf<'session:updated'>, scene: Scene): string => {
  const { sessionId, changes, linked = [], unlinked = [], events = [] } = data
  const { status, name, completedAt: _, ...fields } = changes
  const rest = Object.keys(fields)
  const deeds: readonly Deed[] = [
    ...(status === undefined ? [] : [(it: string) => `set ${it} to ${status}`]),
    ...(name === undefined ? [] : [(it: string) => `renamed ${it} to ${quoted(name)}`]),
    ...(linked.length === 0 ? [] : [(it: string) => `put ${it} on ${calledAll(linked, scene, 'task')}`]),
    ...(unlinked.length === 0 ? [] : [(it: string) => `took ${it} off ${calledAll(unlinked, scene, 'task')}`]),
    ...(rest.length === 0 ? [] : [(it: string) => `changed ${partsOf(rest, it)}`]),
    ...events.map((event) => (it: string) => eventWords(event, ` in ${it}`, scene)),
  ]
  return joined(deeds, calledSession(sessionId, scene))
}

const onTasks = (ids: readonly string[], scene: Scene): string =>
  ids.length === 0 ? '' : ` on ${calledAll(ids, scene, 'task')}`

const partsOf = (parts: readonly string[], it: string): string =>
  it === 'it' ? `its ${listed(parts)}` : `${listed(parts)} of ${it}`

const listed = (names: readonly string[]): string =>
  names.length <= 1 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`

const entryWords = ({ type, message, sessionId }: NewEntry, where: string, { length }: Scene): string => {
  const said = message === undefined ? '' : `: ${quoted(message, length)}`
  switch (type) {
    case 'milestone':
      return `reached a milestone ${where}${said}`
    case 'blocker':
      return `hit a blocker ${where}${said}`
    case 'update':
      return `noted ${where}${said}`
    default:
      return `noted ${type} ${where}${sessionId === undefined ? '' : ` (${sessionId})`}${said}`
  }
}

const eventWords = ({ type, data }: NewSessionEvent, where: string, { length }: Scene): string => {
  const message = typeof data === 'object' && data !== null && 'message' in data ? data.message : data
  return `reported ${shown(type).slice(1, -1)}${where}${message === undefined ? '' : `: ${shown(message, length)}`}`
}
