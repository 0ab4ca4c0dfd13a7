import type { ProjectId } from '../../events/index.ts'
import { counted } from '../support/numbers.ts'
import { quoted, shown } from '../support/shown.ts'
import type { Colour, Paint } from '../support/style.ts'
import { type Column, table } from '../support/table.ts'
import type { RedactReport } from './redact.ts'

/** What a redaction would do, or has done, for people. The secret itself is not shown. */
export const redactLines = (report: RedactReport, paint: Paint): string[] => {
  const { projectId, offset, type, pointer, status, replacement } = report
  const [word, colour] = verdicts[status]
  return [
    `${projectId}: ${quoted(pointer)} of record ${offset}, ${type}, ${paint(word, colour)} ${shown(replacement)}.`,
    ...changeLines(report, paint),
    ...elsewhereLines(report),
    ...closing(report),
  ]
}

const verdicts: Readonly<Record<RedactReport['status'], readonly [string, Colour]>> = {
  planned: ['would become', 'yellow'],
  done: ['is now', 'green'],
  already: ['is already', 'green'],
}

const columns: readonly Column[] = [{ title: 'CHANGED' }, { title: '' }]

const changeLines = ({ status, announcedAt, snapshots, entityFiles, offset }: RedactReport, paint: Paint): string[] => {
  if (status === 'already') return []
  const saying = announcedAt === null ? 'one more' : `record ${announcedAt}`
  const rows = [
    [`record ${offset}`, 'its data; its hash stays'],
    [saying, 'says what was redacted, by whom, and why'],
    ...snapshots.map((path) => [path, 'removed; a server makes another one']),
    ...entityFiles.map((path) => [path, 'written again']),
  ]
  return ['', ...table(columns, rows, paint)]
}

/** How many places are shown at most; programs get all of them. */
const shownPlaces = 20

const elsewhereLines = ({ status, projectId, elsewhere: { records, files } }: RedactReport): string[] => {
  if (records.length + files.length === 0) return []
  const inData = records.filter(({ part }) => part === 'data').map(({ offset }) => offset)
  const inHeaders = records.filter(({ part }) => part === 'header').map(({ offset }) => offset)
  return [
    '',
    `The same text ${status === 'planned' ? 'would still stand' : 'still stands'}`,
    ...(inData.length === 0
      ? []
      : [`  in the data of ${offsetsText(inData)}: redact ${inData.length === 1 ? 'it' : 'them'} too`]),
    ...(inHeaders.length === 0
      ? []
      : [`  in the header of ${offsetsText(inHeaders)}: it is part of the chain of hashes and cannot be taken out`]),
    ...first(files).map((path) => `  in ${path}${kindOf(path, projectId)}`),
    ...(files.length > shownPlaces ? [`  and in ${counted(files.length - shownPlaces, 'more file')}`] : []),
  ]
}

const first = <T>(list: readonly T[]): readonly T[] => list.slice(0, shownPlaces)

const offsetsText = (offsets: readonly number[]): string => {
  const more = offsets.length > shownPlaces ? ` and ${offsets.length - shownPlaces} more` : ''
  return `${offsets.length === 1 ? 'record' : 'records'} ${first(offsets).join(', ')}${more}`
}

const kindOf = (path: string, projectId: ProjectId): string => {
  if (path.includes(`${projectId}/quarantine/`))
    return ', a copy of what was damaged or torn: remove it when nobody needs it'
  return path.startsWith('adopted-') ? ', a copy of a file that was taken over: remove it when nobody needs it' : ''
}

const closing = ({ status, projectId, offset, pointer }: RedactReport): string[] => {
  switch (status) {
    case 'planned':
      return ['', `Nothing has been changed. To do it, say the same with --yes.`]
    case 'done':
      return [
        '',
        'Who has read it knows it: clients, exports and backups may have copies, and the disk may keep what was overwritten.',
        'A secret that was given away is to be replaced by another one.',
      ]
    case 'already':
      return [`  It was taken out before. \`maestro log show ${projectId} ${offset}\` tells by whom (${pointer}).`]
  }
}
