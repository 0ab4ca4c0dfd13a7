import type { EventRecord } from '../../events/index.ts'
import type { Change, ProjectState } from '../../projections/index.ts'
import { entityLine } from '../log-diff/text.ts'
import { changeText, fieldChanges } from '../story/changes.ts'
import { actorText, wordsOf } from '../support/record-words.ts'
import { type RedactionNote, redactionLine } from '../support/redactions.ts'
import { harmless, timeText } from '../support/shown.ts'
import type { Paint } from '../support/style.ts'
import { table } from '../support/table.ts'
import { effectOf } from './report.ts'

export interface ShowTextOptions {
  /** The state after the record: it knows what entities are called. */
  readonly state: ProjectState
  readonly redactions: readonly RedactionNote[]
  /** Whether to show the record, the patches and the entities as they are. */
  readonly full: boolean
  readonly paint: Paint
}

/** A record for people: what it says, how it is sealed, and what it did. */
export const showLines = (record: EventRecord, changes: readonly Change[], options: ShowTextOptions): string[] => [
  `Record ${record.offset} of ${record.projectId}: ${record.type}`,
  `  ${wordsOf(record)}`,
  ...options.redactions.map((note) => options.paint(`  ${redactionLine(note)}`, 'yellow')),
  '',
  ...sealLines(record, options.paint),
  ...(options.full ? ['', 'data', ...pretty(record.data)] : []),
  ...(changes.length === 0 ? ['', 'It changed nothing.'] : changes.flatMap((change) => changeLines(change, options))),
]

const sealLines = ({ at, actor, id, synced, request, prev, digest, hash }: EventRecord, paint: Paint): string[] => {
  const rows = [
    ['when', timeText(at)],
    ['who', actorText(actor)],
    ...(request === undefined ? [] : [['request', request.key]]),
    ['id', id],
    ['hash', hash],
    ['prev', prev],
    ['digest', digest],
    ['synced', `${synced}: all records before this one were on the disk`],
  ]
  return table(
    [{ title: '' }, { title: '' }],
    rows.map(([name = '', value = '']) => [{ text: name, colour: 'dim' }, value]),
    paint,
  )
}

const changeLines = (change: Change, { state, full, paint }: ShowTextOptions): string[] => {
  const fields = fieldChanges(change, { state }).map((field) => `    ${paint(field.field, 'dim')} ${changeText(field)}`)
  const { patch, before, after } = effectOf(change)
  const whole = [
    ...(patch === null ? [] : ['patch', ...patch.map((step) => `  ${harmless(JSON.stringify(step))}`)]),
    ...(before === null ? [] : ['before', ...pretty(before)]),
    ...(after === null ? [] : ['after', ...pretty(after)]),
  ]
  return ['', entityLine(change, paint), ...(full ? whole : fields)]
}

const pretty = (value: object): string[] =>
  JSON.stringify(value, null, 2)
    .split('\n')
    .map((line) => `  ${harmless(line)}`)
