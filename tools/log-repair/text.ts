import { snapshotOffset } from '../../src/log/format.ts'
import { type Damage, placeText } from '../support/damage.ts'
import { counted, grouped, sized } from '../support/numbers.ts'
import type { Paint } from '../support/style.ts'
import { type Column, table } from '../support/table.ts'
import type { RepairReport, Taken } from './repair.ts'

const columns: readonly Column[] = [
  { title: 'TAKEN AWAY' },
  { title: 'FROM BYTE', align: 'right' },
  { title: 'SIZE', align: 'right' },
  { title: '' },
]

/** What a repair would do, or has done, for people. */
export const repairLines = (report: RepairReport, paint: Paint): string[] => {
  switch (report.status) {
    case 'ok':
      return [`${report.projectId}: nothing to repair. All ${counted(report.remains.records, 'record')} are good.`]
    case 'torn':
      return [
        `${report.projectId}: a write was torn at record ${report.tail.offset}, ${placeText(report.tail)}.`,
        ...tornLines(report.takes),
        '',
        ...consequence(report, paint),
      ]
    case 'damaged':
      return [
        paint(`${report.projectId}: damaged at record ${report.damage.offset}, ${placeText(report.damage)}:`, 'red'),
        `  ${report.damage.reason}.`,
        '',
        ...lossLines(report.damage),
        '',
        ...consequence(report, paint),
      ]
  }
}

/** A snapshot is made of durable records only, so one that goes has more to say than the log. */
const tornLines = (takes: readonly Taken[]): string[] =>
  takes.some(({ file }) => snapshotOffset(file) !== undefined)
    ? ['  A server does the same at its next start. But a snapshot knows of later records: acknowledged ones are lost.']
    : ['  Nobody was told of it, so nothing that was acknowledged is lost. A server does the same at its next start.']

/** The loss, as plainly as it can be said. */
const lossLines = ({ offset, acknowledged, laterRecords, lastRecord, opensFrom }: Damage): string[] => [
  `Lost: every record from ${offset} on.`,
  acknowledged > offset
    ? `  Acknowledged, for certain: ${span(offset, acknowledged - 1)}. Their writers were told that they are safe.`
    : '  Whether any of them was acknowledged cannot be told.',
  lastRecord === null
    ? '  None of them can be read.'
    : `  ${counted(laterRecords, 'record')} can still be read, up to ${lastRecord}. They are in the copies then, and only there.`,
  ...(opensFrom === null
    ? []
    : [
        `  A server still works with this project, from the snapshot at record ${opensFrom}. It would not after a repair.`,
        '  The damaged file from a backup, put in its place, loses nothing.',
      ]),
]

const span = (first: number, last: number): string =>
  first === last ? `record ${first}` : `records ${first} to ${last}`

const consequence = ({ projectId, done, remains, takes, copies }: RepairReport, paint: Paint): string[] => [
  ...table(columns, takes.map(rowOf), paint),
  '',
  remains.records === 0
    ? `${done ? 'Remains' : 'Would remain'}: nothing. The project is gone with its first record.`
    : `${done ? 'Remains' : 'Would remain'}: ${counted(remains.records, 'record')}, ${sized(remains.bytes)}, all good.`,
  ...(done
    ? ['Done. Copies of what was taken away:', ...copies.map((path) => `  ${path}`)]
    : [
        'Copies of all that is taken away would be kept in quarantine/, beside the log.',
        `Nothing has been changed. To do it: maestro log repair ${projectId} --yes`,
      ]),
]

const rowOf = ({ file, from, bytes }: Taken): string[] => [
  file,
  grouped(from),
  sized(bytes),
  from === 0 ? 'all of it' : 'its end',
]
