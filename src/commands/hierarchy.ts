import type { TaskId } from '../../events/index.ts'
import type { ProjectState } from '../../projections/index.ts'
import { AppError } from '../errors.ts'

const invalid = (path: string, reason: string): AppError =>
  new AppError('VALIDATION_ERROR', `${path} ${reason}`, { details: [{ path, reason }] })

/**
 * Throws VALIDATION_ERROR when `parentId` is the task itself or below it. Walks up from the new parent, so the cost is its
 * depth; ends on a cycle elsewhere too, which an adopted tree may have.
 */
export const checkParent = (state: ProjectState, taskId: TaskId, parentId: TaskId): void => {
  const seen = new Set<TaskId>()
  for (let id: TaskId | null = parentId; id !== null && !seen.has(id); id = parentOf(state, id)) {
    if (id === taskId) throw invalid('parentId', 'must not be the task itself or one of its descendants')
    seen.add(id)
  }
}

const parentOf = (state: ProjectState, id: TaskId): TaskId | null => state.task.get(id)?.entity.parentId ?? null

/** Throws VALIDATION_ERROR when one of `dependencies` is the task itself or depends on it, however indirectly. */
export const checkDependencies = (state: ProjectState, taskId: TaskId, dependencies: readonly TaskId[]): void => {
  if (dependencies.includes(taskId)) throw invalid('dependencies', 'must not contain the task itself')
  const seen = new Set(dependencies)
  // A set yields what is added while it is gone over: it is the list of what is still to visit as well.
  for (const id of seen) {
    if (id === taskId) throw invalid('dependencies', 'must not lead back to the task')
    for (const next of state.task.get(id)?.entity.dependencies ?? []) seen.add(next)
  }
}
