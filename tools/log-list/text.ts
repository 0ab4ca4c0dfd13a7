import { grouped, sized } from '../support/numbers.ts'
import { quoted, timeText } from '../support/shown.ts'
import type { Colour, Paint } from '../support/style.ts'
import { type Cell, type Column, table } from '../support/table.ts'
import type { ListedLog } from './list.ts'

const columns: readonly Column[] = [
  { title: 'PROJECT' },
  { title: 'NAME' },
  { title: 'STATUS' },
  { title: 'RECORDS', align: 'right' },
  { title: 'SIZE', align: 'right' },
  { title: 'FIRST' },
  { title: 'LAST' },
  { title: 'HEAD' },
]

const colours: Readonly<Record<ListedLog['status'], Colour>> = {
  ok: 'green',
  newer: 'yellow',
  damaged: 'red',
  unreadable: 'red',
}

/** Enough of a name to recognize it, and enough of a hash to tell two apart. */
const shownCharacters = 30
const shownDigits = 12

/** Logs for people: a table, then a word on each that is not well. */
export const listLines = (dataDir: string, logs: readonly ListedLog[], paint: Paint): string[] => {
  if (logs.length === 0) return [`There are no logs in ${dataDir}.`]
  const notes = logs.flatMap(notesOn)
  return [...table(columns, logs.map(rowOf), paint), ...(notes.length === 0 ? [] : ['', ...notes])]
}

const rowOf = ({ projectId, name, deleted, status, records, bytes, firstAt, lastAt, head }: ListedLog): Cell[] => [
  projectId,
  name === null ? '' : quoted(name, shownCharacters),
  deleted && status === 'ok' ? { text: 'deleted', colour: 'dim' } : { text: status, colour: colours[status] },
  grouped(records),
  sized(bytes),
  minuteText(firstAt),
  minuteText(lastAt),
  `${head.offset}:${head.hash.slice(0, shownDigits)}`,
]

/** To the minute, in UTC. */
const minuteText = (at: number | null): string =>
  at === null ? '' : `${timeText(at).slice(0, 'yyyy-mm-ddThh:mm'.length).replace('T', ' ')}Z`

const notesOn = ({ projectId, status, reason, records, deleted }: ListedLog): string[] => {
  const also = deleted ? ' The project was deleted.' : ''
  switch (status) {
    case 'ok':
      return []
    case 'damaged':
      return [
        `${projectId}: damaged at record ${grouped(records)}: ${reason}.${also}`,
        '  What is before it can be read. `maestro log verify` tells more.',
      ]
    case 'newer':
      return [`${projectId}: from record ${records} on it needs a newer server: ${reason}.${also}`]
    case 'unreadable':
      return [`${projectId}: cannot be read: ${reason}`]
  }
}
