import type { Lifecycle, TaskStatus } from '../../events/index.ts'
import { mayFollow } from '../../projections/index.ts'
import { AppError } from '../errors.ts'

/** Throws INVALID_TRANSITION, with the statuses that may follow, when a task may not go from one status to another. */
export const checkTransition = (lifecycle: Lifecycle, from: TaskStatus, to: TaskStatus): void => {
  const allowed = mayFollow[from]
  if (lifecycle === 'open' || allowed.includes(to)) return
  throw new AppError('INVALID_TRANSITION', `A task cannot go from ${from} to ${to}`, { details: { from, to, allowed } })
}
