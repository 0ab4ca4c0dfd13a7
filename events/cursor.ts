import { z } from 'zod'
import { type Position, start } from './record.ts'

/** Fifteen digits stay below 2^53. */
export const cursorPattern = /^(?:start|now|[0-9]{1,15}(?::[0-9a-f]{64})?)$/

/**
 * Where somebody stands in a log, as it is written on the wire: the offset of the next record wanted, `"start"`, `"now"`, or
 * the long form `"<offset>:<hash of the record before it>"`, which also says in which history that offset was. The long form
 * is the one that servers give.
 */
export const Cursor = z.union([
  z.int().nonnegative(),
  z.string().regex(cursorPattern, 'must be an offset, "start", "now", or "<offset>:<hash of the record before it>"'),
])
export type Cursor = z.infer<typeof Cursor>

/** A cursor taken apart. Without a hash nothing is known of the history that the offset was in. */
export type CursorParts =
  | { readonly kind: 'start' }
  | { readonly kind: 'now' }
  | { readonly kind: 'offset'; readonly offset: number; readonly hash: string | undefined }

export const partsOfCursor = (cursor: Cursor): CursorParts => {
  if (typeof cursor === 'number') return { kind: 'offset', offset: cursor, hash: undefined }
  if (cursor === 'start' || cursor === 'now') return { kind: cursor }
  const [offset, hash] = cursor.split(':')
  return { kind: 'offset', offset: Number(offset), hash }
}

/** The long form. */
export const cursorOf = ({ offset, hash }: Position): string => `${offset}:${hash}`

/** Reads a long form again, `undefined` for every other text. */
export const positionOfCursor = (cursor: Cursor): Position | undefined => {
  const parts = partsOfCursor(cursor)
  if (parts.kind === 'start') return start
  return parts.kind === 'offset' && parts.hash !== undefined ? { offset: parts.offset, hash: parts.hash } : undefined
}
