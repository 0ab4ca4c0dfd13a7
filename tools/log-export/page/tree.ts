import type { Task, TaskId } from '../../../events/index.ts'
import type { ProjectState } from '../../../projections/index.ts'

export interface TreeRow {
  readonly task: Task
  /** 1 for a task that is below none. */
  readonly level: number
}

/**
 * The tasks of a state as rows of a tree, in creation order. Each is there once: one whose parent is missing stands at the top,
 * and of those that are below themselves, which an adopted tree may have, the first.
 */
export const treeRows = (state: ProjectState): readonly TreeRow[] => {
  const tasks = Array.from(state.task.rows(), ({ entity }) => entity)
  const known = new Set<TaskId | null>(tasks.map(({ id }) => id))
  const children = new Map<TaskId | null, Task[]>()
  for (const task of tasks) {
    const siblings = children.get(task.parentId)
    if (siblings === undefined) children.set(task.parentId, [task])
    else siblings.push(task)
  }
  const rows: TreeRow[] = []
  const seen = new Set<TaskId>()
  const walk = (roots: readonly Task[]): void => {
    const waiting = roots.map((task) => ({ task, level: 1 })).reverse()
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const { task, level } = next
      if (seen.has(task.id)) continue
      seen.add(task.id)
      rows.push(next)
      for (const child of children.get(task.id)?.toReversed() ?? []) waiting.push({ task: child, level: level + 1 })
    }
  }
  walk(children.get(null) ?? [])
  walk(tasks.filter(({ parentId }) => parentId !== null && !known.has(parentId)))
  for (const task of tasks) walk([task])
  return rows
}
