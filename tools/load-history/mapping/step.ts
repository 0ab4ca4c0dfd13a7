import type { Priority, TaskStatus, TimelineType } from '../../../events/index.ts'

/** A task or a session, named before the server has given it an id. A task that is created again gets another one. */
export type Handle = string

/** The fields of a task that the server and the history have in common. */
export interface TaskFields {
  readonly title: string
  readonly description: string
  readonly status: TaskStatus
  readonly priority: Priority
  readonly parent: Handle | null
  readonly dependencies: readonly Handle[]
}

/** What one request asks the server to do. Each of them changes something, so each is one record. */
export type Action =
  | {
      readonly kind: 'create-task'
      readonly task: Handle
      readonly fields: Pick<TaskFields, 'title'> & Partial<Omit<TaskFields, 'status'>>
    }
  | { readonly kind: 'update-task'; readonly task: Handle; readonly changes: Partial<TaskFields> }
  /** `gone` is the whole subtree, with the task itself as the first. */
  | { readonly kind: 'delete-task'; readonly task: Handle; readonly gone: readonly Handle[] }
  | { readonly kind: 'add-entry'; readonly task: Handle; readonly type: TimelineType; readonly message: string }
  | { readonly kind: 'create-session'; readonly session: Handle; readonly name: string }
  | { readonly kind: 'link-session'; readonly session: Handle; readonly task: Handle }
  | { readonly kind: 'unlink-session'; readonly session: Handle; readonly task: Handle }

/** What a step depends on, and what it changes. Two steps conflict when one of them writes what the other touches. */
export interface Touched {
  readonly reads: readonly Handle[]
  readonly writes: readonly Handle[]
}

export interface Step extends Touched {
  /** Its Idempotency-Key: the same in every run over the same history. */
  readonly key: string
  readonly action: Action
}
