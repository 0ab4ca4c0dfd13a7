import type { EventRecord, ProjectId } from '../../../events/index.ts'
import type { Frame } from '../../ws/plain-frames.ts'
import type { MaestroError } from '../error.ts'

/** Where to go on from, by project: the long form of cursors, `"<offset>:<hash of the record before it>"`, where it is known. */
export type Cursors = Readonly<Record<string, string>>

/** Of the view `records`: one record, the seals and place of which are checked. */
export interface RecordItem {
  readonly kind: 'record'
  readonly projectId: ProjectId
  readonly offset: number
  readonly record: EventRecord
  /** Where to go on from when this item is dealt with. */
  readonly cursor: string
}

/** Of the view `entities`: all frames of one event, after the filter. */
export interface EventItem {
  readonly kind: 'event'
  readonly projectId: ProjectId
  readonly offset: number
  /** In the order in which they came. Those of types that this client does not know are left out. */
  readonly frames: readonly Frame[]
  /** Where to go on from when this item is dealt with. */
  readonly cursor: string
}

/** What a follower tells beside what happens in projects. */
export type StatusItem =
  /**
   * There is no connection; the next attempt begins after `delay` ms. `attempt` counts those since the last connection that
   * was of use, from 1 on; `reason` says how the last one ended.
   */
  | {
      readonly kind: 'connecting'
      readonly attempt: number
      readonly delay: number
      readonly reason: string | undefined
    }
  /** The server sends a project from `cursor` on; its log ended before the offset `head` then. */
  | { readonly kind: 'following'; readonly projectId: ProjectId; readonly cursor: string; readonly head: number }
  /** Everything there was in all projects that are followed has been given. What comes now is live. */
  | { readonly kind: 'caught_up'; readonly cursors: Cursors }
  /** Nothing that the filter lets through, but the cursors have moved on. */
  | { readonly kind: 'progress'; readonly cursors: Cursors }
  /** With `recover`: the log of a project is another one now, so it is followed from its start again. */
  | { readonly kind: 'reset'; readonly projectId: ProjectId; readonly error: MaestroError }
  /** A project is not followed any more; with `recover` it is tried again with the next connection. */
  | { readonly kind: 'lost'; readonly projectId: ProjectId; readonly error: MaestroError }

/** Everything that a follower may give, whatever its view. */
export type FollowItem = RecordItem | EventItem | StatusItem
