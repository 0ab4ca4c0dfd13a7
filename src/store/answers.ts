import type { Position } from '../../events/index.ts'
import { sightAfter, subjectOf } from '../../projections/index.ts'
import type { Answer } from './request.ts'
import type { Staged } from './stage.ts'

/** What is answered once a staged event is durable. */
export const appended = ({ record, changes }: Staged, next: Position): Answer => {
  const { kind, id } = subjectOf(record)
  const change = changes.find((one) => one.kind === kind && one.id === id)
  if (change === undefined) throw new Error(`the event ${record.type} did not change what it is about`)
  return { outcome: 'appended', sight: sightAfter(change, record.offset), receipt: next }
}
