import type { Position, ProjectId } from '../../events/index.ts'
import { Follower, historyEntry } from '../../projections/history.ts'
import { type Member, rowOf } from './home.ts'
import type { Store } from './store.ts'

/** A part of the story of a task or a session. */
export interface HistoryPage {
  /** Each as JSON. */
  readonly entries: readonly string[]
  /** Where to go on: the position after the last record that was looked at. */
  readonly next: Position
}

/** How many characters of JSON make a page long enough, and how many records are looked at for one. */
const pageLength = 4 * 1024 * 1024
const mostLookedAt = 200_000

/**
 * What happened to a task or a session, from a position on: every record that touched it, and what it did. At most `limit`
 * entries.
 */
export const readHistory = async (
  store: Pick<Store, 'history' | 'positionOf' | 'task' | 'session'>,
  projectId: ProjectId,
  member: Member,
  from: Position,
  limit: number,
): Promise<HistoryPage> => {
  const head = store.positionOf(projectId)
  const row = rowOf(store, member)
  // Nothing after its last change has touched an entity that is there; that of another project says nothing of this one.
  const isHere = row !== undefined && row.entity.projectId === projectId
  const end = isHere ? Math.min(head.offset, row.version + 1) : head.offset
  // A task is created once and for all, and nothing before that has touched it.
  const start = isHere && member.kind === 'task' ? Math.max(from.offset, row.created) : from.offset
  const follower = new Follower(member, await store.history.stateBefore(projectId, start))
  const entries: string[] = []
  let length = 0
  let lookedAt = 0
  for await (const { record, next } of store.history.recordsFrom(projectId, start, Math.max(0, end - start))) {
    const touch = follower.next(record)
    lookedAt += 1
    if (touch !== undefined) {
      const entry = JSON.stringify(historyEntry(touch))
      entries.push(entry)
      length += entry.length
    }
    if (entries.length === limit || length >= pageLength || lookedAt === mostLookedAt) {
      return { entries, next: next.offset === end ? head : next }
    }
  }
  return { entries, next: head }
}
