import { type Subtask, SubtaskId } from '../../../events/index.ts'
import type { CreateSubtask, DeleteSubtask, UpdateSubtask } from '../../../src/commands/command.ts'
import { touchTask } from './links.ts'
import { type Deed, type ModelProject, news, Refusal, taskIn } from './world.ts'

export const createSubtask = (project: ModelProject, command: CreateSubtask): Deed => {
  const { taskId, title, description = '', completed = false } = command
  const task = taskIn(project, taskId)
  const { subtasks } = task.entity
  const order = command.order ?? (subtasks.length === 0 ? 0 : Math.max(...subtasks.map((one) => one.order)) + 1)
  return (stamp) => {
    const { at, random } = stamp
    const id = SubtaskId.parse(`subtask_${at}_${random}`)
    const times = { createdAt: at, updatedAt: at, completedAt: completed ? at : null }
    subtasks.push({ id, taskId, title, description, completed, order, ...times })
    touchTask(task, stamp)
  }
}

export const updateSubtask = (project: ModelProject, command: UpdateSubtask): Deed | undefined => {
  const { taskId, subtaskId, title, description, completed, order } = command
  const task = taskIn(project, taskId)
  const subtask = subtaskIn(task.entity.subtasks, subtaskId)
  const changes = news<Subtask>(subtask, { title, description, completed, order })
  if (Object.keys(changes).length === 0) return undefined
  return (stamp) => {
    Object.assign(subtask, changes, { updatedAt: stamp.at })
    if (changes.completed !== undefined) subtask.completedAt = changes.completed ? stamp.at : null
    touchTask(task, stamp)
  }
}

export const deleteSubtask = (project: ModelProject, { taskId, subtaskId }: DeleteSubtask): Deed => {
  const task = taskIn(project, taskId)
  subtaskIn(task.entity.subtasks, subtaskId)
  return (stamp) => {
    task.entity.subtasks = task.entity.subtasks.filter(({ id }) => id !== subtaskId)
    touchTask(task, stamp)
  }
}

const subtaskIn = (subtasks: readonly Subtask[], id: SubtaskId): Subtask => {
  const subtask = subtasks.find((one) => one.id === id)
  if (subtask === undefined) throw new Refusal('SUBTASK_NOT_FOUND', undefined, 'Subtask not found')
  return subtask
}
