import type { EventRecord } from '../../events/index.ts'
import { actorText, wordsOf } from '../support/record-words.ts'
import { timeText } from '../support/shown.ts'
import type { Paint } from '../support/style.ts'

/** Columns are as wide as what usually stands in them. */
const widths = { offset: 6, actor: 12, type: 19 } as const

/** A record on one line: when, which one, who, and what changed. `project` says of which project, where there are several. */
export const lineOf = (record: EventRecord, project: string | undefined, paint: Paint): string =>
  [
    paint(timeText(record.at), 'dim'),
    ...(project === undefined ? [] : [project]),
    String(record.offset).padStart(widths.offset),
    actorText(record.actor).padEnd(widths.actor),
    paint(record.type.padEnd(widths.type), 'dim'),
    wordsOf(record),
  ].join('  ')
