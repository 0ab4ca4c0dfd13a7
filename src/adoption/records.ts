import { canonical, type DomainEvent, type Draft, type Project, type Session, type Task } from '../../events/index.ts'
import { fitsRecord } from '../store/stage.ts'
import type { Stamp } from './fields.ts'
import type { Members } from './links.ts'

/** An entity on its way into the log. */
export interface Adopted<T> {
  /** Of the file that it comes from, within the data directory. */
  readonly path: string
  readonly entity: T
  readonly stamp: Stamp
  /** What of the file is not taken over, or not as it was. */
  readonly untaken: ReadonlySet<string>
}

export interface AdoptedProject extends Members<Adopted<Task>, Adopted<Session>> {
  readonly project: Adopted<Project>
}

export const projectEvent = ({ entity }: Adopted<Project>): DomainEvent => ({
  type: 'project:adopted',
  data: { entity },
})
export const taskEvent = ({ entity }: Adopted<Task>): DomainEvent => ({ type: 'task:adopted', data: { entity } })
export const sessionEvent = ({ entity }: Adopted<Session>): DomainEvent => ({
  type: 'session:adopted',
  data: { entity },
})

/** Whether a record can hold the event. */
export const fits = (event: DomainEvent): boolean => fitsRecord(canonical(event.data))

/** The whole log of a project, made bit by bit: the project, its tasks, its sessions. */
export function* draftsOf({ project, tasks, sessions }: AdoptedProject): Generator<Draft> {
  const draftOf = ({ type, data }: DomainEvent, { id, at }: Stamp): Draft => ({
    ...{ id, projectId: project.entity.id, type, at },
    actor: { kind: 'system' },
    data: canonical(data),
  })
  yield draftOf(projectEvent(project), project.stamp)
  for (const task of tasks) yield draftOf(taskEvent(task), task.stamp)
  for (const session of sessions) yield draftOf(sessionEvent(session), session.stamp)
}
