import type { Priority, Task, TaskStatus, TimelineType } from '../../events/index.ts'
import { UpdateTaskBody } from '../../src/http/schemas.ts'
import type { Acknowledged } from '../../tools/load-history/load.ts'

/** What can be told of a task from the requests that were acknowledged. */
export interface ModelTask {
  title: string
  description: string
  status: TaskStatus
  priority: Priority
  parentId: string | null
  dependencies: string[]
  sessionIds: string[]
  timeline: Array<{ type: TimelineType; message?: string | undefined; sessionId?: string | undefined }>
}

/** The same of a task as the API shows it. */
export const modelOf = ({ timeline, ...task }: Task): ModelTask => ({
  title: task.title,
  description: task.description,
  status: task.status,
  priority: task.priority,
  parentId: task.parentId,
  dependencies: task.dependencies,
  sessionIds: task.sessionIds,
  timeline: timeline.map(({ type, message, sessionId }) => ({ type, message, sessionId })),
})

/**
 * The tasks that there must be once all that was acknowledged is true, by id: a second, much simpler opinion of what
 * requests do, which knows nothing of events.
 */
export const tasksFrom = (journal: readonly Acknowledged[]): Map<string, ModelTask> => {
  const model = new JournalModel()
  for (const one of [...journal].sort((a, b) => a.receipt.offset - b.receipt.offset)) model.take(one)
  return model.tasks
}

class JournalModel {
  readonly tasks = new Map<string, ModelTask>()
  readonly #ids = new Map<string, string>()

  take({ action, request, receipt: { id = '' } }: Acknowledged): void {
    switch (action.kind) {
      case 'create-task':
        this.#ids.set(action.task, id)
        this.tasks.set(id, { ...newTask(), ...fieldsIn(request.body) })
        break
      case 'update-task':
        Object.assign(this.#task(action.task), fieldsIn(request.body))
        break
      case 'delete-task':
        this.#delete(new Set(action.gone.map((handle) => this.#id(handle))))
        break
      case 'add-entry':
        this.#task(action.task).timeline.push({ type: action.type, message: action.message })
        break
      case 'create-session':
        this.#ids.set(action.session, id)
        break
      case 'link-session': {
        const sessionId = this.#id(action.session)
        const task = this.#task(action.task)
        task.sessionIds.push(sessionId)
        task.timeline.push({ type: 'session_started', sessionId })
        break
      }
      case 'unlink-session': {
        const sessionId = this.#id(action.session)
        const task = this.#task(action.task)
        task.sessionIds = task.sessionIds.filter((one) => one !== sessionId)
        task.timeline.push({ type: 'session_ended', sessionId })
        break
      }
    }
  }

  #delete(gone: ReadonlySet<string>): void {
    for (const id of gone) this.tasks.delete(id)
    for (const task of this.tasks.values()) task.dependencies = task.dependencies.filter((id) => !gone.has(id))
  }

  #id(handle: string): string {
    const id = this.#ids.get(handle)
    if (id === undefined) throw new Error(`${handle} was never created`)
    return id
  }

  #task(handle: string): ModelTask {
    const task = this.tasks.get(this.#id(handle))
    if (task === undefined) throw new Error(`${handle} is gone`)
    return task
  }
}

const newTask = (): ModelTask => ({
  title: '',
  description: '',
  status: 'pending',
  priority: 'medium',
  parentId: null,
  dependencies: [],
  sessionIds: [],
  timeline: [{ type: 'created', message: 'Task created' }],
})

const Fields = UpdateTaskBody.pick({
  title: true,
  description: true,
  status: true,
  priority: true,
  parentId: true,
  dependencies: true,
})

const fieldsIn = (body: unknown): object => Fields.parse(body)
