import { describe, it } from 'vitest'
import type { Command } from '../../../src/commands/command.ts'
import {
  addSessionEvent,
  addTimelineEntry,
  createSession,
  createSubtask,
  createTask,
  deleteProject,
  deleteSession,
  deleteSubtask,
  deleteTask,
  linkTask,
  spawnSession,
  unlinkTask,
  updateProject,
  updateSession,
  updateSubtask,
  updateTask,
} from '../../support/commands.ts'
import { projectCreated, projectDeleted } from '../../support/events.ts'
import { given } from '../../support/given.ts'
import { session, subtask, task } from '../../support/vocabulary.ts'

const taskId = task('a')
const sessionId = session('s')
const subtaskId = subtask('x')

const everyOtherCommand: Record<Exclude<Command['type'], 'create-project'>, Command> = {
  'update-project': updateProject({ name: 'Atlas' }),
  'delete-project': deleteProject(),
  'create-task': createTask({ title: 'A', parentId: taskId }),
  'update-task': updateTask(taskId, {}),
  'delete-task': deleteTask(taskId),
  'add-timeline-entry': addTimelineEntry({ taskId, entry: { type: 'update' } }),
  'create-subtask': createSubtask({ taskId, title: 'X' }),
  'update-subtask': updateSubtask({ taskId, subtaskId }),
  'delete-subtask': deleteSubtask({ taskId, subtaskId }),
  'create-session': createSession({ taskIds: [taskId] }),
  'spawn-session': spawnSession({ taskIds: [taskId] }),
  'update-session': updateSession(sessionId, {}),
  'add-session-event': addSessionEvent({ sessionId, event: { type: 'note' } }),
  'delete-session': deleteSession(sessionId),
  'link-task': linkTask(sessionId, taskId),
  'unlink-task': unlinkTask(sessionId, taskId),
}

const missing: Record<Exclude<Command['type'], 'create-project'>, 'Project' | 'Task' | 'Session'> = {
  ...{ 'update-project': 'Project', 'delete-project': 'Project', 'create-task': 'Project' },
  ...{ 'create-session': 'Project', 'spawn-session': 'Project' },
  ...{ 'update-task': 'Task', 'delete-task': 'Task', 'add-timeline-entry': 'Task' },
  ...{ 'create-subtask': 'Task', 'update-subtask': 'Task', 'delete-subtask': 'Task' },
  ...{ 'update-session': 'Session', 'add-session-event': 'Session', 'delete-session': 'Session' },
  ...{ 'link-task': 'Session', 'unlink-task': 'Session' },
}
const codes = { Project: 'PROJECT_NOT_FOUND', Task: 'TASK_NOT_FOUND', Session: 'SESSION_NOT_FOUND' } as const

describe('a project that does not exist', () => {
  it.each(Object.values(everyOtherCommand))('refuses $type, naming what the command is about', (command) => {
    if (command.type === 'create-project') throw new Error('that one makes it')
    const what = missing[command.type]
    given().when(command).refuses(codes[what], `${what} not found`)
    given(projectCreated(), projectDeleted()).when(command).refuses(codes[what], `${what} not found`)
  })
})
