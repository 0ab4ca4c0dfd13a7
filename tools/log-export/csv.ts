import { stringify } from 'csv-stringify/sync'
import { subjectOf } from '../../projections/index.ts'
import type { GoodLine } from '../../src/log/recovery/scan.ts'
import { actorText, wordsOf } from '../support/record-words.ts'
import { timeText } from '../support/shown.ts'
import type { ExportFormat } from './format.ts'

const columns = ['offset', 'time', 'actor', 'type', 'entity', 'change', 'data', 'id', 'hash'] as const

/**
 * Lines end as RFC 4180 says. A text that a spreadsheet would take for a formula gets a single quote in front of it, as
 * OWASP advises (https://owasp.org/www-community/attacks/CSV_Injection): titles are written by whoever can reach the server.
 */
const options = { record_delimiter: 'windows', escape_formulas: true } as const

/** A table with a row for each record. Not to be read back: what it says of a record is less than the record. */
export const csv: ExportFormat = {
  summary: 'a table for a spreadsheet, a row for each record',
  start: () => ({
    begin: () => stringify([columns], options),
    lines: (lines) => stringify(lines.map(rowOf), options),
    end: () => '',
  }),
}

const rowOf = ({ record }: GoodLine): Array<string | number> => [
  record.offset,
  timeText(record.at),
  actorText(record.actor),
  record.type,
  subjectOf(record).id,
  wordsOf(record),
  JSON.stringify(record.data),
  record.id,
  record.hash,
]
