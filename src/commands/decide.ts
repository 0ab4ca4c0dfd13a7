import type { DomainEvent } from '../../events/index.ts'
import type { ProjectState } from '../../projections/index.ts'
import type { Command, Moment } from './command.ts'
import { checkProject, existingProject } from './existing.ts'
import { linkTask, unlinkTask } from './links.ts'
import { createProject, deleteProject, updateProject } from './project.ts'
import { addSessionEvent, createSession, deleteSession, updateSession } from './session.ts'
import { spawnSession } from './spawn.ts'
import { createSubtask, deleteSubtask, updateSubtask } from './subtask.ts'
import { addTimelineEntry, createTask, deleteTask, updateTask } from './task.ts'

/**
 * What happens when a project is asked to change: one event, or nothing when the command would change nothing. `state`
 * includes changes that are not durable yet. Throws AppError when a rule refuses the command; every rule beyond the form of
 * a request is in this folder. Same command, state and moment: same decision.
 */
export const decide = (command: Command, state: ProjectState, moment: Moment): DomainEvent | undefined => {
  switch (command.type) {
    case 'create-project':
      return createProject(command)
    case 'update-project':
      return updateProject(command, existingProject(state, moment))
    case 'delete-project':
      checkProject(state, moment)
      return deleteProject(state)
    case 'create-task':
      checkProject(state, moment)
      return createTask(command, state, moment)
    case 'update-task':
      return updateTask(command, state, moment)
    case 'delete-task':
      return deleteTask(command, state)
    case 'add-timeline-entry':
      return addTimelineEntry(command, state)
    case 'create-subtask':
      return createSubtask(command, state, moment)
    case 'update-subtask':
      return updateSubtask(command, state)
    case 'delete-subtask':
      return deleteSubtask(command, state)
    case 'create-session':
      checkProject(state, moment)
      return createSession(command, state, moment)
    case 'spawn-session':
      checkProject(state, moment)
      return spawnSession(command, state, moment)
    case 'update-session':
      return updateSession(command, state, moment)
    case 'add-session-event':
      return addSessionEvent(command, state)
    case 'delete-session':
      return deleteSession(command, state)
    case 'link-task':
      return linkTask(command, state)
    case 'unlink-task':
      return unlinkTask(command, state)
    default:
      return command satisfies never
  }
}
