import type { EventOf } from '../../events/index.ts'
import type { ProjectState } from '../../projections/index.ts'
import type { LinkTask, UnlinkTask } from './command.ts'
import { existingSession, existingTask } from './existing.ts'
import { same } from './fields.ts'

export interface Relinking<Id> {
  /** The links that there shall be, each once, in the order asked for. */
  readonly asked: readonly Id[]
  readonly changes: { readonly linked?: Id[]; readonly unlinked?: Id[] }
  /** `asked`, where taking links away and adding others at the end would leave another order. */
  readonly order: Id[] | undefined
}

/** How to get from the links that are to those that are asked for; undefined when they are the same. */
export const relink = <Id>(present: readonly Id[], wanted: readonly Id[] | undefined): Relinking<Id> | undefined => {
  if (wanted === undefined) return undefined
  const asked = [...new Set(wanted)]
  if (same(present, asked)) return undefined
  const before = new Set(present)
  const after = new Set(asked)
  const linked = asked.filter((id) => !before.has(id))
  const unlinked = [...before].filter((id) => !after.has(id))
  const reached = [...present.filter((id) => after.has(id)), ...linked]
  return {
    asked,
    changes: { ...(linked.length === 0 ? {} : { linked }), ...(unlinked.length === 0 ? {} : { unlinked }) },
    order: same(reached, asked) ? undefined : asked,
  }
}

/** Both sides are looked at, since adopted ones may not agree: a half link is made whole, or taken away. */
export const linkTask = (
  { sessionId, taskId }: LinkTask,
  state: ProjectState,
): EventOf<'session:task_added'> | undefined => {
  const session = existingSession(state, sessionId)
  const task = existingTask(state, taskId)
  if (session.taskIds.includes(taskId) && task.sessionIds.includes(sessionId)) return undefined
  return { type: 'session:task_added', data: { sessionId, taskId } }
}

export const unlinkTask = (
  { sessionId, taskId }: UnlinkTask,
  state: ProjectState,
): EventOf<'session:task_removed'> | undefined => {
  const session = existingSession(state, sessionId)
  const task = existingTask(state, taskId)
  if (!session.taskIds.includes(taskId) && !task.sessionIds.includes(sessionId)) return undefined
  return { type: 'session:task_removed', data: { sessionId, taskId } }
}
