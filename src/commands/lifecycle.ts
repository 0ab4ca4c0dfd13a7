import type { Lifecycle, TaskStatus } from '../../events/index.ts'
import { AppError } from '../errors.ts'

/** The arrows of the state diagram. A strict project allows no others; nothing follows `completed`. */
const arrows: Readonly<Record<TaskStatus, readonly TaskStatus[]>> = {
  pending: ['in_progress', 'blocked'],
  in_progress: ['completed', 'blocked', 'pending'],
  blocked: ['in_progress', 'pending'],
  completed: [],
}

/** Throws INVALID_TRANSITION, with the statuses that may follow, when a task may not go from one status to another. */
export const checkTransition = (lifecycle: Lifecycle, from: TaskStatus, to: TaskStatus): void => {
  const allowed = arrows[from]
  if (lifecycle === 'open' || allowed.includes(to)) return
  throw new AppError('INVALID_TRANSITION', `A task cannot go from ${from} to ${to}`, { details: { from, to, allowed } })
}
