import type { TaskStatus } from '../events/index.ts'

/** The arrows of the state diagram. A strict project allows no others; nothing follows `completed`. */
export const mayFollow: Readonly<Record<TaskStatus, readonly TaskStatus[]>> = {
  pending: ['in_progress', 'blocked'],
  in_progress: ['completed', 'blocked', 'pending'],
  blocked: ['in_progress', 'pending'],
  completed: [],
}
