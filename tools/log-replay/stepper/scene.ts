import type { Entity, EventRecord } from '../../../events/index.ts'
import type { Change, ProjectState } from '../../../projections/index.ts'
import { entityLine } from '../../log-diff/text.ts'
import { changeText, fieldChanges, valueWords } from '../../story/changes.ts'
import { itemWords } from '../../story/lists.ts'
import { deedOf, whoOf } from '../../story/sentence.ts'
import { recordAt } from '../../support/past.ts'
import type { ReadOnlyLog } from '../../support/read-only-log.ts'
import { harmless, timeText } from '../../support/shown.ts'
import { treeLines } from '../tree.ts'
import type { Effect, Line, Row, Scene } from './model.ts'
import type { Stop } from './walk.ts'

/** Longer texts than this are told in part. */
const longest = 10_000

/** All that there is to see of a record. */
export const sceneOf = async (
  log: ReadOnlyLog,
  stop: Stop,
  { pane, around, followed }: Extract<Effect, { kind: 'show' }>,
): Promise<Scene> => {
  const { record, sentence, state } = stop
  const rows = await rowsAround(log, around, state)
  const shown = { offset: record.offset, at: record.at, text: sentence }
  const scene = {
    ...{ offset: record.offset, at: record.at },
    rows: rows.map((row) => (row.offset === record.offset ? shown : row)),
  }
  switch (pane) {
    case 'event':
      return { ...scene, lines: recordLines(record), wraps: true, focus: 0 }
    case 'diff':
      return { ...scene, lines: diffLines(stop), wraps: true, focus: 0 }
    case 'state': {
      const entity = followed === undefined ? undefined : entityIn(state, followed)
      if (followed !== undefined) return { ...scene, lines: entityLines(entity, state), wraps: true, focus: 0 }
      const lines = taskLines(stop)
      const focus = lines.findIndex(({ colour }) => colour === 'bold')
      return { ...scene, lines, wraps: false, focus: Math.max(0, focus) }
    }
  }
}

const rowsAround = async (log: ReadOnlyLog, offsets: readonly number[], state: ProjectState): Promise<Row[]> => {
  const rows: Row[] = []
  for (const offset of offsets) rows.push(rowOf(await recordAt(log, offset), state))
  return rows
}

const rowOf = (record: EventRecord, state: ProjectState): Row => ({
  ...{ offset: record.offset, at: record.at },
  text: `${whoOf(record.actor, { state })} ${deedOf(record, { state, length: 200 })}`,
})

const recordLines = ({ data, type, at, actor, ...envelope }: EventRecord): Line[] => [
  { text: `type   ${type}` },
  { text: `at     ${timeText(at)}` },
  { text: `actor  ${actor.kind}${actor.id === undefined ? '' : ` ${actor.id}`}` },
  { text: '' },
  ...jsonLines(data),
  { text: '' },
  ...jsonLines(envelope).map(({ text }): Line => ({ text, colour: 'dim' })),
]

const jsonLines = (value: object): Line[] =>
  JSON.stringify(value, null, 2)
    .split('\n')
    .map((text) => ({ text: harmless(text.slice(0, longest)) }))

const diffLines = ({ sentence, changes, state }: Stop): Line[] => [
  { text: sentence },
  { text: '' },
  ...(changes.length === 0
    ? [{ text: 'It changed nothing.' }]
    : changes.flatMap((change) => changedLines(change, state))),
]

const plainly = (text: string): string => text

const changedLines = (change: Change, state: ProjectState): Line[] => [
  { text: entityLine(change, plainly), colour: 'bold' },
  ...fieldChanges(change, { state }, longest).flatMap((one): Line[] =>
    one.before === undefined || changeText(one).length < 60
      ? [{ text: `  ${one.field} ${changeText(one)}`, colour: 'green' }]
      : [
          { text: `- ${one.field} ${one.before}`, colour: 'red' },
          { text: `+ ${one.field} ${one.words}`, colour: 'green' },
        ],
  ),
]

/** The tree, with what the record changed in bold. */
const taskLines = ({ changes, state }: Stop): Line[] => {
  const changed = new Set<string>(changes.map(({ id }) => id))
  const lines: Line[] = []
  for (const { id, text } of treeLines(state, { open: false }, plainly)) {
    lines.push({ text, colour: changed.has(id) ? 'bold' : undefined })
  }
  return lines.length === 0 ? [{ text: 'There are no tasks.' }] : lines
}

const entityIn = (state: ProjectState, id: string): Entity | undefined => {
  for (const table of [state.task, state.session, state.project]) {
    for (const [key, { entity }] of table.entries()) if (key === id) return entity
  }
  return undefined
}

const entityLines = (entity: Entity | undefined, state: ProjectState): Line[] => {
  if (entity === undefined) return [{ text: 'It is deleted.' }]
  return Object.entries(entity).flatMap(([field, value]: readonly [string, unknown]): Line[] =>
    Array.isArray(value)
      ? [
          { text: `${field} ${value.length === 0 ? 'none' : ''}`.trimEnd() },
          ...value.map((item: unknown) => ({ text: `  ${itemWords(item, { state }, longest)}` })),
        ]
      : [{ text: `${field} ${valueWords(field, value, { state }, longest)}` }],
  )
}
