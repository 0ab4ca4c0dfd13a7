import { SessionId, TaskId } from '../../../../events/index.ts'
import { type ProjectState, type Subject, subjectOf } from '../../../../projections/index.ts'
import type { Axis } from '../axis.ts'
import type { History } from '../history.ts'
import type { Lane } from '../lanes.ts'
import type { Stop } from '../past.ts'
import type { Place } from '../place.ts'
import type { TreeRow } from '../tree.ts'

/** All that the parts of the page show at one moment. */
export interface Scene {
  readonly history: History
  readonly lanes: readonly Lane[]
  readonly axis: Axis
  readonly place: Place
  readonly stop: Stop
  /** All tasks, as they are in the tree. */
  readonly tasks: readonly TreeRow[]
  /** What is looked at: what was chosen, else what the record is about. */
  readonly subject: Subject
}

/** What the parts of the page ask for. */
export interface Actions {
  readonly goTo: (place: Partial<Place>) => void
}

/** What an id names: in the state, or in what the record took out of it. */
export const subjectWith = (id: string | undefined, { record, changes, state }: Stop): Subject => {
  const known = id === undefined ? undefined : (subjectIn(id, state) ?? changes.find((change) => change.id === id))
  return known ?? subjectOf(record)
}

const subjectIn = (id: string, { project, task, session }: ProjectState): Subject | undefined => {
  for (const { entity } of project.rows()) if (entity.id === id) return { kind: 'project', id: entity.id }
  const taskId = TaskId.safeParse(id)
  if (taskId.success && task.get(taskId.data) !== undefined) return { kind: 'task', id: taskId.data }
  const sessionId = SessionId.safeParse(id)
  if (sessionId.success && session.get(sessionId.data) !== undefined) return { kind: 'session', id: sessionId.data }
  return undefined
}
