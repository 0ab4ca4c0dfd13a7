import type { Project, Session, SessionEvent, Subtask, Task, TimelineEntry } from '../../events/index.ts'

/** A field of a type of the language: its CEL type, and where it comes from. */
type Field<T> = readonly [type: string, of: (entity: T) => unknown]

/** A type that conditions know: entities as they see them. */
export interface ViewType<T extends object> {
  readonly name: string
  /** The CEL types of its fields, by name. */
  readonly fields: Readonly<Record<string, string>>
  /** What the views are instances of: CEL tells types by it. */
  readonly ctor: new (
    entity: T,
  ) => object
  /** The view of an entity, the same one each time. */
  readonly of: (entity: T) => object
}

/** A view has exactly the fields of its table, each made when it is asked for. */
const viewType = <T extends object>(name: string, fields: Readonly<Record<string, Field<T>>>): ViewType<T> => {
  class View {
    readonly entity: T
    constructor(entity: T) {
      this.entity = entity
    }
  }
  for (const [key, [, of]] of Object.entries(fields)) {
    Object.defineProperty(View.prototype, key, {
      get(this: View) {
        return of(this.entity)
      },
    })
  }
  const views = new WeakMap<T, View>()
  return {
    name,
    fields: Object.fromEntries(Object.entries(fields).map(([key, [type]]) => [key, type])),
    ctor: View,
    of: (entity) => {
      const view = views.get(entity) ?? new View(entity)
      views.set(entity, view)
      return view
    },
  }
}

const timestamp = 'google.protobuf.Timestamp'
const strings = 'list<string>'
/** What may be null: nothing else can be compared with null. */
const nullable = 'dyn'

const timeOf = (at: number): Date => new Date(at)
const timeOrNull = (at: number | null): Date | null => (at === null ? null : timeOf(at))

export const projectView = viewType<Project>('Project', {
  id: ['string', ({ id }) => id],
  name: ['string', ({ name }) => name],
  workingDir: ['string', ({ workingDir }) => workingDir],
  description: ['string', ({ description }) => description],
  lifecycle: ['string', ({ lifecycle }) => lifecycle],
  createdAt: [timestamp, ({ createdAt }) => timeOf(createdAt)],
  updatedAt: [timestamp, ({ updatedAt }) => timeOf(updatedAt)],
})

export const subtaskView = viewType<Subtask>('Subtask', {
  id: ['string', ({ id }) => id],
  title: ['string', ({ title }) => title],
  description: ['string', ({ description }) => description],
  completed: ['bool', ({ completed }) => completed],
  order: ['double', ({ order }) => order],
  createdAt: [timestamp, ({ createdAt }) => timeOf(createdAt)],
  updatedAt: [timestamp, ({ updatedAt }) => timeOf(updatedAt)],
  completedAt: [nullable, ({ completedAt }) => timeOrNull(completedAt)],
})

export const entryView = viewType<TimelineEntry>('Entry', {
  id: ['string', ({ id }) => id],
  type: ['string', ({ type }) => type],
  message: ['string', ({ message = '' }) => message],
  sessionId: ['string', ({ sessionId = '' }) => sessionId],
  timestamp: [timestamp, ({ timestamp: at }) => timeOf(at)],
})

export const taskView = viewType<Task>('Task', {
  id: ['string', ({ id }) => id],
  parentId: [nullable, ({ parentId }) => parentId],
  title: ['string', ({ title }) => title],
  description: ['string', ({ description }) => description],
  initialPrompt: ['string', ({ initialPrompt }) => initialPrompt],
  status: ['string', ({ status }) => status],
  priority: ['string', ({ priority }) => priority],
  sessionIds: [strings, ({ sessionIds }) => sessionIds],
  skillIds: [strings, ({ skillIds }) => skillIds],
  agentIds: [strings, ({ agentIds }) => agentIds],
  dependencies: [strings, ({ dependencies }) => dependencies],
  subtasks: ['list<Subtask>', ({ subtasks }) => subtasks.map(subtaskView.of)],
  timeline: ['list<Entry>', ({ timeline }) => timeline.map(entryView.of)],
  createdAt: [timestamp, ({ createdAt }) => timeOf(createdAt)],
  updatedAt: [timestamp, ({ updatedAt }) => timeOf(updatedAt)],
  startedAt: [nullable, ({ startedAt }) => timeOrNull(startedAt)],
  completedAt: [nullable, ({ completedAt }) => timeOrNull(completedAt)],
})

export const eventView = viewType<SessionEvent>('Event', {
  id: ['string', ({ id }) => id],
  type: ['string', ({ type }) => type],
  data: ['dyn', ({ data = null }) => data],
  timestamp: [timestamp, ({ timestamp: at }) => timeOf(at)],
})

export const sessionView = viewType<Session>('Session', {
  id: ['string', ({ id }) => id],
  name: ['string', ({ name }) => name],
  status: ['string', ({ status }) => status],
  taskIds: [strings, ({ taskIds }) => taskIds],
  agentId: [nullable, ({ agentId }) => agentId],
  env: ['map<string, string>', ({ env }) => env],
  metadata: ['map<string, dyn>', ({ metadata }) => metadata],
  events: ['list<Event>', ({ events }) => events.map(eventView.of)],
  hostname: ['string', ({ hostname }) => hostname],
  platform: ['string', ({ platform }) => platform],
  startedAt: [timestamp, ({ startedAt }) => timeOf(startedAt)],
  lastActivity: [timestamp, ({ lastActivity }) => timeOf(lastActivity)],
  completedAt: [nullable, ({ completedAt }) => timeOrNull(completedAt)],
})

/** All types of the language. */
export const types: ReadonlyArray<ViewType<never>> = [
  ...[projectView, taskView, subtaskView, entryView, sessionView, eventView],
]
