import { type DomainEvent, type Position, type ProjectId, sealLine, start } from '../../events/index.ts'
import { sha256 } from '../../src/platform/hash.ts'
import type { Embedded } from '../../tools/log-export/page/embedded.ts'
import { History } from '../../tools/log-export/page/history.ts'
import { draftOf } from './logs.ts'
import { projectId } from './vocabulary.ts'

/** What a page is given of a log of some events. */
export const pageOf = (events: readonly DomainEvent[], id: ProjectId = projectId) => {
  let position: Position = start
  const lines = events.map((event, offset) => {
    const { text, next } = sealLine(draftOf(event, offset, id), position, offset, sha256)
    position = next
    return text.trimEnd()
  })
  const about: Embedded = { projectId: id, records: lines.length, head: { ...position }, whole: true }
  return { lines, about }
}

/** What a page makes of the lines that it is given. */
export const readHistory = (lines: readonly string[], about: Embedded): History => {
  const history = new History(lines, about, sha256)
  while (history.verdict === undefined) history.read(3)
  return history
}

export const historyOf = (events: readonly DomainEvent[]): History => {
  const { lines, about } = pageOf(events)
  return readHistory(lines, about)
}
