import type { EventRecord } from '../../events/index.ts'
import { evolve, type ProjectState } from '../../projections/index.ts'
import { entityLine } from '../log-diff/text.ts'
import { changeText, fieldChanges } from '../story/changes.ts'
import { deedOf, whoOf } from '../story/sentence.ts'
import { grouped } from '../support/numbers.ts'
import { timeText } from '../support/shown.ts'
import type { Paint } from '../support/style.ts'

/** The record that made a condition true: who did what, and what was different then. `before` is the state before it. */
export const foundLines = (record: EventRecord, before: ProjectState, first: boolean, paint: Paint): string[] => {
  const scene = { state: before }
  const changes = evolve(before, record)
  return [
    `It turned true with record ${paint(grouped(record.offset), 'green')}, ${timeText(record.at)}:`,
    `${whoOf(record.actor, scene)} ${deedOf(record, scene)}`,
    ...changes.flatMap((change) => [
      entityLine(change, paint),
      ...fieldChanges(change, scene).map((one) => `    ${paint(one.field, 'dim')} ${changeText(one)}`),
    ]),
    '',
    record.offset === 0
      ? 'That is the first record: before it there was nothing.'
      : first
        ? 'It was not true at any moment before.'
        : `It is false after record ${grouped(record.offset - 1)}. It may have been true before; --first finds the first time.`,
  ]
}
