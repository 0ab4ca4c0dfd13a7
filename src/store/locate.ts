import { type Cursor, type Position, type ProjectId, partsOfCursor, start } from '../../events/index.ts'
import { AppError } from '../errors.ts'
import type { Store } from './store.ts'

/**
 * Where in the log of a project a cursor stands. Throws PROJECT_NOT_FOUND, OFFSET_AHEAD where the log is shorter than that,
 * and HISTORY_DIVERGED where the record before it is another one than the cursor names.
 */
export const locate = async (
  store: Pick<Store, 'stateOf' | 'positionOf' | 'positionAt'>,
  projectId: ProjectId,
  cursor: Cursor,
): Promise<Position> => {
  if (store.stateOf(projectId) === undefined) throw new AppError('PROJECT_NOT_FOUND', 'Project not found')
  const parts = partsOfCursor(cursor)
  if (parts.kind === 'start') return start
  const head = store.positionOf(projectId)
  if (parts.kind === 'now') return head
  if (parts.offset > head.offset) throw ahead(head, parts.offset)
  const position = await store.positionAt(projectId, parts.offset)
  if (parts.hash !== undefined && parts.hash !== position.hash) throw diverged(position, parts.hash)
  return position
}

const ahead = ({ offset: head }: Position, offset: number): AppError =>
  new AppError(
    'OFFSET_AHEAD',
    `The cursor is at offset ${offset}, but the log ends before offset ${head}: it was restored from an older copy. Follow it from the start again.`,
    { details: { head, offset } },
  )

const diverged = ({ offset, hash }: Position, wanted: string): AppError =>
  new AppError(
    'HISTORY_DIVERGED',
    `The record before offset ${offset} is not the one that the cursor names: this is another history. Follow it from the start again.`,
    { details: { offset, hash, wanted } },
  )
