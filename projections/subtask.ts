import type { Subtask, Task, UnsealedOf } from '../events/index.ts'
import type { Effect } from './change.ts'

type SubtaskRecord = UnsealedOf<'subtask:created'> | UnsealedOf<'subtask:updated'> | UnsealedOf<'subtask:deleted'>

export const subtaskCreated = (record: UnsealedOf<'subtask:created'>): Effect[] => {
  const { at, data } = record
  const completed = data.completed ?? false
  const subtask: Subtask = {
    id: data.subtaskId,
    taskId: data.taskId,
    title: data.title,
    description: data.description ?? '',
    completed,
    order: data.order,
    createdAt: at,
    updatedAt: at,
    completedAt: completed ? at : null,
  }
  return onTask(record, (task) => {
    task.subtasks.push(subtask)
  })
}

export const subtaskUpdated = (record: UnsealedOf<'subtask:updated'>): Effect[] =>
  onTask(record, (task) => {
    const subtask = task.subtasks.find(({ id }) => id === record.data.subtaskId)
    if (subtask === undefined) return
    Object.assign(subtask, record.data.changes)
    subtask.updatedAt = record.at
    if (!subtask.completed) subtask.completedAt = null
    else subtask.completedAt ??= record.at
  })

export const subtaskDeleted = (record: UnsealedOf<'subtask:deleted'>): Effect[] =>
  onTask(record, (task) => {
    task.subtasks = task.subtasks.filter(({ id }) => id !== record.data.subtaskId)
  })

const onTask = (record: SubtaskRecord, recipe: (task: Task) => void): Effect[] => [
  {
    kind: 'task',
    op: 'update',
    id: record.data.taskId,
    recipe: (task) => {
      recipe(task)
      task.updatedAt = record.at
    },
  },
]
