import { describe, expect, it } from 'vitest'
import { type DomainEvent, EntryId } from '../../../events/index.ts'
import { sharedFrom } from '../../../projections/growing-list.ts'
import { type Change, isShared } from '../../../projections/index.ts'
import { sha256 } from '../../../src/platform/hash.ts'
import { framesOf } from '../../../src/ws/feed/frames.ts'
import { eventAdded, projectCreated, sessionAdopted, taskAdopted } from '../../support/events.ts'
import { fold, recordOf } from '../../support/fold.ts'
import { projectId, session, task } from '../../support/vocabulary.ts'

/** A list of so many items is shared when it grows. */
const many = Array.from({ length: sharedFrom }, (_, i) => ({
  id: EntryId.parse(`e_${i}`),
  timestamp: i,
  type: 'update' as const,
}))
const gathered = fold(
  projectCreated(),
  taskAdopted(task('long'), { timeline: many }),
  sessionAdopted(session('long'), { events: many }),
)

/** The same change, of entities that share nothing. */
const copied = (change: Change): Change => structuredClone(change)

describe('frames', () => {
  it('show entities that share what they have gathered as they show any others', () => {
    const event: DomainEvent = eventAdded(
      session('long'),
      { type: 'note', data: { message: 'Fertig: „äöü“ 😀' } },
      { taskId: task('long') },
    )
    const [record, changes] = [recordOf(event, gathered.changes.length), gathered.add(event)]
    expect(changes.map(({ after }) => after !== undefined && isShared(after))).toEqual([true, true])
    const commit = { projectId, record, line: '', next: { offset: record.offset + 1, hash: sha256('') } }
    const all = (): boolean => true
    const frames = framesOf({ ...commit, changes }, all)
    expect(frames).toHaveLength(2)
    expect(frames).toEqual(framesOf({ ...commit, changes: changes.map(copied) }, all))
  })
})
