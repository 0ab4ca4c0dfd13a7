import type { Timer } from '../environment.ts'
import type { FollowItem } from '../stream/items.ts'
import type { CursorStorage } from './storage.ts'

/** So long is waited after a save before the next, ms, while there is more to deal with. */
const saveEvery = 1_000

/**
 * Passes items on and keeps the cursors of those that have been dealt with: an item has been when the next one is asked for.
 * They are saved every so often, when all there was is dealt with, and in the end. Rejects when the storage does.
 */
export async function* keepingCursors<Item extends FollowItem>(
  items: AsyncIterable<Item>,
  storage: CursorStorage,
  kept: Readonly<Record<string, string>>,
  timer: Timer,
): AsyncGenerator<Item, void, undefined> {
  const cursors = new Map(Object.entries(kept))
  let isSaved = true
  let isEarly = false
  let cancel = (): void => {}
  const save = async (): Promise<void> => {
    if (isSaved) return
    isSaved = true
    await storage.save(Object.fromEntries(cursors))
    isEarly = true
    cancel()
    cancel = timer(saveEvery, () => {
      isEarly = false
    })
  }
  try {
    for await (const item of items) {
      // Should this run end while the reset is being dealt with, the next one begins where there is one again.
      if (item.kind === 'reset') await save()
      yield item
      for (const [id, cursor] of movedBy(item)) {
        cursors.set(id, cursor)
        isSaved = false
      }
      if (item.kind === 'caught_up' || !isEarly) await save()
    }
  } finally {
    await save()
    cancel()
  }
}

/** The cursors that are other ones when an item has been dealt with. */
const movedBy = (item: FollowItem): ReadonlyArray<readonly [string, string]> => {
  switch (item.kind) {
    case 'record':
    case 'event':
      return [[item.projectId, item.cursor]]
    case 'caught_up':
    case 'progress':
      return Object.entries(item.cursors)
    case 'reset':
      return [[item.projectId, 'start']]
    case 'connecting':
    case 'following':
    case 'lost':
      return []
  }
}
