import { z } from 'zod'
import { Cursor, ProjectId } from '../../../events/index.ts'
import { everyProject, maxTypes, TypeFilter, View } from '../../ws/protocol.ts'
import type { Backoff } from '../backoff.ts'
import type { CursorStorage } from '../cursors/storage.ts'
import { MaestroError } from '../error.ts'
import type { ChannelLimits } from './channel.ts'

/** What to follow, and how. Everything has a default: every project, from its start, as plain frames, for ever. */
export interface FollowOptions {
  /** One project, several, or `"*"` for every one, those created later too. Default: `"*"`. */
  readonly projects?: string | readonly string[] | undefined
  /**
   * Where to go on from, by project: `"start"`, `"now"`, an offset, or the long form that items give, with which it is noticed
   * when a log has been replaced by another.
   */
  readonly cursors?: Readonly<Record<string, string | number>> | undefined
  /** Where to begin in projects that `cursors` does not name. Default: `"start"`, so that nothing is skipped. */
  readonly else?: string | number | undefined
  /** Only these types, such as `task:updated` or `task:*`: of frames in `entities`, of records in `records`. Default: all. */
  readonly types?: readonly string[] | undefined
  /** Ends it, also while it waits. */
  readonly signal?: AbortSignal | undefined
  /** Keeps the cursors, so that the next run goes on where this one ended. What it has kept comes before `cursors`. */
  readonly storage?: CursorStorage | undefined
  /**
   * Goes on where a follower would stop: a project whose log is another one now is followed from its start again (`reset`),
   * one that cannot be followed is tried again with the next connection (`lost`). Default: false.
   */
  readonly recover?: boolean | undefined
  /** How long is waited before another attempt to connect. Default: up to 100 ms at first, up to 5 s at last. */
  readonly backoff?: Backoff | undefined
  /** Bounds of a connection, for those who need others. */
  readonly limits?: Partial<ChannelLimits> | undefined
}

const Targets = z.object({
  projects: z.union([z.literal(everyProject), ProjectId.transform((id) => [id]), z.array(ProjectId).min(1)]),
  cursors: z.record(ProjectId, Cursor),
  else: Cursor,
  view: View,
  types: z.array(TypeFilter).min(1).max(maxTypes).optional(),
})
/** What to follow, as it is checked. */
export type Targets = z.output<typeof Targets>

/** Throws `VALIDATION_ERROR` for what cannot be an id, a cursor or a type. */
export const targetsOf = (options: FollowOptions, view: View, kept: Readonly<Record<string, string>>): Targets => {
  const { projects = everyProject, cursors, else: otherwise = 'start', types } = options
  const parsed = Targets.safeParse({ projects, cursors: { ...cursors, ...kept }, else: otherwise, view, types })
  if (parsed.success) return parsed.data
  throw new MaestroError('VALIDATION_ERROR', `Nothing can be followed so: ${z.prettifyError(parsed.error)}`)
}
