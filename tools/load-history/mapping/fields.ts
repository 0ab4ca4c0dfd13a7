import type { Priority, TaskStatus, TimelineType } from '../../../events/index.ts'
import type { Asked } from '../../../src/commands/fields.ts'
import type { Comment, Fields, SourceStatus } from '../history/change.ts'
import type { TaskFields } from './step.ts'

/** What a new task has where nothing is said, and what a field that is cleared goes back to. */
export const initial: Omit<TaskFields, 'title'> = {
  description: '',
  status: 'pending',
  priority: 'medium',
  parent: null,
  dependencies: [],
}

const statuses: Readonly<Record<SourceStatus, TaskStatus>> = {
  open: 'pending',
  deferred: 'pending',
  pinned: 'pending',
  in_progress: 'in_progress',
  hooked: 'in_progress',
  blocked: 'blocked',
  closed: 'completed',
  done: 'completed',
}

/** Priorities 0, 1 / 2 / 3, 4. */
const priorityOf = (priority: number): Priority => (priority < 2 ? 'high' : priority === 2 ? 'medium' : 'low')

/** The fields that a change sets, as the server has them. Labels and kinds of issues have no place there. */
export const fieldsOf = ({ title, description, status, priority }: Fields): Asked<TaskFields> => ({
  title,
  description: translated(description, (text) => text, initial.description),
  status: translated(status, (name) => statuses[name], initial.status),
  priority: translated(priority, priorityOf, initial.priority),
})

const translated = <From, To>(value: From | null | undefined, to: (value: From) => To, cleared: To): To | undefined =>
  value === undefined ? undefined : value === null ? cleared : to(value)

export interface EntryText {
  readonly type: TimelineType
  readonly message: string
}

/** The timeline entries that a change makes. Of its comments only those behind the ones that were there before. */
export const entriesOf = ({ notes, comments, close_reason }: Fields, before: readonly Comment[]): EntryText[] => {
  const now = comments ?? []
  const firstNew = now.findIndex((comment, i) => !isSame(comment, before[i]))
  const texts = firstNew === -1 ? [] : now.slice(firstNew).map(({ author, text }) => `${author}: ${text}`)
  return [...[notes, ...texts].flatMap(entryOf('update')), ...[close_reason].flatMap(entryOf('milestone'))]
}

const entryOf =
  (type: TimelineType) =>
  (message: string | null | undefined): EntryText[] =>
    isBlank(message) ? [] : [{ type, message }]

const isSame = (one: Comment, other: Comment | undefined): boolean =>
  one.author === other?.author && one.text === other.text

/** The server takes no text that holds nothing but white space. */
export const isBlank = (text: string | null | undefined): text is null | undefined | '' =>
  text === undefined || text === null || text.trim() === ''
