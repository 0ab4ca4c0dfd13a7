import { EntryId, type NewEntry, type Session, type SessionId, type Task, type TaskId } from '../../../events/index.ts'
import { type Deed, equal, type Kept, type ModelProject, type Stamp, sessionIn, taskIn, unique } from './world.ts'

export const entryId = ({ at, random }: Stamp, index: number): EntryId =>
  EntryId.parse(`evt_${at}_${random}${index.toString(36).padStart(2, '0')}`)

/** Puts an entry at the end of a task's timeline. */
export const note = (task: Kept<Task>, stamp: Stamp, index: number, { type, message, sessionId }: NewEntry): void => {
  const entry = { id: entryId(stamp, index), type, timestamp: stamp.at }
  task.entity.timeline.push({
    ...entry,
    ...(message === undefined ? {} : { message }),
    ...(sessionId === undefined ? {} : { sessionId }),
  })
  touchTask(task, stamp)
}

export const touchTask = (task: Kept<Task>, { at, offset }: Stamp): void => {
  task.entity.updatedAt = at
  task.version = offset
}

export const touchSession = (session: Kept<Session>, { at, offset }: Stamp): void => {
  session.entity.lastActivity = at
  session.version = offset
}

/** The task's side of a link. */
export const join = (task: Kept<Task>, sessionId: SessionId, stamp: Stamp, index: number): void => {
  task.entity.sessionIds.push(sessionId)
  note(task, stamp, index, { type: 'session_started', sessionId })
}

export const leave = (task: Kept<Task>, sessionId: SessionId, stamp: Stamp, index: number): void => {
  task.entity.sessionIds = task.entity.sessionIds.filter((id) => id !== sessionId)
  note(task, stamp, index, { type: 'session_ended', sessionId })
}

/** What is to be linked and unlinked, so that a list becomes what is asked for; undefined when it is so already. */
export const relinking = <Id extends string>(present: readonly Id[], asked: readonly Id[] | undefined) => {
  if (asked === undefined || equal(present, unique(asked))) return undefined
  const wanted = unique(asked)
  return {
    wanted,
    linked: wanted.filter((id) => !present.includes(id)),
    unlinked: present.filter((id) => !wanted.includes(id)),
  }
}

export const linkTask = (project: ModelProject, sessionId: SessionId, taskId: TaskId): Deed | undefined => {
  const [session, task] = [sessionIn(project, sessionId), taskIn(project, taskId)]
  if (session.entity.taskIds.includes(taskId)) return undefined
  return (stamp) => {
    session.entity.taskIds.push(taskId)
    touchSession(session, stamp)
    join(task, sessionId, stamp, 0)
  }
}

export const unlinkTask = (project: ModelProject, sessionId: SessionId, taskId: TaskId): Deed | undefined => {
  const [session, task] = [sessionIn(project, sessionId), taskIn(project, taskId)]
  if (!session.entity.taskIds.includes(taskId)) return undefined
  return (stamp) => {
    session.entity.taskIds = session.entity.taskIds.filter((id) => id !== taskId)
    touchSession(session, stamp)
    leave(task, sessionId, stamp, 0)
  }
}
