import { type Session, type Task, type TaskId, TaskStatus } from '../../events/index.ts'
import { isOver, type ProjectState } from '../../projections/index.ts'
import { nameOf, type Scene } from '../story/names.ts'
import { counted, grouped } from '../support/numbers.ts'
import { plain, timeText } from '../support/shown.ts'
import type { Colour, Paint } from '../support/style.ts'

/** Which tasks a tree shows. */
export interface TreeOptions {
  /** Only this one and all below it. */
  readonly root?: TaskId | undefined
  /** Leaves out what is completed, and has nothing below it that is not. */
  readonly open: boolean
}

const marks: Readonly<Record<TaskStatus, string>> = { pending: '○', in_progress: '◐', blocked: '■', completed: '✓' }
const colours: Readonly<Record<TaskStatus, Colour | undefined>> = {
  pending: undefined,
  in_progress: 'yellow',
  blocked: 'red',
  completed: 'green',
}

export interface TreeLine {
  /** The task that it shows. */
  readonly id: TaskId
  readonly text: string
}

/** The tasks as a tree, in creation order, a line each. */
export function* treeLines(state: ProjectState, { root, open }: TreeOptions, paint: Paint): Generator<TreeLine> {
  const tree = new Tree(state, open)
  const below = root === undefined ? undefined : state.task.get(root)?.entity
  for (const task of below === undefined ? tree.roots() : [below]) yield* tree.lines(task, paint)
}

/** A task with what stands before it, and before all below it. */
interface Branch {
  readonly task: Task
  readonly before: string
  readonly below: string
}

class Tree {
  readonly #scene: Scene
  /** By the task above them, in creation order; the top is null, and also above whose parent is no more. */
  readonly #below = new Map<TaskId | null, Task[]>()
  readonly #tasks: readonly Task[]
  readonly #seen = new Set<TaskId>()
  /** Undefined when all are shown. */
  readonly #shown: ReadonlySet<TaskId> | undefined

  constructor(state: ProjectState, open: boolean) {
    this.#scene = { state }
    this.#tasks = Array.from(state.task.rows(), ({ entity }) => entity)
    for (const task of this.#tasks) {
      const { parentId } = task
      const parent = parentId !== null && state.task.get(parentId) === undefined ? null : parentId
      const siblings = this.#below.get(parent)
      if (siblings === undefined) this.#below.set(parent, [task])
      else siblings.push(task)
    }
    this.#shown = open ? openOnes(this.#tasks, state) : undefined
  }

  /** The tasks at the top, and then those that an adopted tree has below themselves. */
  *roots(): Generator<Task> {
    yield* this.#below.get(null) ?? []
    for (const task of this.#tasks) if (!this.#seen.has(task.id)) yield task
  }

  /** A task and all below it. An adopted tree may be as deep as it likes, so nothing here recurs. */
  *lines(top: Task, paint: Paint): Generator<TreeLine> {
    const pending: Branch[] = [{ task: top, before: '', below: '' }]
    for (let branch = pending.pop(); branch !== undefined; branch = pending.pop()) {
      const { task, before } = branch
      const { id } = task
      if (this.#seen.has(id)) continue
      this.#seen.add(id)
      if (this.#isShown(id)) yield { id, text: `${paint(before, 'dim')}${taskWords(task, this.#scene, paint)}` }
      for (const child of this.#branches(branch).reverse()) pending.push(child)
    }
  }

  #branches({ task, below }: Branch): Branch[] {
    const children = this.#below.get(task.id) ?? []
    const last = children.findLast(({ id }) => this.#isShown(id))
    return children.map((child) => {
      const [before, next] = child === last ? ['└─ ', '   '] : ['├─ ', '│  ']
      return { task: child, before: `${below}${before}`, below: `${below}${next}` }
    })
  }

  #isShown(id: TaskId): boolean {
    return this.#shown?.has(id) ?? true
  }
}

/** What is not completed, and all above it. */
const openOnes = (tasks: readonly Task[], state: ProjectState): ReadonlySet<TaskId> => {
  const open = new Set<TaskId>()
  for (const { id, status } of tasks) {
    if (status === 'completed') continue
    for (let above: TaskId | null = id; above !== null && !open.has(above); ) {
      open.add(above)
      above = state.task.get(above)?.entity.parentId ?? null
    }
  }
  return open
}

const longestTitle = 72

const taskWords = (task: Task, { state }: Scene, paint: Paint): string => {
  const done = task.subtasks.filter(({ completed }) => completed).length
  const details = [
    ...(task.priority === 'medium' ? [] : [task.priority]),
    ...(task.subtasks.length === 0 ? [] : [`${done}/${task.subtasks.length} subtasks`]),
    ...task.sessionIds.map((id) => `@${plain(nameOf(id, state) ?? id, 24)}`),
  ]
  const words = details.length === 0 ? '' : ` (${details.join(', ')})`
  const mark = paint(marks[task.status], colours[task.status])
  return `${mark} ${plain(task.title, longestTitle)}${words} ${paint(task.id, 'dim')}`
}

/** How many tasks have which status, with the marks that the tree has for them. */
export const taskCounts = (state: ProjectState, paint: Paint): string => {
  const counts = TaskStatus.options.map((status) => ({ status, count: state.task.count('status', status) }))
  const words = counts.map(
    ({ status, count }) => `${paint(marks[status], colours[status])} ${grouped(count)} ${status}`,
  )
  return `${counted(state.task.size, 'task')}: ${words.join('  ')}`
}

/** The sessions that are not over, a line each, and how many are. */
export const sessionLines = (state: ProjectState, paint: Paint): string[] => {
  const sessions = Array.from(state.session.rows(), ({ entity }) => entity)
  const active = sessions.filter(({ status }) => !isOver(status))
  const over = sessions.length - active.length
  return [
    `${counted(sessions.length, 'session')}: ${grouped(active.length)} active, ${grouped(over)} over`,
    ...active.map((session) => sessionWords(session, state, paint)),
  ]
}

const sessionWords = (
  { id, name, status, taskIds, lastActivity }: Session,
  state: ProjectState,
  paint: Paint,
): string => {
  const on = taskIds.length === 1 ? plain(nameOf(taskIds[0] ?? '', state) ?? '') : counted(taskIds.length, 'task')
  return `@${plain(name, 24)} ${status} on ${on}, last active ${timeText(lastActivity)} ${paint(id, 'dim')}`
}
