import type { Session, Task } from '../../events/index.ts'
import type { Change, ProjectState } from '../../projections/index.ts'
import { changeText, type FieldChange, fieldChanges } from '../story/changes.ts'
import { called, type Scene } from '../story/names.ts'
import { spanWords } from '../story/spans.ts'
import { counted, grouped } from '../support/numbers.ts'
import { quoted, timeText } from '../support/shown.ts'
import type { Paint } from '../support/style.ts'
import type { Told } from './touches.ts'

export interface StoryOptions {
  /** Whether texts are told whole. */
  readonly full: boolean
  /** How many digits the last offset has, with what groups them. */
  readonly width: number
  readonly paint: Paint
}

/** From when on it is worth a word that nothing happened, ms. */
const longGap = 3_600_000

/** How much of a text a line has room for. */
const lineLength = 100

/** What the sentences tell already. */
const toldAlready = new Set([
  ...['timeline', 'subtasks', 'events'],
  ...[
    'status',
    'priority',
    'title',
    'name',
    'parentId',
    'sessionIds',
    'taskIds',
    'createdAt',
    'startedAt',
    'completedAt',
  ],
])

/**
 * The story for people: who did what when, and what was different afterwards; and how it stands in the end. The scene's state
 * is always the one after the last record that was told.
 */
export async function* storyLines(
  told: AsyncIterable<Told>,
  scene: Scene,
  { full, width, paint }: StoryOptions,
): AsyncGenerator<string> {
  let [count, began, last] = [0, 0, 0]
  let latest: Change | undefined
  for await (const { record, change, sentence } of told) {
    if (count === 0) began = record.at
    else if (record.at - last >= longGap) yield paint(`  ${spanWords(record.at - last)} later`, 'dim')
    yield `${paint(`${timeText(record.at)} ${grouped(record.offset).padStart(width)}`, 'dim')}  ${sentence}`
    const changes = fieldChanges(change, scene, full ? Number.POSITIVE_INFINITY : lineLength)
    for (const one of changes) if (full || !toldAlready.has(one.field)) yield* detailLines(one, paint)
    count += 1
    last = record.at
    latest = change
  }
  if (latest === undefined) return
  yield ''
  yield latest.after === undefined ? 'It is deleted.' : nowWords(latest, scene.state)
  yield `${counted(count, 'record')}${count === 1 || last === began ? '' : ` in ${spanWords(last - began)}`}.`
}

/** Of what is long, the old and the new stand below each other. */
const detailLines = (change: FieldChange, paint: Paint): string[] => {
  const { field, before, words } = change
  const line = `    ${paint(field, 'dim')} ${changeText(change)}`
  if (before === undefined || line.length <= lineLength) return [line]
  return [`    ${paint(field, 'dim')} ${before}`, `    ${' '.repeat(field.length - 1)}→ ${words}`]
}

const nowWords = (change: Change, state: ProjectState): string => {
  switch (change.kind) {
    case 'project':
      return `${quoted(change.after?.name ?? '')}: ${counted(state.task.size, 'task')}, ${counted(state.session.size, 'session')}.`
    case 'task':
      return change.after === undefined ? '' : taskNow(change.after, state)
    case 'session':
      return change.after === undefined ? '' : sessionNow(change.after, state)
  }
}

const taskNow = (
  { title, status, priority, subtasks, sessionIds, startedAt, completedAt }: Task,
  state: ProjectState,
): string => {
  const done = subtasks.filter(({ completed }) => completed).length
  const words = [
    status,
    `${priority} priority`,
    ...(subtasks.length === 0 ? [] : [`${done} of ${counted(subtasks.length, 'subtask')} done`]),
    ...sessionIds.map((id) => `session ${called(id, { state })}`),
    ...(status === 'completed' && startedAt !== null && completedAt !== null
      ? [`completed ${spanWords(completedAt - startedAt)} after it was started`]
      : []),
  ]
  return `${quoted(title)}: ${words.join(', ')}.`
}

const sessionNow = (
  { name, status, taskIds, events, startedAt, completedAt }: Session,
  state: ProjectState,
): string => {
  const words = [
    status,
    ...(taskIds.length === 0
      ? []
      : [
          `on ${taskIds
            .slice(0, 3)
            .map((id) => called(id, { state }))
            .join(', ')}`,
        ]),
    counted(events.length, 'event'),
    ...(completedAt === null ? [] : [`over after ${spanWords(completedAt - startedAt)}`]),
  ]
  return `${quoted(name)}: ${words.join(', ')}.`
}
