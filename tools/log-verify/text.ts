import { placeText } from '../support/damage.ts'
import { counted, grouped, sized } from '../support/numbers.ts'
import type { Colour, Paint } from '../support/style.ts'
import { type Cell, type Column, table } from '../support/table.ts'
import { isDamaged, type LogReport, type Report, type SnapshotReport } from './report.ts'

const columns: readonly Column[] = [
  { title: 'PROJECT' },
  { title: 'STATUS' },
  { title: 'RECORDS', align: 'right' },
  { title: 'SIZE', align: 'right' },
  { title: 'SEGMENTS', align: 'right' },
  { title: 'SNAPSHOTS', align: 'right' },
  { title: 'HEAD' },
]

const colours: Readonly<Record<LogReport['status'], Colour>> = {
  ok: 'green',
  torn: 'yellow',
  newer: 'yellow',
  damaged: 'red',
  unreadable: 'red',
}

/** A report for people: a table, then what is worth a word, then the sum of it. */
export const reportLines = (report: Report, paint: Paint): string[] => {
  const { dataDir, projects, others } = report
  if (projects.length === 0) return [`There are no logs in ${dataDir}.`, ...otherLines('log', others)]
  const notes = [...projects.flatMap(notesOn), ...otherLines('log', others)]
  const rows = projects.map(rowOf)
  return [...table(columns, rows, paint), '', ...(notes.length === 0 ? [] : [...notes, '']), summary(projects)]
}

/** Enough of a hash to tell two apart. */
const shownDigits = 12

const rowOf = ({ projectId, status, records, bytes, segments, snapshots, head }: LogReport): Cell[] => [
  projectId,
  { text: status, colour: colours[status] },
  grouped(records),
  sized(bytes),
  grouped(segments),
  grouped(snapshots.length),
  `${head.offset}:${head.hash.slice(0, shownDigits)}`,
]

const summary = (projects: readonly LogReport[]): string => {
  const records = projects.reduce((sum, one) => sum + one.records, 0)
  const bytes = projects.reduce((sum, one) => sum + one.bytes, 0)
  const damaged = projects.filter(isDamaged).length
  const unverified = projects.filter(({ status }) => status === 'newer' || status === 'unreadable').length
  const findings = [
    ...(damaged === 0 ? [] : [`${grouped(damaged)} damaged`]),
    ...(unverified === 0 ? [] : [`${grouped(unverified)} not verified to the end`]),
  ]
  const found = findings.length === 0 ? 'no damage found' : findings.join(', ')
  return `${counted(projects.length, 'project')}, ${counted(records, 'good record')}, ${sized(bytes)}: ${found}.`
}

const notesOn = (report: LogReport): string[] => [
  ...outcomeLines(report),
  ...report.snapshots.flatMap((snapshot) => snapshotLines(report, snapshot)),
  ...otherLines(report.projectId, report.others),
]

const outcomeLines = (report: LogReport): string[] => {
  const { projectId } = report
  switch (report.status) {
    case 'ok':
      return report.tail === undefined
        ? []
        : [`${projectId}: a server is writing record ${report.tail.offset} just now.`]
    case 'torn':
      return [
        `${projectId}: a write was torn at record ${report.tail.offset}, ${placeText(report.tail)}.`,
        `  Nobody was told of it. The next start of a server keeps the ${sized(report.tail.bytes)} aside and cuts them.`,
      ]
    case 'newer':
      return [`${projectId}: from record ${report.tail.offset} on it needs a newer server: ${report.tail.reason}.`]
    case 'unreadable':
      return [`${projectId}: cannot be read: ${report.reason}`]
    case 'damaged':
      return damageLines(report)
  }
}

const damageLines = ({ projectId, damage }: Extract<LogReport, { status: 'damaged' }>): string[] => {
  const { offset, reason, laterRecords, opensFrom } = damage
  return [
    `${projectId}: damaged at record ${offset}, ${placeText(damage)}:`,
    `  ${reason}.`,
    opensFrom === null
      ? '  A server serves what is before it read-only, and takes no writes.'
      : `  A server still works with it, from the snapshot at ${opensFrom}, and cannot tell what was before that.`,
    `  ${laterRecords === 0 ? 'No later record' : counted(laterRecords, 'later record')} can be read.`,
    `  What a repair would take away: maestro log repair ${projectId}`,
  ]
}

const snapshotLines = ({ projectId }: LogReport, { file, status, reason }: SnapshotReport): string[] => {
  switch (status) {
    case 'ok':
    case 'unchecked':
      return []
    case 'unusable':
      return [`${projectId}: ${file} is of no use: ${reason}. A server makes another one.`]
    case 'ahead':
      return [
        `${projectId}: ${file} shows a loss: ${reason}.`,
        '  With FSYNC=interval or never a power cut can do that; otherwise somebody has cut the log. The next start of a',
        '  server throws the snapshot away. Put the log back from a backup, or keep a copy of the snapshot, before that.',
      ]
    case 'wrong':
      return [`${projectId}: ${file} is wrong: ${reason}. Stop the server and remove it; the log has everything.`]
  }
}

const otherLines = (where: string, names: readonly string[]): string[] =>
  names.length === 0 ? [] : [`${where}: holds what is none of its business: ${names.join(', ')}`]
