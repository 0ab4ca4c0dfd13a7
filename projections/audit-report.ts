import type { Instant, SessionId, SessionStatus, TaskId, TaskStatus } from '../events/index.ts'

/** What an audit looks out for, in the order in which it is told. */
export const findingKinds = ['lifecycle', 'unattended_task', 'open_session', 'blocked', 'gap', 'clock'] as const
export type FindingKind = (typeof findingKinds)[number]

type TwoOffsets = readonly [first: number, second: number]

/** Something that deserves a look. `offsets` name the records that show it; times are ms since 1970, durations ms. */
export type Finding =
  /** A task went where the state diagram has no arrow: the first record set it to `from`, the second to `to`. */
  | {
      readonly kind: 'lifecycle'
      readonly taskId: TaskId
      readonly from: TaskStatus
      readonly to: TaskStatus
      readonly at: Instant
      readonly offsets: TwoOffsets
    }
  /** In progress at the end, and no session at work has it: begun by the first record, left alone by the second. */
  | {
      readonly kind: 'unattended_task'
      readonly taskId: TaskId
      readonly since: Instant
      readonly offsets: TwoOffsets
    }
  /** Neither completed nor failed at the end: created by the first record, last changed by the second. */
  | {
      readonly kind: 'open_session'
      readonly sessionId: SessionId
      readonly status: SessionStatus
      readonly lastActivity: Instant
      readonly offsets: TwoOffsets
    }
  /** One of the longest times that a task was blocked, from the first record to the second; without that, it still is. */
  | {
      readonly kind: 'blocked'
      readonly taskId: TaskId
      readonly ms: number
      readonly offsets: readonly [from: number] | TwoOffsets
    }
  /** One of the longest times in which nothing happened although a task was in progress. */
  | { readonly kind: 'gap'; readonly ms: number; readonly offsets: TwoOffsets }
  /** A clock was set: between the two records, the time in their ids moved by `ms` more than their `at` did. */
  | { readonly kind: 'clock'; readonly ms: number; readonly offsets: TwoOffsets }

export interface AuditReport {
  /** How many records were looked at. */
  readonly records: number
  /** Times of the first and the last one; absent where there is none. */
  readonly from?: Instant
  readonly to?: Instant
  /** How many findings there are of each kind, also of those that are not told. */
  readonly counts: Readonly<Record<FindingKind, number>>
  readonly findings: readonly Finding[]
}
