import type { Session, SessionId, Task, TaskId } from '../../events/index.ts'
import type { Change } from '../../projections/index.ts'
import type { Commit } from '../store/commit.ts'

/** A frame before it gets its envelope: its type, and its data as JSON text. */
interface Frame {
  readonly type: string
  readonly data: string
}

/**
 * The plain frames of a commit, in the order in which clients may rely on them, as the bytes of text messages. Several
 * frames of one event are numbered, so that a client moves its cursor on only when it has them all.
 */
export const framesOf = (commit: Commit): Buffer[] => {
  const { record, projectId, next } = commit
  const frames = contentsOf(commit)
  return frames.map(({ type, data }, index) => {
    const part = frames.length === 1 ? '' : `,"part":${index + 1},"parts":${frames.length}`
    return Buffer.from(
      `{"type":"${type}","event":"${type}","data":${data},"timestamp":${record.at},"projectId":"${projectId}",` +
        `"offset":${record.offset},"hash":"${next.hash}"${part}}`,
    )
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
      const own = subtask === undefined ? [] : [{ type: record.type, data: JSON.stringify({ taskId, subtask }) }]
      return [...own, ...entityFrames(changes, 'task', 'task:updated')]
    }
    case 'subtask:deleted':
      return [
        { type: record.type, data: JSON.stringify({ taskId: record.data.taskId, subtaskId: record.data.subtaskId }) },
        ...entityFrames(changes, 'task', 'task:updated'),
      ]
    case 'session:created':
    case 'session:adopted':
      return createdSession(changes)
    case 'session:spawn_request': {
      const { taskIds, skillIds, name } = record.data
      const rest = JSON.stringify({ projectId: record.projectId, taskIds, skillIds, name }).slice(1)
      const asked = sessionsIn(changes).map((session) => ({
        type: record.type,
        data: `{"session":${JSON.stringify(session)},${rest}`,
      }))
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

const linkFrame = (type: string, sessionId: SessionId, taskId: TaskId): Frame => ({
  type,
  data: JSON.stringify({ sessionId, taskId }),
})

/** A frame for each entity of a kind that is there after the event. */
const entityFrames = (changes: readonly Change[], kind: Change['kind'], type: string): Frame[] =>
  changes.flatMap((change) =>
    change.kind === kind && change.after !== undefined ? [{ type, data: JSON.stringify(change.after) }] : [],
  )

const deletedFrames = (changes: readonly Change[], kind: Change['kind']): Frame[] =>
  changes.flatMap((change) =>
    change.kind === kind && change.after === undefined
      ? [{ type: `${kind}:deleted`, data: JSON.stringify({ id: change.id }) }]
      : [],
  )

const tasksIn = (changes: readonly Change[]): Task[] =>
  changes.flatMap((change) => (change.kind === 'task' && change.after !== undefined ? [change.after] : []))

const sessionsIn = (changes: readonly Change[]): Session[] =>
  changes.flatMap((change) => (change.kind === 'session' && change.after !== undefined ? [change.after] : []))
