import type { Session, SessionId, Task, TaskId } from '../../../events/index.ts'
import { type Change, type JsonText, jsonOf } from '../../../projections/index.ts'
import type { Commit } from '../../store/commit.ts'
import type { Manner } from './manner.ts'
import { textMessage } from './wire.ts'

/** A frame before it gets its envelope: its type, and what makes its data as JSON. */
interface Frame {
  readonly type: string
  readonly data: () => JsonText
}

/**
 * The plain frames of a commit that are let through, in the order in which clients may rely on them, as messages. Several
 * frames of one event are numbered, so that a client moves its cursor on only when it has them all.
 */
export const framesOf = (commit: Commit, allows: Manner['allows']): Buffer[] => {
  const { record, projectId, next } = commit
  const frames = contentsOf(commit).filter(({ type }) => allows(type))
  return frames.map(({ type, data }, index) => {
    const part = frames.length === 1 ? '' : `,"part":${index + 1},"parts":${frames.length}`
    const before = `{"type":"${type}","event":"${type}","data":`
    const after =
      `,"timestamp":${record.at},"projectId":"${projectId}",` +
      `"offset":${record.offset},"hash":"${next.hash}"${part}}`
    const json = data()
    return typeof json === 'string'
      ? textMessage(before + json + after)
      : textMessage(before, ...json, Buffer.from(after))
  })
}

const contentsOf = ({ record, changes }: Commit): Frame[] => {
  switch (record.type) {
    case 'project:created':
    case 'project:adopted':
      return entityFrames(changes, 'project', 'project:created')
    case 'project:updated':
      return entityFrames(changes, 'project', 'project:updated')
    case 'project:deleted':
      return deletedFrames(changes, 'project')
    case 'task:created':
    case 'task:adopted':
      return entityFrames(changes, 'task', 'task:created')
    case 'task:timeline_added':
      return entityFrames(changes, 'task', 'task:updated')
    case 'task:updated': {
      const { taskId, linked = [], unlinked = [] } = record.data
      return [
        ...linked.flatMap((sessionId) => pair('added', sessionId, taskId)),
        ...unlinked.flatMap((sessionId) => pair('removed', sessionId, taskId)),
        ...entityFrames(changes, 'task', 'task:updated'),
      ]
    }
    case 'task:deleted':
      return [
        ...deletedFrames(changes, 'task'),
        ...entityFrames(changes, 'session', 'session:updated'),
        ...entityFrames(changes, 'task', 'task:updated'),
      ]
    case 'subtask:created':
    case 'subtask:updated': {
      const { taskId, subtaskId } = record.data
      const subtask = tasksIn(changes)[0]?.subtasks.find(({ id }) => id === subtaskId)
      const own = subtask === undefined ? [] : [frame(record.type, { taskId, subtask })]
      return [...own, ...entityFrames(changes, 'task', 'task:updated')]
    }
    case 'subtask:deleted':
      return [
        frame(record.type, { taskId: record.data.taskId, subtaskId: record.data.subtaskId }),
        ...entityFrames(changes, 'task', 'task:updated'),
      ]
    case 'session:created':
    case 'session:adopted':
      return createdSession(changes)
    case 'session:spawn_request': {
      const { taskIds, skillIds, name } = record.data
      const { projectId } = record
      const asked = sessionsIn(changes).map((session) =>
        frame(record.type, { session, projectId, taskIds, skillIds, name }),
      )
      return [...asked, ...createdSession(changes)]
    }
    case 'session:updated': {
      const { sessionId, linked = [], unlinked = [] } = record.data
      return [
        ...linked.flatMap((taskId) => pair('added', sessionId, taskId)),
        ...unlinked.flatMap((taskId) => pair('removed', sessionId, taskId)),
        ...entityFrames(changes, 'session', 'session:updated'),
      ]
    }
    case 'session:event_added':
      return [...entityFrames(changes, 'session', 'session:updated'), ...entityFrames(changes, 'task', 'task:updated')]
    case 'session:task_added':
      return pair('added', record.data.sessionId, record.data.taskId)
    case 'session:task_removed':
      return pair('removed', record.data.sessionId, record.data.taskId)
    case 'session:deleted':
      return [
        ...tasksIn(changes).flatMap((task) => pair('removed', record.data.sessionId, task.id)),
        ...deletedFrames(changes, 'session'),
      ]
    case 'record:redacted':
      return []
  }
}

const frame = (type: string, data: object): Frame => ({ type, data: () => jsonOf(data) })

const createdSession = (changes: readonly Change[]): Frame[] => [
  ...entityFrames(changes, 'session', 'session:created'),
  ...sessionsIn(changes).flatMap(({ id, taskIds }) =>
    taskIds.map((taskId) => linkFrame('task:session_added', id, taskId)),
  ),
]

/** Both sides of a link, the session's first. */
const pair = (how: 'added' | 'removed', sessionId: SessionId, taskId: TaskId): Frame[] => [
  linkFrame(`session:task_${how}`, sessionId, taskId),
  linkFrame(`task:session_${how}`, sessionId, taskId),
]

const linkFrame = (type: string, sessionId: SessionId, taskId: TaskId): Frame => frame(type, { sessionId, taskId })

/** A frame for each entity of a kind that is there after the event. */
const entityFrames = (changes: readonly Change[], kind: Change['kind'], type: string): Frame[] =>
  changes.flatMap((change) => (change.kind === kind && change.after !== undefined ? [frame(type, change.after)] : []))

const deletedFrames = (changes: readonly Change[], kind: Change['kind']): Frame[] =>
  changes.flatMap((change) =>
    change.kind === kind && change.after === undefined ? [frame(`${kind}:deleted`, { id: change.id })] : [],
  )

const tasksIn = (changes: readonly Change[]): Task[] =>
  changes.flatMap((change) => (change.kind === 'task' && change.after !== undefined ? [change.after] : []))

const sessionsIn = (changes: readonly Change[]): Session[] =>
  changes.flatMap((change) => (change.kind === 'session' && change.after !== undefined ? [change.after] : []))
