import type { Position, ProjectId } from '../../events/index.ts'
import { EntityFilter } from './entity-filter.ts'
import { GrowingPage, type Page, type PageLimits } from './growing-page.ts'
import { lineFeed, typeIn } from './line-fields.ts'
import type { Store } from './store.ts'

/** Which records of a log are wanted. */
export interface Selection {
  /** Whether records of a type are. */
  readonly allows: (type: string) => boolean
  /** Only those that create, change or delete the entity with this id. */
  readonly entity: string | undefined
}

/** How many records are looked at for one page, however few of them are wanted. */
const mostLookedAt = 50_000

export type PageSource = Pick<Store, 'positionOf' | 'recent' | 'read' | 'history'>

/**
 * The next records of a log that are wanted, from a position on and up to the head, as the lines that they are: from memory
 * where they are there, else from the log. With a selection, a page may be empty although the head is further on: whoever
 * wants more goes on where it ends.
 */
export const readPage = async (
  store: PageSource,
  projectId: ProjectId,
  from: Position,
  selection: Selection,
  limits: PageLimits,
): Promise<Page> => {
  const page = new GrowingPage(from, limits)
  if (readNear(store, projectId, selection, page)) return page.finish()
  // No further than the store has come: what the log knows beyond that is about to be told.
  const lookedAt = Math.min(store.positionOf(projectId).offset - from.offset, mostLookedAt)
  if (selection.entity === undefined) await readLines(store, projectId, lookedAt, selection, page)
  else await readTouching(store, projectId, lookedAt, { ...selection, entity: selection.entity }, page)
  return page.finish()
}

/** Takes what is in memory. False if what comes first is not. */
const readNear = (
  store: PageSource,
  projectId: ProjectId,
  { allows, entity }: Selection,
  page: GrowingPage,
): boolean => {
  let any = false
  while (!page.isFull) {
    const commit = store.recent.at(projectId, page.next)
    if (commit === undefined) break
    const { record, changes } = commit
    const isWanted = allows(record.type) && (entity === undefined || changes.some(({ id }) => id === entity))
    const line = Buffer.from(commit.line)
    page.add(line, 0, line.length, isWanted)
    any = true
  }
  return any
}

/** Takes lines without a look at more of them than their types. */
const readLines = async (
  store: PageSource,
  projectId: ProjectId,
  lookedAt: number,
  { allows }: Selection,
  page: GrowingPage,
): Promise<void> => {
  for await (const { bytes } of store.read(projectId, page.next, lookedAt)) {
    const lines = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
    for (let at = 0; at < lines.length && !page.isFull; ) {
      const end = lines.indexOf(lineFeed, at) + 1
      page.add(lines, at, end, allows(typeIn(lines, at)))
      at = end
    }
    if (page.isFull) return
  }
}

const readTouching = async (
  store: PageSource,
  projectId: ProjectId,
  lookedAt: number,
  { allows, entity }: Selection & { readonly entity: string },
  page: GrowingPage,
): Promise<void> => {
  const filter = new EntityFilter(store.history, projectId, entity)
  for await (const { record, line } of store.history.recordsFrom(projectId, page.next, lookedAt)) {
    const touched = await filter.lets(record)
    const bytes = Buffer.from(line)
    page.add(bytes, 0, bytes.length, touched && allows(record.type))
    if (page.isFull) return
  }
}
