import type { Actor } from '../../events/index.ts'
import { recordsOfType } from './find-records.ts'
import type { ReadOnlyLog } from './read-only-log.ts'
import { actorText } from './record-words.ts'
import { quoted, timeText } from './shown.ts'

/** What a later record says was taken out of a record. */
export interface RedactionNote {
  /** The record that says so. */
  readonly offset: number
  readonly at: number
  readonly actor: Actor
  readonly pointer: string
  readonly reason: string
}

/** All that was taken out of the record at an offset. */
export const redactionsOf = async (log: ReadOnlyLog, offset: number): Promise<RedactionNote[]> => {
  const notes: RedactionNote[] = []
  for await (const { record } of recordsOfType(log, 'record:redacted', offset + 1)) {
    if (record.type !== 'record:redacted' || record.data.offset !== offset) continue
    const { pointer, reason } = record.data
    notes.push({ offset: record.offset, at: record.at, actor: record.actor, pointer, reason })
  }
  return notes
}

export const redactionLine = ({ offset, at, actor, pointer, reason }: RedactionNote): string =>
  `${quoted(pointer)} was redacted by ${actorText(actor)}, record ${offset}, ${timeText(at)}: ${quoted(reason)}`
