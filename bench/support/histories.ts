import { type DomainEvent, TaskId } from '../../events/index.ts'

/** What happened in a project, by offset. The first event makes the project. */
export type History = (offset: number) => DomainEvent

/** When histories begin, ms since the epoch. */
export const began = 1_706_790_000_000

/** No two projects may have a task of the same id. */
export const taskAt = (index: number, prefix = ''): TaskId =>
  TaskId.parse(`task_${began}_${prefix}${String(index).padStart(16 - prefix.length, '0')}`)

const defaultDescription = 'Support export as JSON lines and import of them, for a workflow with git'
const projectMade: DomainEvent = { type: 'project:created', data: { name: 'Bench' } }

const created = (index: number, description = defaultDescription, taskId = taskAt(index)): DomainEvent => ({
  type: 'task:created',
  data: { taskId, title: 'Add export and import', description },
})

const reported = (index: number, part: number): DomainEvent => ({
  type: 'task:timeline_added',
  data: { taskId: taskAt(index), entry: { type: 'update', message: `Wrote part ${part} of the parser and its tests` } },
})

const statuses = ['in_progress', 'blocked', 'completed'] as const

const changed = (index: number, step: number, prefix?: string): DomainEvent => ({
  type: 'task:updated',
  data: { taskId: taskAt(index, prefix), changes: { status: statuses[step % statuses.length] ?? 'pending' } },
})

/** What agents usually do: of eight records, one makes a task, four report on it and three change its status. */
export const usualHistory =
  (description?: string): History =>
  (offset) => {
    if (offset === 0) return projectMade
    const [index, step] = [offset >> 3, offset & 7]
    if (step === 0 || offset === 1) return created(index, description)
    return step < 5 ? reported(index, step) : changed(index, step - 5)
  }

/** So many tasks, and after that nothing but changes of their status, which leave them as large as they are. */
export const settledHistory =
  (tasks: number, prefix?: string): History =>
  (offset) => {
    if (offset === 0) return projectMade
    if (offset <= tasks) return created(offset - 1, undefined, taskAt(offset - 1, prefix))
    const change = offset - tasks - 1
    return changed(change % tasks, Math.floor(change / tasks), prefix)
  }

/** So many tasks, and then reports on each in turn. */
export const reportedHistory =
  (tasks: number): History =>
  (offset) => {
    if (offset === 0) return projectMade
    if (offset <= tasks) return created(offset - 1)
    const report = offset - tasks - 1
    return reported(report % tasks, Math.floor(report / tasks))
  }

/** How many records such a history has when every task has so many entries; the first entry comes with the task. */
export const recordsOfReports = (tasks: number, entries: number): number => 1 + tasks * entries
