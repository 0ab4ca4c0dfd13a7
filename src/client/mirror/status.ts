import type { EventRecord, ProjectId } from '../../../events/index.ts'
import type { Change } from '../../../projections/index.ts'
import type { MaestroError } from '../error.ts'

/** How current a mirror is. */
export type MirrorStatus =
  /** It reads what it has not got yet. */
  | { readonly kind: 'catching_up' }
  /** It has everything that the server has told it of, and hears of whatever comes. */
  | { readonly kind: 'live' }
  /** There is no connection: it shows what was true, and tries to connect again. */
  | { readonly kind: 'stale'; readonly reason: string }
  /** It will not change any more: its signal has ended it, or there was no point in going on. */
  | { readonly kind: 'ended'; readonly error: MaestroError }

/** What a mirror tells those who listen, after it has happened. */
export type MirrorEvent =
  | { readonly kind: 'status'; readonly status: MirrorStatus }
  /** The whole state of a project is new to those who look: it has caught up for the first time, or after a reset. */
  | { readonly kind: 'shown'; readonly projectId: ProjectId }
  /** One record has come in, and this is what it changed. */
  | {
      readonly kind: 'changed'
      readonly projectId: ProjectId
      readonly record: EventRecord
      readonly changes: readonly Change[]
    }
  /** The log of a project is another one now. Until it has caught up with that, the old state is shown. */
  | { readonly kind: 'reset'; readonly projectId: ProjectId; readonly error: MaestroError }
  /** A project cannot be followed for now. What was true is still shown. */
  | { readonly kind: 'lost'; readonly projectId: ProjectId; readonly error: MaestroError }

export type MirrorListener = (event: MirrorEvent) => void
