import type { EventRecord } from '../../../events/index.ts'
import { subjectOf } from '../../../projections/index.ts'
import type { Told } from './history.ts'

/** What a filter looks at: what the list shows of a record, its type, and what it is about. */
export const filterText = (record: EventRecord, { who, deed }: Told): string =>
  `${record.offset} ${record.type} ${subjectOf(record).id} ${who} ${deed}`.toLowerCase()

/** Indexes of the texts that have all words of a query, in any order and in small or capital letters. */
export const filtered = (texts: readonly string[], query: string): number[] => {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean)
  const found: number[] = []
  for (const [i, text] of texts.entries()) if (words.every((word) => text.includes(word))) found.push(i)
  return found
}
